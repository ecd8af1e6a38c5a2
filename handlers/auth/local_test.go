package auth_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/handlers/auth"

	"github.com/golang-jwt/jwt/v5"
)

func ecToken(claims object) string {
	return sign(object{"alg": "ES256", "kid": "ec"}, claims, jwt.SigningMethodES256, keys().ec)
}

func TestMintedTokensAreVerified(t *testing.T) {
	w := newTestVerifier(t)
	w.advance(400 * time.Millisecond) // times in tokens are whole seconds
	expires := w.now().Truncate(time.Second).Add(time.Hour)
	for _, c := range []struct {
		name   string
		claims auth.Claims
		want   auth.Principal
	}{
		{"user", auth.Claims{Tenant: tenantA, User: strings.ToUpper(alice), UPN: "Alice@contoso.example", Scopes: []string{"Analytics.Read", "Analytics.ReadWrite"}, Expires: time.Hour},
			auth.Principal{Tenant: tenantA, User: alice, Issuer: auth.LocalName, UPN: "alice@contoso.example", TeachesName: true, Scopes: []string{"Analytics.Read", "Analytics.ReadWrite"}, Expires: expires}},
		{"application", auth.Claims{Tenant: tenantB, User: robot, Roles: []string{"Analytics.Read.All"}, Expires: time.Hour},
			auth.Principal{Tenant: tenantB, User: robot, Issuer: auth.LocalName, Application: robot, App: true, Roles: []string{"Analytics.Read.All"}, Expires: expires}},
	} {
		t.Run(c.name, func(t *testing.T) {
			token, err := w.local.Mint(c.claims, w.now())
			if err != nil {
				t.Fatal(err)
			}
			c.want.NotBefore, c.want.Token = w.now().Truncate(time.Second), sha256.Sum256([]byte(token))
			got, err := w.verify(token)
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestMintedClaimsFollowEntra(t *testing.T) {
	w := newTestVerifier(t)
	read := func(c auth.Claims) object {
		part := strings.Split(must(w.local.Mint(c, w.now())), ".")[1]
		var o object
		if err := json.Unmarshal(must(base64.RawURLEncoding.DecodeString(part)), &o); err != nil {
			t.Fatal(err)
		}
		return o
	}
	now := float64(w.now().Unix())
	common := object{"iss": "https://afterhours.internal", "aud": []any{"api://afterhours"}, "ver": "2.0", "tid": tenantA, "iat": now, "nbf": now, "exp": now + 60}
	user := read(auth.Claims{Tenant: tenantA, User: alice, UPN: "a@b.example", Scopes: []string{"A", "B"}, Expires: time.Minute})
	if want := common.with(object{"oid": alice, "sub": alice, "upn": "a@b.example", "scp": "A B"}); !reflect.DeepEqual(user, want) {
		t.Errorf("user: got %v, want %v", user, want)
	}
	app := read(auth.Claims{Tenant: tenantA, User: robot, Roles: []string{"C"}, Expires: time.Minute})
	if want := common.with(object{"oid": robot, "sub": robot, "azp": robot, "idtyp": "app", "roles": []any{"C"}}); !reflect.DeepEqual(app, want) {
		t.Errorf("application: got %v, want %v", app, want)
	}
}

func TestMintRefusesBadClaims(t *testing.T) {
	w := newTestVerifier(t)
	good := auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"Analytics.Read"}, Expires: time.Hour}
	for _, c := range []struct {
		spoil func(*auth.Claims)
		want  string
	}{
		{func(c *auth.Claims) { c.Tenant = "contoso" }, `tenant must be a GUID like 0f8fad5b-d9cb-469f-a165-70867728950e, not "contoso"`},
		{func(c *auth.Claims) { c.User = "" }, "user must be a GUID"},
		{func(c *auth.Claims) { c.User = "urn:uuid:" + alice }, "user must be a GUID"},
		{func(c *auth.Claims) { c.Scopes = nil }, "needs scopes"},
		{func(c *auth.Claims) { c.Roles = []string{"Analytics.Read.All"} }, "not both"},
		{func(c *auth.Claims) { c.Scopes, c.Roles, c.UPN = nil, []string{"A"}, "a@b.example" }, "no user principal name"},
		{func(c *auth.Claims) { c.Scopes = []string{"A B"} }, "must be one word"},
		{func(c *auth.Claims) { c.Scopes = []string{""} }, "must be one word"},
		{func(c *auth.Claims) { c.Expires = 0 }, "needs a lifetime"},
	} {
		claims := good
		c.spoil(&claims)
		if _, err := w.local.Mint(claims, w.now()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want it to say %q", claims, err, c.want)
		}
	}
}

func TestKeyFileIsForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "for us")
	if _, err := auth.OpenLocalIssuer(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "issuer.key")
	if mode := must(os.Stat(path)).Mode().Perm(); mode != 0o600 {
		t.Errorf("mode %#o, want 0600", mode)
	}
	if entries := must(os.ReadDir(dir)); len(entries) != 1 {
		t.Errorf("the folder holds %v, want the key alone", entries)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := auth.OpenLocalIssuer(dir); err == nil || !strings.Contains(err.Error(), "run chmod 600 "+path) {
			t.Errorf("mode %#o: got %v, want it to say which chmod is right", mode, err)
		}
	}
}

func TestKeyFileThatHoldsNoKey(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "not a PEM file"},
		{"text", "hello", "not a PEM file"},
		{"certificate", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})), "not a PEM file"},
		{"broken", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})), "not a PKCS#8 key"},
		{"RSA", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(keys().rsa))})), "curve P-256"},
		{"P-384", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(keys().ec384))})), "curve P-256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "issuer.key")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := auth.OpenLocalIssuer(dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want it to say %q", err, c.want)
			}
			if text := must(os.ReadFile(path)); string(text) != c.text {
				t.Error("the file was changed")
			}
		})
	}
}

func TestOpenedAtOnceAllGetOneKey(t *testing.T) {
	for range 20 {
		dir := t.TempDir()
		sets := make([][]byte, 8)
		var all sync.WaitGroup
		for n := range sets {
			all.Go(func() {
				issuer, err := auth.OpenLocalIssuer(dir)
				if err != nil {
					t.Error(err)
					return
				}
				sets[n] = issuer.JWKS()
			})
		}
		all.Wait()
		for _, set := range sets[1:] {
			if !bytes.Equal(set, sets[0]) {
				t.Fatalf("two keys: %s and %s", sets[0], set)
			}
		}
	}
}

// TestPublishedDocuments checks that a verifier that trusts the local issuer by discovery accepts its tokens.
func TestPublishedDocuments(t *testing.T) {
	w := newTestVerifier(t)
	documents := roundTripper(func(r *http.Request) (*http.Response, error) {
		rw := httptest.NewRecorder()
		switch r.URL.String() {
		case auth.LocalName + auth.DiscoveryPath:
			_, _ = rw.Write(w.local.Discovery("https://stats.example"))
		case "https://stats.example" + auth.KeySetPath:
			_, _ = rw.Write(w.local.JWKS())
		default:
			http.NotFound(rw, r)
		}
		return rw.Result(), nil
	})
	issuer, err := auth.NewIssuer(auth.IssuerConfig{Name: auth.LocalName, Audiences: []string{auth.LocalAudience}, Client: &http.Client{Transport: documents}})
	if err != nil {
		t.Fatal(err)
	}
	w.verifier = newVerifier(t, w.clock, issuer)
	token := must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour}, w.now()))
	if _, err := w.verify(token); err != nil {
		t.Error(err)
	}
}

func TestKidIsTheThumbprintAndNothingIsSecret(t *testing.T) {
	w := newTestVerifier(t)
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(w.local.JWKS(), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%s: %v", w.local.JWKS(), err)
	}
	k := set.Keys[0]
	sum := sha256.Sum256([]byte(`{"crv":"` + elliptic.P256().Params().Name + `","kty":"EC","x":"` + k["x"] + `","y":"` + k["y"] + `"}`))
	if want := base64.RawURLEncoding.EncodeToString(sum[:]); k["kid"] != want {
		t.Errorf("kid %q, want %q", k["kid"], want)
	}
	if _, secret := k["d"]; secret || k["alg"] != "ES256" || k["use"] != "sig" {
		t.Errorf("got %v, want a public ES256 key for signatures", k)
	}
}

// TestIssuerInMemory: an issuer without a file accepts its own tokens, and those of no other.
func TestIssuerInMemory(t *testing.T) {
	issuers := []*auth.LocalIssuer{must(auth.NewLocalIssuer()), must(auth.NewLocalIssuer())}
	for i, issuer := range issuers {
		verifier := must(auth.NewVerifier(time.Now, issuer.Issuer()))
		for j, minter := range issuers {
			token := must(minter.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"Analytics.Read"}, Expires: time.Hour}, time.Now()))
			if _, err := verifier.Verify(t.Context(), token); (err == nil) != (i == j) {
				t.Errorf("the issuer %d of the token of %d: %v", i, j, err)
			}
		}
	}
}

// TestTokenOfAnotherDataFolder checks that a token of another folder's key is refused with the remedy.
func TestTokenOfAnotherDataFolder(t *testing.T) {
	w := newTestVerifier(t)
	other, err := auth.OpenLocalIssuer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	token, err := other.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"Analytics.Read"}, Expires: time.Hour}, w.now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.verify(token); err == nil || !strings.Contains(err.Error(), "run afterhours token --data with the data folder of this server") {
		t.Errorf("the error is %v", err)
	}
}
