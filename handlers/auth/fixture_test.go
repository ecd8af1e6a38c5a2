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
	"net/http"
	"net/http/httptest"
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
	slog.SetDefault(slog.New(slog.DiscardHandler)) // issuers fail often here
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

// clock is the time of a test; it moves only when told to.
type clock struct{ nanos atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.nanos.Store(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

// testKeys takes long to make, so all tests share one set.
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

// object is a JSON object in the making. with returns a copy in which members are replaced; nil removes one.
type object map[string]any

func (o object) with(members object) object {
	o = maps.Clone(o)
	for name, value := range members {
		if o[name] = value; value == nil {
			delete(o, name)
		}
	}
	return o
}

// publicJWK is the JWK of a private key's public half, with further members.
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

// remote is a real issuer on loopback that serves every tenant, as Entra does.
type remote struct {
	server  *httptest.Server
	fetches atomic.Int64             // of the key set
	strays  atomic.Int64             // requests to /stray, which only tokens speak of
	down    atomic.Bool              // answer 500
	gate    atomic.Pointer[gate]     // hold answers until it opens
	jwks    atomic.Pointer[[]object] // what the key set lists
}

type gate struct{ entered, open chan struct{} }

func newRemote(t testing.TB) *remote {
	r := &remote{}
	mux := http.NewServeMux()
	mux.HandleFunc("/common/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		if r.down.Load() {
			http.Error(w, "down for maintenance", http.StatusInternalServerError)
			return
		}
		writeJSON(w, object{"issuer": r.name(), "jwks_uri": r.server.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		r.fetches.Add(1)
		if g := r.gate.Load(); g != nil {
			close(g.entered)
			<-g.open
		}
		writeJSON(w, object{"keys": *r.jwks.Load()})
	})
	mux.HandleFunc("/stray/", func(http.ResponseWriter, *http.Request) { r.strays.Add(1) })
	r.server = httptest.NewServer(mux)
	t.Cleanup(r.server.Close)
	k := keys()
	r.publish(
		publicJWK(k.rsa, "rsa", object{"issuer": r.name()}),
		publicJWK(k.rsa2, "only-b", object{"issuer": r.iss(tenantB)}),
		publicJWK(k.rsa2, "rsa-pss", object{"alg": "PS256"}),
		publicJWK(k.ec, "ec", nil),
		publicJWK(k.ec384, "ec384", nil),
		publicJWK(k.ed, "ed", object{"alg": nil}),
		publicJWK(k.weak, "weak", nil),
		publicJWK(k.rsa2, "for-encryption", object{"use": "enc"}),
		publicJWK(k.rsa2, "for-wrapping", object{"use": nil, "key_ops": []string{"wrapKey"}}),
		publicJWK(k.rsa2, "wrong-alg", object{"alg": "HS256"}),
		object{"kty": "oct", "kid": "symmetric", "k": "c2VjcmV0", "alg": "HS256", "use": "sig"},
		object{"kty": "unheard-of", "kid": "future"},
	)
	return r
}

func writeJSON(w http.ResponseWriter, document any) {
	_, _ = w.Write(must(json.Marshal(document)))
}

func (r *remote) publish(jwks ...object)   { r.jwks.Store(&jwks) }
func (r *remote) name() string             { return r.server.URL + "/{tenantid}/v2.0" }
func (r *remote) iss(tenant string) string { return r.server.URL + "/" + tenant + "/v2.0" }
func (r *remote) issuer(t testing.TB) *auth.Issuer {
	t.Helper()
	return newIssuer(t, r.name(), r.server.Client())
}

func newIssuer(t testing.TB, name string, client *http.Client) *auth.Issuer {
	t.Helper()
	issuer, err := auth.NewIssuer(name, []string{audience, "api://second"}, client)
	if err != nil {
		t.Fatal(err)
	}
	return issuer
}

// hold makes the next fetch of the key set wait; the returned gate says when it arrived and lets it go on.
func (r *remote) hold() *gate {
	g := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	r.gate.Store(g)
	return g
}

func (r *remote) release(g *gate) {
	r.gate.Store(nil)
	close(g.open)
}

// world is a verifier that trusts a local and a remote issuer, and what a test needs to make tokens for it.
type world struct {
	*clock
	remote   *remote
	local    *auth.LocalIssuer
	verifier *auth.Verifier
}

func newWorld(t testing.TB) world {
	t.Helper()
	w := world{clock: newClock(), remote: newRemote(t)}
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

func (w world) verify(token string) (auth.Principal, error) {
	return w.verifier.Verify(context.Background(), token)
}

// claims are those of a good user token of the remote issuer.
func (w world) claims() object {
	return object{
		"iss": w.remote.iss(tenantA), "aud": audience, "tid": tenantA, "oid": alice, "sub": "pairwise",
		"scp": "Analytics.Read Analytics.ReadWrite", "upn": "Alice@Contoso.example", "ver": "2.0",
		"iat": w.now().Unix(), "nbf": w.now().Unix(), "exp": w.now().Add(time.Hour).Unix(),
	}
}

// appClaims are those of a good application token of the remote issuer.
func (w world) appClaims() object {
	return w.claims().with(object{
		"scp": nil, "upn": nil, "oid": robot, "sub": robot, "roles": []string{"Analytics.ReadWrite.All"}, "idtyp": "app",
	})
}

// token signs claims with the remote issuer's RSA key.
func token(claims object) string {
	return sign(object{"alg": "RS256", "kid": "rsa", "typ": "JWT"}, claims, jwt.SigningMethodRS256, keys().rsa)
}

func sign(header, claims object, method jwt.SigningMethod, key any) string {
	text := encode(header) + "." + encode(claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(must(method.Sign(text, key)))
}

func encode(o object) string { return base64.RawURLEncoding.EncodeToString(must(json.Marshal(o))) }

// wantRefused fails unless err is a refusal that says want and gives nothing of the token away.
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
