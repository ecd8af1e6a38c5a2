package auth_test

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// forgery is a token that must be refused, and what the refusal must say.
type forgery struct {
	name  string
	token func(w world) string
	want  string
}

// headerForgery is a token with good claims and the given header, signed with a key that is not the issuer's.
func headerForgery(name string, header object, want string) forgery {
	return forgery{name, func(w world) string {
		h := object{"alg": "RS256", "kid": "rsa", "typ": "JWT"}.with(header)
		return sign(h, w.claims(), jwt.SigningMethodRS256, keys().attacker)
	}, want}
}

// headerRefused has the issuer's own signature, so that only the header can be what is refused.
func headerRefused(name string, header object, want string) forgery {
	return forgery{name, func(w world) string {
		h := object{"alg": "RS256", "kid": "rsa", "typ": "JWT"}.with(header)
		return sign(h, w.claims(), jwt.SigningMethodRS256, keys().rsa)
	}, want}
}

// claimForgery has the issuer's signature too; the claims are good but for those given.
func claimForgery(name string, claims object, want string) forgery {
	return forgery{name, func(w world) string { return token(w.claims().with(claims)) }, want}
}

func appForgery(name string, claims object, want string) forgery {
	return forgery{name, func(w world) string { return token(w.appClaims().with(claims)) }, want}
}

// textForgery spoils the text of a good token.
func textForgery(name string, spoil func(good string) string, want string) forgery {
	return forgery{name, func(w world) string { return spoil(token(w.claims())) }, want}
}

// timeForgery sets one claim to the issuer's time plus d.
func timeForgery(name, claim string, d time.Duration, want string) forgery {
	return forgery{name, func(w world) string {
		return token(w.claims().with(object{claim: w.now().Add(d).Unix()}))
	}, want}
}

// textRefused has the issuer's signature over a payload that is written as it is.
func textRefused(name string, payload func(good string) string, want string) forgery {
	return forgery{name, func(w world) string {
		return signText(encode(object{"alg": "RS256", "kid": "rsa"}) + "." + raw(payload(string(must(json.Marshal(w.claims()))))))
	}, want}
}

// signText appends the issuer's signature to any text.
func signText(text string) string {
	return text + "." + base64.RawURLEncoding.EncodeToString(must(jwt.SigningMethodRS256.Sign(text, keys().rsa)))
}

func raw(part string) string { return base64.RawURLEncoding.EncodeToString([]byte(part)) }

const (
	notAccess = "not an access token for this API"
	badSig    = "signature is not valid"
	noKey     = "its issuer does not list"
)

// forgeries are all of them.
func forgeries() []forgery {
	return slices.Concat(algorithmForgeries(), keyForgeries(), headerForgeries(), formForgeries(),
		timeForgeries(), audienceForgeries(), callerForgeries(), typeForgeries())
}

func TestForgeriesAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, f := range forgeries() {
		t.Run(f.name, func(t *testing.T) {
			token := f.token(w)
			who, err := w.verify(token)
			if err == nil {
				t.Fatalf("accepted as %+v", who)
			}
			wantRefused(t, err, token, f.want)
		})
	}
	w.wantNoStrayFetch(t)
}

// wantNoStrayFetch fails if more was asked of the remote issuer within a minute than its key set, once.
func (w world) wantNoStrayFetch(t *testing.T) {
	t.Helper()
	if n := w.remote.fetches.Load(); n != 1 {
		t.Errorf("the key set was fetched %d times within a minute, want once", n)
	}
	if n := w.remote.strays.Load(); n != 0 {
		t.Errorf("addresses in tokens were asked %d times", n)
	}
}
