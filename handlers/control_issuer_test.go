package handlers_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/store/memory"
)

// TestControlTrustsTheLocalIssuerOnly: the role in a token of another trusted issuer opens nothing.
func TestControlTrustsTheLocalIssuerOnly(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicKey.Bytes() // 4, X, Y
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	mux := http.NewServeMux()
	remote := httptest.NewServer(mux)
	t.Cleanup(remote.Close)
	mux.HandleFunc(auth.DiscoveryPath, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, remote.URL, remote.URL+"/keys")
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"keys":[{"kty":"EC","crv":"P-256","use":"sig","kid":"a","x":%q,"y":%q}]}`, encode(public[1:33]), encode(public[33:]))
	})
	claims, err := auth.ParseClaimNames([]string{"application=idtyp=app"})
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := auth.NewIssuer(auth.IssuerConfig{Name: remote.URL, Audiences: []string{"api"}, Claims: claims})
	if err != nil {
		t.Fatal(err)
	}
	c := newControlServer(t, memory.New(), func(config *handlers.Config) {
		if config.Verifier, err = auth.NewVerifier(time.Now, config.Issuer.Issuer(), trusted); err != nil {
			t.Fatal(err)
		}
	})
	signed := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": remote.URL, "aud": "api", "tid": tenant, "oid": daemon, "idtyp": "app", "exp": time.Now().Add(time.Hour).Unix(),
		"roles": []string{controlRole, "Analytics.Read.All"},
	})
	signed.Header["kid"] = "a"
	token, err := signed.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	c.do(call{method: "GET", path: "/beta/users/" + megan + "/analytics/settings", token: token}).want(t, 200)
	for _, route := range controlRoutes {
		c.do(call{method: route.method, path: "/control" + route.path, token: token, body: route.body}).
			wantRefused(t, 401, "InvalidAuthenticationToken", "Authorization", "not trusted here")
	}
}
