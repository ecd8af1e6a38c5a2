package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/handlers/auth"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // many tests make an issuer fail, and each failure is logged
	goleak.VerifyTestMain(m)
}

const (
	tenantA  = "aaaaaaaa-0000-4000-8000-000000000001"
	tenantB  = "bbbbbbbb-0000-4000-8000-000000000002"
	alice    = "a11ce000-0000-4000-8000-00000000000a"
	robot    = "0b070000-0000-4000-8000-00000000000b"
	personal = "9188040d-6c67-4c5b-b112-36a304b66dad"
	audience = "c0ffee00-0000-4000-8000-00000000000c"
)

// clock is the time of a test. It moves only by advance.
type clock struct{ nanos atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.nanos.Store(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

// testKeys are the private keys of the tests. Generating them is slow, so all tests share one set.
type testKeys struct {
	rsa, rsa2, attacker *rsa.PrivateKey
	weak                *rsa.PrivateKey
	ec                  *ecdsa.PrivateKey
	ec384               *ecdsa.PrivateKey
	ed                  ed25519.PrivateKey
}

var keys = sync.OnceValue(func() testKeys {
	newRSA := func(bits int) *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, bits)) }
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	return testKeys{
		rsa: newRSA(2048), rsa2: newRSA(2048), attacker: newRSA(2048), weak: newRSA(1024),
		ec:    must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)),
		ec384: must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)),
		ed:    must(ed, err),
	}
})

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// object is a JSON object to encode.
type object map[string]any

// with returns a copy in which the members are replaced. A member that is nil is removed.
func (o object) with(members object) object {
	o = maps.Clone(o)
	for name, value := range members {
		if o[name] = value; value == nil {
			delete(o, name)
		}
	}
	return o
}

// publicJWK returns the public half of a private key as a JWK, with further members.
func publicJWK(private any, kid string, members object) object {
	j := must(jwkset.NewJWKFromKey(private, jwkset.JWKOptions{
		Metadata: jwkset.JWKMetadataOptions{KID: kid, USE: jwkset.UseSig},
	}))
	var o object
	if err := json.Unmarshal(must(json.Marshal(j.Marshal())), &o); err != nil {
		panic(err)
	}
	return o.with(members)
}

// testVerifier is a verifier that trusts a local and a remote issuer. Its methods make tokens and verify them.
type testVerifier struct {
	*clock
	remote   *remote
	local    *auth.LocalIssuer
	verifier *auth.Verifier
}

func newTestVerifier(t testing.TB) testVerifier {
	t.Helper()
	w := testVerifier{clock: newClock(), remote: newRemote(t)}
	var err error
	if w.local, err = auth.OpenLocalIssuer(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	w.verifier = newVerifier(t, w.clock, w.local.Issuer(), w.remote.issuer(t))
	return w
}

func newVerifier(t testing.TB, c *clock, issuers ...*auth.Issuer) *auth.Verifier {
	t.Helper()
	v, err := auth.NewVerifier(c.now, issuers...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (w testVerifier) verify(token string) (auth.Principal, error) {
	return w.verifier.Verify(context.Background(), token)
}

// claims returns the claims of a valid user token of the remote issuer.
func (w testVerifier) claims() object {
	return object{
		"iss": w.remote.iss(tenantA), "aud": audience, "tid": tenantA, "oid": alice, "sub": "pairwise",
		"scp": "Analytics.Read Analytics.ReadWrite", "upn": "Alice@Contoso.example", "ver": "2.0",
		"iat": w.now().Unix(), "nbf": w.now().Unix(), "exp": w.now().Add(time.Hour).Unix(),
	}
}

// appClaims returns the claims of a valid application token of the remote issuer.
func (w testVerifier) appClaims() object {
	return w.claims().with(object{
		"scp": nil, "upn": nil, "oid": robot, "sub": robot, "roles": []string{"Analytics.ReadWrite.All"}, "idtyp": "app",
	})
}

// token returns a token with the claims, signed with the remote issuer's RSA key.
func token(claims object) string {
	return sign(object{"alg": "RS256", "kid": "rsa", "typ": "JWT"}, claims, jwt.SigningMethodRS256, keys().rsa)
}

func sign(header, claims object, method jwt.SigningMethod, key any) string {
	text := encode(header) + "." + encode(claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(must(method.Sign(text, key)))
}

func encode(o object) string { return base64.RawURLEncoding.EncodeToString(must(json.Marshal(o))) }

// wantRefused fails the test unless err is a refusal whose description contains want and no part of the token.
func wantRefused(t *testing.T, err error, token, want string) {
	t.Helper()
	var refused *auth.Error
	if !errors.As(err, &refused) {
		t.Fatalf("got error %v, want a refusal", err)
	}
	if !strings.Contains(refused.Description, want) {
		t.Errorf("description %q, want it to say %q", refused.Description, want)
	}
	for part := range strings.SplitSeq(token, ".") {
		if len(part) > 8 && strings.Contains(refused.Description, part) {
			t.Errorf("description %q holds a part of the token", refused.Description)
		}
	}
}
