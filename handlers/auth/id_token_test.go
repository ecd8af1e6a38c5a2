package auth

import (
	"testing"
	"time"
)

// TestIDTokensAreNoAccessTokens: whatever its claims are, an ID token is refused, and none is minted under the name that
// access tokens have.
func TestIDTokensAreNoAccessTokens(t *testing.T) {
	local, err := NewLocalIssuer()
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := NewVerifier(time.Now, local.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	claims := IDToken{Issuer: "https://127.0.0.1:8080/" + guidExample + "/v2.0", Client: LocalAudience, Tenant: guidExample, User: guidExample, Expires: time.Hour}
	for _, nonce := range []string{"", "a-nonce"} {
		claims.Nonce = nonce
		token, err := local.MintIDToken(claims, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if caller, err := verifier.Verify(t.Context(), token); err == nil {
			t.Errorf("with the nonce %q it is %+v", nonce, caller)
		}
	}
	claims.Issuer = LocalName
	if _, err := local.MintIDToken(claims, time.Now()); err == nil {
		t.Error("an ID token has the issuer of access tokens")
	}
}
