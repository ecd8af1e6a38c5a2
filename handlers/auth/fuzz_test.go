package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"afterhours/handlers/auth"

	"github.com/golang-jwt/jwt/v5"
)

// FuzzVerify holds that no text but a token that was signed gets in, and that every other gets a refusal with a reason.
func FuzzVerify(f *testing.F) {
	w := newWorld(f)
	good := must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour}, w.now()))
	f.Add(good)
	for _, forgery := range forgeries() {
		f.Add(forgery.token(w))
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := w.verify(text)
		var refused *auth.Error
		switch {
		case text == good:
			if err != nil {
				t.Error(err)
			}
		case err == nil:
			t.Errorf("accepted: %q", text)
		case !errors.As(err, &refused) || refused.Description == "":
			t.Errorf("%q: got %v, want a refusal", text, err)
		}
	})
}

// FuzzKeySet holds that no key set document takes the server down or lets a token of another key in.
func FuzzKeySet(f *testing.F) {
	w := newWorld(f)
	w.remote.publish(publicJWK(keys().rsa, "rsa", nil), publicJWK(keys().ec384, "ec", nil), publicJWK(keys().ed, "ed", object{"alg": nil}))
	f.Add(must(json.Marshal(object{"keys": *w.remote.jwks.Load()})))
	f.Add(w.local.JWKS())
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","kid":"ec","x":"AA","y":"AA"},{"kty":"RSA","kid":"rsa","n":"AA","e":"AQAB"}]}`))
	forged := sign(object{"alg": "RS256", "kid": "rsa"}, w.claims().with(object{"iss": "https://id.example"}), jwt.SigningMethodRS256, keys().attacker)
	f.Fuzz(func(t *testing.T, document []byte) {
		v := newVerifier(t, w.clock, newIssuer(t, "https://id.example", publisher("https://id.example", document)))
		if _, err := v.Verify(context.Background(), forged); err == nil {
			t.Errorf("accepted with %q", document)
		}
	})
}

func FuzzBearerToken(f *testing.F) {
	for _, header := range []string{"", "Bearer abc", "bearer  abc== ", "Basic x", "Bearer a b", "Bearer"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		token, err := auth.BearerToken(header)
		if (token == "") != (err != nil) {
			t.Errorf("%q: got %q, %v", header, token, err)
		}
		if err != nil {
			return
		}
		if again, err := auth.BearerToken("Bearer " + token); again != token || err != nil {
			t.Errorf("%q gave %q, which gives %q, %v", header, token, again, err)
		}
	})
}
