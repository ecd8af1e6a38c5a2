package auth_test

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/auth"

	"github.com/golang-jwt/jwt/v5"
)

func TestVerifyTellsWhoIsCalling(t *testing.T) {
	w := newTestVerifier(t)
	expires, begins := w.now().Add(time.Hour), w.now()
	user := auth.Principal{Tenant: tenantA, User: alice, Issuer: w.remote.iss(tenantA), UPN: "alice@contoso.example", Scopes: []string{"Analytics.Read", "Analytics.ReadWrite"}, Expires: expires, NotBefore: begins}
	app := auth.Principal{Tenant: tenantA, User: robot, Issuer: w.remote.iss(tenantA), App: true, Roles: []string{"Analytics.ReadWrite.All"}, Expires: expires, NotBefore: begins}
	noUPN := user
	noUPN.UPN = ""
	noScopes := user
	noScopes.Scopes = []string{}
	later := user
	later.NotBefore = begins.Add(time.Minute)
	noStart := user
	noStart.NotBefore = time.Time{}

	for _, c := range []struct {
		name  string
		token string
		want  auth.Principal
	}{
		{"user", token(w.claims()), user},
		{"preferred_username is no name", token(w.claims().with(object{"upn": nil, "preferred_username": "x"})), noUPN},
		{"no name", token(w.claims().with(object{"upn": nil})), noUPN},
		{"user with roles of her own", token(w.claims().with(object{"roles": []string{"Admin"}, "idtyp": "user"})), user},
		{"no scope in scp", token(w.claims().with(object{"scp": ""})), noScopes},
		{"audience in a list", token(w.claims().with(object{"aud": []string{"other", "api://second"}})), user},
		{"ids in upper case", token(w.claims().with(object{"oid": strings.ToUpper(alice)})), user},
		{"clock behind by the leeway", token(w.claims().with(object{"nbf": w.now().Unix() + 60, "iat": w.now().Unix() + 60})), later},
		{"no nbf", token(w.claims().with(object{"nbf": nil})), noStart},
		{"unknown claims", token(w.claims().with(object{"xms_ftd": object{"a": []int{1}}})), user},
		{"application", token(w.appClaims()), app},
		{"scopes in scope", token(w.claims().with(object{"scp": nil, "scope": "Analytics.Read Analytics.ReadWrite"})), user},
		{"scopes in a list", token(w.claims().with(object{"scp": []string{"Analytics.Read", "Analytics.ReadWrite"}})), user},
		{"scp before scope", token(w.claims().with(object{"scope": "openid"})), user},
		{"typ and token_use of an access token", token(w.claims().with(object{"typ": "Bearer", "token_use": "access"})), user},
		{"at+jwt", sign(object{"alg": "RS256", "kid": "rsa", "typ": "at+jwt"}, w.claims(), jwt.SigningMethodRS256, keys().rsa), user},
		{"RSA-PSS", sign(object{"alg": "PS256", "kid": "rsa-pss"}, w.claims(), jwt.SigningMethodPS256, keys().rsa2), user},
		{"P-256", sign(object{"alg": "ES256", "kid": "ec"}, w.claims(), jwt.SigningMethodES256, keys().ec), user},
		{"P-384", sign(object{"alg": "ES384", "kid": "ec384"}, w.claims(), jwt.SigningMethodES384, keys().ec384), user},
		{"Ed25519", sign(object{"alg": "EdDSA", "kid": "ed"}, w.claims(), jwt.SigningMethodEdDSA, keys().ed), user},
		{"Ed25519 by its new name", sign(object{"alg": "Ed25519", "kid": "ed"}, w.claims(), jwt.SigningMethodEdDSA, keys().ed), user},
		{"Ed25519 by a key with its new name", sign(object{"alg": "Ed25519", "kid": "ed25519"}, w.claims(), jwt.SigningMethodEdDSA, keys().ed), user},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.Token = sha256.Sum256([]byte(c.token))
			for _, when := range []string{"first", "again"} {
				got, err := w.verify(c.token)
				if err != nil {
					t.Fatalf("%s: %v", when, err)
				}
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("%s: got %+v, want %+v", when, got, c.want)
				}
			}
		})
	}
}

// TestClientsThatAnswerClaims: the capability counts in a list and as a text alone, and no other value of the claim is
// refused.
func TestClientsThatAnswerClaims(t *testing.T) {
	w := newTestVerifier(t)
	for _, c := range []struct {
		capabilities any
		want         bool
	}{
		{nil, false}, {"cp1", true}, {"cp2", false}, {"cp10", false}, {"cp1 cp2", false}, {"CP1", false}, {"", false},
		{[]string{"cp1"}, true}, {[]string{"llt", "cp1"}, true}, {[]string{"cp2"}, false}, {[]string{}, false},
		{7, false}, {true, false}, {[]any{1, "cp1"}, false}, {object{"cp1": true}, false},
	} {
		for _, claims := range []object{w.claims(), w.appClaims()} {
			for _, when := range []string{"first", "again"} {
				caller, err := w.verify(token(claims.with(object{"xms_cc": c.capabilities})))
				if err != nil || caller.AnswersClaims != c.want {
					t.Errorf("%v, %s: %t, %v; want %t", c.capabilities, when, caller.AnswersClaims, err, c.want)
				}
			}
		}
	}
	minted := must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour, Capabilities: []string{auth.AnswersClaims}}, w.now()))
	if caller := must(w.verify(minted)); !caller.AnswersClaims || !caller.NotBefore.Equal(w.now()) {
		t.Errorf("a minted token is of %+v", caller)
	}
}

func TestKeyMaySignForItsOwnIssuer(t *testing.T) {
	w := newTestVerifier(t)
	claims := w.claims().with(object{"iss": w.remote.iss(tenantB), "tid": tenantB})
	if _, err := w.verify(sign(object{"alg": "RS256", "kid": "only-b"}, claims, jwt.SigningMethodRS256, keys().rsa2)); err != nil {
		t.Error(err)
	}
}

// TestLocalTokenOfAClockAhead checks that a local token may come from another host, whose clock is a second ahead.
func TestLocalTokenOfAClockAhead(t *testing.T) {
	w := newTestVerifier(t)
	ahead := must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour}, w.now().Add(time.Second)))
	if _, err := w.verify(ahead); err != nil {
		t.Error(err)
	}
}

func TestHas(t *testing.T) {
	user := auth.Principal{Scopes: []string{"Analytics.Read"}}
	app := auth.Principal{App: true, Roles: []string{"Analytics.Read.All"}}
	for _, c := range []struct {
		caller     auth.Principal
		permission string
		want       bool
	}{
		{user, "Analytics.Read", true},
		{user, "analytics.read", false},
		{user, "Analytics.Read.All", false},
		{app, "Analytics.Read.All", true},
		{app, "Analytics.Read", false},
		{auth.Principal{}, "", false},
	} {
		if got := c.caller.Has(c.permission); got != c.want {
			t.Errorf("%+v has %q: %v, want %v", c.caller, c.permission, got, c.want)
		}
	}
}

func TestRememberedTokenExpiresOnTime(t *testing.T) {
	w := newTestVerifier(t)
	short := must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: 90 * time.Second}, w.now()))
	if _, err := w.verify(short); err != nil {
		t.Fatal(err)
	}
	w.advance(89 * time.Second)
	if _, err := w.verify(short); err != nil {
		t.Errorf("a second before its expiry: %v", err)
	}
	w.advance(time.Second)
	_, err := w.verify(short)
	wantRefused(t, err, short, "has expired")
}

func TestRememberedTokenStopsWorkingWithItsKey(t *testing.T) {
	w := newTestVerifier(t)
	old := token(w.claims().with(object{"exp": w.now().Add(24 * time.Hour).Unix()}))
	if _, err := w.verify(old); err != nil {
		t.Fatal(err)
	}
	w.advance(time.Minute)
	w.remote.publish(publicJWK(keys().rsa2, "rsa2", nil))
	fresh := sign(object{"alg": "RS256", "kid": "rsa2"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
	if _, err := w.verify(fresh); err != nil {
		t.Fatal(err)
	}
	_, err := w.verify(old)
	wantRefused(t, err, old, noKey)
}

func TestVerifierRefusesIssuersThatOverlap(t *testing.T) {
	const entra = "https://login.microsoftonline.com/"
	for _, c := range []struct {
		a, b string
		ok   bool
	}{
		{"https://id.example.com", "https://id.example.com", false},
		{entra + "{tenantid}/v2.0", entra + tenantA + "/v2.0", false},
		{entra + tenantA + "/v2.0", entra + "{tenantid}/v2.0", false},
		{entra + tenantA + "/v2.0", entra + tenantB + "/v2.0", true},
		{entra + "{tenantid}/v2.0", "https://sts.windows.net/{tenantid}/", true},
		{"https://id.example.com/" + tenantA, "https://id.example.com/" + tenantA + "/", true},
	} {
		_, err := auth.NewVerifier(time.Now, newIssuer(t, c.a, nil), newIssuer(t, c.b, nil))
		if (err == nil) != c.ok {
			t.Errorf("%s and %s: error %v, want ok %v", c.a, c.b, err, c.ok)
		}
	}
}

func TestBearerToken(t *testing.T) {
	for _, c := range []struct{ header, token, want string }{
		{"Bearer abc.DEF-1_2~+/==", "abc.DEF-1_2~+/==", ""},
		{"bearer abc", "abc", ""},
		{"BEARER   abc  ", "abc", ""},
		{"Basic YTpi", "", "scheme Bearer"},
		{"abc", "", "scheme Bearer"},
		{"Bearerabc", "", "scheme Bearer"},
		{"Bearer", "", "no token after the word Bearer"},
		{"Bearer ", "", "no token after the word Bearer"},
		{"Bearer ==", "", "exactly one token"},
		{"Bearer a b", "", "exactly one token"},
		{"Bearer a,b", "", "exactly one token"},
		{"Bearer a, Bearer b", "", "exactly one token"},
		{"Bearer a=b", "", "exactly one token"},
		{"Bearer \"a\"", "", "The token is in quotes; leave out the quotes."},
		{"Bearer 'a'", "", "The token is in quotes"},
		{"Bearer \"a", "", "exactly one token"},
		{"Bearer $TOKEN", "", "The token is the name of a variable; let the shell replace it"},
		{"Bearer ${TOKEN}", "", "the name of a variable"},
		{"Bearer $env:TOKEN", "", "the name of a variable"},
		{"Bearer {token}", "", "The token is the placeholder of an example"},
		{"Bearer <token>", "", "The token is the placeholder of an example"},
		{"Bearer $2a$10$x", "", "exactly one token"},
		{"Bearer undefined", "", "The token is 'undefined', so the program"},
		{"Bearer null", "", "The token is 'null'"},
		{"Bearer [object Object]", "", "The token is '[object Object]'"},
		{"Bearer ä", "", "exactly one token"},
		{"Bearer a\x00", "", "exactly one token"},
	} {
		token, err := auth.BearerToken(c.header)
		if token != c.token || (err == nil) != (c.want == "") {
			t.Errorf("%q: got %q, %v", c.header, token, err)
		}
		if err != nil {
			wantRefused(t, err, "", c.want)
		}
	}
	for _, header := range []string{"", " ", "\t"} {
		if _, err := auth.BearerToken(header); !errors.Is(err, auth.ErrNoToken) {
			t.Errorf("%q: got %v, want ErrNoToken", header, err)
		}
	}
}
