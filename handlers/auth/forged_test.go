package auth_test

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// forgery is a token that must be refused. want is a part of the refusal's description.
type forgery struct {
	name  string
	token func(w testVerifier) string
	want  string
}

// headerForgery is a token with valid claims and the given header, signed with a key that is not the issuer's.
func headerForgery(name string, header object, want string) forgery {
	return forgery{name, func(w testVerifier) string {
		h := object{"alg": "RS256", "kid": "rsa", "typ": "JWT"}.with(header)
		return sign(h, w.claims(), jwt.SigningMethodRS256, keys().attacker)
	}, want}
}

// headerRefused is a token with valid claims, the given header and the issuer's own signature. The header alone is wrong.
func headerRefused(name string, header object, want string) forgery {
	return forgery{name, func(w testVerifier) string {
		h := object{"alg": "RS256", "kid": "rsa", "typ": "JWT"}.with(header)
		return sign(h, w.claims(), jwt.SigningMethodRS256, keys().rsa)
	}, want}
}

// claimForgery is a user token with the issuer's signature. The given claims replace valid ones.
func claimForgery(name string, claims object, want string) forgery {
	return forgery{name, func(w testVerifier) string { return token(w.claims().with(claims)) }, want}
}

// appForgery is claimForgery for an application token.
func appForgery(name string, claims object, want string) forgery {
	return forgery{name, func(w testVerifier) string { return token(w.appClaims().with(claims)) }, want}
}

// textForgery changes the text of a valid token by spoil.
func textForgery(name string, spoil func(good string) string, want string) forgery {
	return forgery{name, func(w testVerifier) string { return spoil(token(w.claims())) }, want}
}

// timeForgery sets one claim to the verifier's time plus d.
func timeForgery(name, claim string, d time.Duration, want string) forgery {
	return forgery{name, func(w testVerifier) string {
		return token(w.claims().with(object{claim: w.now().Add(d).Unix()}))
	}, want}
}

// textRefused is a token with the issuer's signature over the text of the payload that the function returns.
func textRefused(name string, payload func(good string) string, want string) forgery {
	return forgery{name, func(w testVerifier) string {
		return signText(encode(object{"alg": "RS256", "kid": "rsa"}) + "." + raw(payload(string(must(json.Marshal(w.claims()))))))
	}, want}
}

// signText appends the issuer's signature to the text, whatever it is.
func signText(text string) string {
	return text + "." + base64.RawURLEncoding.EncodeToString(must(jwt.SigningMethodRS256.Sign(text, keys().rsa)))
}

func raw(part string) string { return base64.RawURLEncoding.EncodeToString([]byte(part)) }

const (
	notAccess = "not an access token for this API"
	badSig    = "signature is not valid"
	noKey     = "its issuer does not list"
)

// forgeries returns all forged tokens.
func forgeries() []forgery {
	return slices.Concat(algorithmForgeries(), keyForgeries(), headerForgeries(), formForgeries(),
		timeForgeries(), audienceForgeries(), callerForgeries(), typeForgeries())
}

func TestForgeriesAreRefused(t *testing.T) {
	w := newTestVerifier(t)
	for _, f := range forgeries() {
		t.Run(f.name, func(t *testing.T) {
			token := f.token(w)
			caller, err := w.verify(token)
			if err == nil {
				t.Fatalf("accepted as %+v", caller)
			}
			wantRefused(t, err, token, f.want)
		})
	}
	w.wantNoStrayFetch(t)
}

// wantNoStrayFetch fails the test unless the remote issuer was asked for its key set exactly once, and for no address
// that a token holds.
func (w testVerifier) wantNoStrayFetch(t *testing.T) {
	t.Helper()
	if n := w.remote.fetches.Load(); n != 1 {
		t.Errorf("the key set was fetched %d times within a minute, want once", n)
	}
	if n := w.remote.strays.Load(); n != 0 {
		t.Errorf("addresses in tokens were fetched %d times, want never", n)
	}
}
