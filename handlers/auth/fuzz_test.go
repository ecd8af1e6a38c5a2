package auth_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/contract/bounded"
	"afterhours/handlers/auth"

	strict "github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"
)

// FuzzVerify checks that only signed tokens are accepted, and that any other text is refused with a reason.
func FuzzVerify(f *testing.F) {
	w := newTestVerifier(f)
	good := must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour}, w.now()))
	f.Add(good)
	for _, forgery := range forgeries() {
		f.Add(forgery.token(w))
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
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

// FuzzClaims signs any header and claims with a trusted key. If the token is accepted, its issuer, audience and times
// must fit, and the principal must be the one that the claims name.
func FuzzClaims(f *testing.F) {
	w := newTestVerifier(f)
	header := `{"alg":"ES256","kid":"ec","typ":"JWT"}`
	for _, claims := range []object{w.claims(), w.appClaims(), w.claims().with(object{"exp": nil}), w.claims().with(object{"aud": []string{"x", audience}}),
		w.claims().with(object{"scp": nil, "roles": []string{"r"}}), w.claims().with(object{"tid": personal}), w.claims().with(object{"exp": 1.8e9, "nbf": nil})} {
		f.Add(header, string(must(json.Marshal(claims))))
	}
	good := string(must(json.Marshal(w.claims())))
	for _, other := range []string{`{"alg":"none","kid":"ec"}`, `{"kid":"ec","ALG":"ES256"}`, `{"alg":"ES256","kid":"ec","crit":[]}`, `{"alg":"ES256","alg":"HS256","kid":"ec"}`, `{"alg":"ES256","kid":"rsa"}`, `[]`} {
		f.Add(other, good)
	}
	f.Add(header, `{"OID":"`+robot+`",`+good[1:])
	f.Add(header, `{"oid":"`+robot+`",`+good[1:])
	f.Fuzz(func(t *testing.T, header, claims string) {
		defer bounded.Input(t)()
		text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
		text += "." + base64.RawURLEncoding.EncodeToString(must(jwt.SigningMethodES256.Sign(text, keys().ec)))
		caller, err := w.verify(text)
		if err != nil {
			var refused *auth.Error
			if !errors.As(err, &refused) || refused.Description == "" {
				t.Errorf("%s %s: got %v, want a refusal", header, claims, err)
			}
			return
		}
		var head, body map[string]any
		if strict.Unmarshal([]byte(header), &head) != nil || strict.Unmarshal([]byte(claims), &body) != nil {
			t.Fatalf("accepted: %s %s", header, claims)
		}
		if head["alg"] != "ES256" || head["kid"] != "ec" || head["crit"] != nil || body["iss"] != w.remote.iss(fmt.Sprint(body["tid"])) {
			t.Errorf("accepted: %s %s", header, claims)
		}
		if audiences, _ := body["aud"].([]any); body["aud"] != audience && !slices.Contains(audiences, any(audience)) && body["aud"] != "api://second" && !slices.Contains(audiences, any("api://second")) {
			t.Errorf("accepted for another audience: %s", claims)
		}
		// clocks may differ by up to 5 minutes
		if expires, _ := body["exp"].(float64); expires <= float64(w.now().Add(-5*time.Minute).Unix()) || caller.Expires.Unix() != int64(expires) {
			t.Errorf("accepted until %v: %s", caller.Expires, claims)
		}
		if !strings.EqualFold(caller.Tenant, fmt.Sprint(body["tid"])) || !strings.EqualFold(caller.User, fmt.Sprint(body["oid"])) || caller.App != (body["idtyp"] == "app") || caller.App == (caller.Roles == nil) {
			t.Errorf("%s is %+v", claims, caller)
		}
	})
}

// FuzzKeySet checks that no key set document causes a panic, or makes a token of another key valid.
func FuzzKeySet(f *testing.F) {
	w := newTestVerifier(f)
	w.remote.publish(publicJWK(keys().rsa, "rsa", nil), publicJWK(keys().ec384, "ec", nil), publicJWK(keys().ed, "ed", object{"alg": nil}))
	f.Add(must(json.Marshal(object{"keys": *w.remote.jwks.Load()})))
	f.Add(w.local.JWKS())
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","kid":"ec","x":"AA","y":"AA"},{"kty":"RSA","kid":"rsa","n":"AA","e":"AQAB"}]}`))
	forged := sign(object{"alg": "RS256", "kid": "rsa"}, w.claims().with(object{"iss": "https://id.example"}), jwt.SigningMethodRS256, keys().attacker)
	f.Fuzz(func(t *testing.T, document []byte) {
		defer bounded.Input(t)()
		v := newVerifier(t, w.clock, newIssuer(t, "https://id.example", publisher("https://id.example", document)))
		if _, err := v.Verify(context.Background(), forged); err == nil {
			t.Errorf("accepted with %q", document)
		}
	})
}

// FuzzBearerToken checks that any header gives either a token or a refusal, and that the token is all of the header
// after the scheme.
func FuzzBearerToken(f *testing.F) {
	for _, header := range []string{"", "Bearer abc", "bearer  abc== ", "Basic x", "Bearer a b", "Bearer"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		defer bounded.Input(t)()
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
