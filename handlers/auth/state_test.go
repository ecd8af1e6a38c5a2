package auth_test

import (
	"reflect"
	"testing"
	"time"

	"afterhours/handlers/auth"
)

// TestState: each token and each fetch of keys is counted once, under the issuer of the configuration
// that it is about.
func TestState(t *testing.T) {
	w := newTestVerifier(t)
	before := w.verifier.State()
	local, remote := before.Issuers[0], before.Issuers[1]
	want := auth.State{Issuers: []auth.IssuerState{{Name: local.Name}, {Name: remote.Name}}}
	check := func(step string) {
		t.Helper()
		if got := w.verifier.State(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v, want\n%+v", step, got, want)
		}
	}
	check("at the start")

	w.remote.down.Store(true)
	_, _ = w.verify(token(w.claims()))
	want.CacheMisses++
	want.Issuers[1].Unavailable++
	want.Issuers[1].FetchesFailed++
	check("the issuer is down")

	w.remote.down.Store(false)
	w.advance(time.Minute)
	good := token(w.claims())
	_, err := w.verify(good)
	if err != nil {
		t.Fatal(err)
	}
	want.CacheMisses++
	want.Issuers[1].Accepted++
	want.Issuers[1].Fetched++
	want.Issuers[1].FetchedAt = w.now()
	check("the issuer is up")

	if _, known := w.verifier.Known(good); !known {
		t.Error("the token is not known")
	}
	_, _ = w.verify(good)
	want.CacheHits += 2
	check("the same token again")

	_, _ = w.verify(token(w.claims().with(object{"aud": "other"})))
	want.CacheMisses++
	want.Issuers[1].Refused++
	check("another audience")

	_, _ = w.verify(must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour}, w.now())))
	want.CacheMisses++
	want.Issuers[0].Accepted++
	check("a local token")

	_, _ = w.verify(token(w.claims().with(object{"iss": "https://attacker.example"})))
	_, _ = w.verify("no token")
	want.CacheMisses += 2
	want.Strange += 2
	check("strangers")
}
