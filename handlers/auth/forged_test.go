package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/auth"

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

func none(alg string) forgery {
	return forgery{"alg " + alg, func(w world) string {
		return encode(object{"alg": alg, "kid": "rsa"}) + "." + encode(w.claims()) + "."
	}, "third part must be a signature"}
}

func hmac(name string, secret func() []byte) forgery {
	return forgery{"HS256 signed with " + name, func(w world) string {
		return sign(object{"alg": "HS256", "kid": "rsa"}, w.claims(), jwt.SigningMethodHS256, secret())
	}, "algorithm (alg)"}
}

func pkixPEM() []byte {
	der := must(x509.MarshalPKIXPublicKey(&keys().rsa.PublicKey))
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func raw(part string) string { return base64.RawURLEncoding.EncodeToString([]byte(part)) }

const (
	notAccess = "not an access token for this API"
	badSig    = "signature is not valid"
	noKey     = "its issuer does not list"
)

func forgeries() []forgery {
	attackerJWK := publicJWK(&keys().attacker.PublicKey, "rsa", nil)
	return []forgery{
		// Algorithms.
		none("none"), none("None"), none("NONE"), none("nOnE"), none(""),
		headerRefused("alg none over a real signature", object{"alg": "none"}, "algorithm (alg)"),
		headerRefused("alg absent", object{"alg": nil}, "algorithm (alg)"),
		headerRefused("alg is a list", object{"alg": []string{"RS256"}}, "header cannot be read"),
		hmac("the public key's PEM", pkixPEM),
		hmac("the public key's DER", func() []byte { return must(x509.MarshalPKIXPublicKey(&keys().rsa.PublicKey)) }),
		hmac("the public key's JWK", func() []byte { return must(json.Marshal(publicJWK(&keys().rsa.PublicKey, "rsa", nil))) }),
		hmac("the modulus", func() []byte { return keys().rsa.N.Bytes() }),
		hmac("nothing", func() []byte { return []byte{} }),
		{"RS256 for an EC key", func(w world) string {
			return sign(object{"alg": "RS256", "kid": "ec"}, w.claims(), jwt.SigningMethodRS256, keys().attacker)
		}, "algorithm (alg)"},
		{"ES256 for an RSA key", func(w world) string {
			return sign(object{"alg": "ES256", "kid": "rsa"}, w.claims(), jwt.SigningMethodES256, keys().ec)
		}, "algorithm (alg)"},
		{"PS256 for an RS256 key", func(w world) string {
			return sign(object{"alg": "PS256", "kid": "rsa"}, w.claims(), jwt.SigningMethodPS256, keys().rsa)
		}, "algorithm (alg)"},
		{"RS256 for a PS256 key", func(w world) string {
			return sign(object{"alg": "RS256", "kid": "rsa-pss"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
		}, "algorithm (alg)"},
		{"RS512 for an RS256 key", func(w world) string {
			return sign(object{"alg": "RS512", "kid": "rsa"}, w.claims(), jwt.SigningMethodRS512, keys().rsa)
		}, "algorithm (alg)"},
		{"EC signature of zeros", func(w world) string {
			return encode(object{"alg": "ES256", "kid": "ec"}) + "." + encode(w.claims()) + "." + raw(strings.Repeat("\x00", 64))
		}, badSig},

		// Which key.
		headerForgery("attacker's key", nil, badSig),
		headerForgery("jku", object{"jku": "https://attacker.example/keys"}, badSig),
		headerForgery("jwk", object{"jwk": attackerJWK}, badSig),
		headerForgery("x5u", object{"x5u": "https://attacker.example/certificate"}, badSig),
		headerForgery("x5c", object{"x5c": []string{base64.StdEncoding.EncodeToString(pkixPEM())}}, badSig),
		headerForgery("jwk and an unknown kid", object{"jwk": attackerJWK, "kid": "attacker"}, noKey),
		headerRefused("kid absent", object{"kid": nil}, "no kid"),
		headerRefused("kid empty", object{"kid": ""}, "no kid"),
		headerRefused("kid a number", object{"kid": 1}, "header cannot be read"),
		headerRefused("kid a path", object{"kid": "../../../../dev/null"}, noKey),
		headerRefused("kid SQL", object{"kid": "rsa' UNION SELECT 'secret'; --"}, noKey),
		headerRefused("kid of 10 KB", object{"kid": strings.Repeat("k", 10_000)}, noKey),
		headerRefused("kid in another case", object{"kid": "RSA"}, noKey),
		headerRefused("kid with NUL", object{"kid": "rsa\x00"}, noKey),
		{"weak RSA key", func(w world) string {
			return sign(object{"alg": "RS256", "kid": "weak"}, w.claims(), jwt.SigningMethodRS256, keys().weak)
		}, noKey},
		{"key for encryption", func(w world) string {
			return sign(object{"alg": "RS256", "kid": "for-encryption"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
		}, noKey},
		{"key for wrapping", func(w world) string {
			return sign(object{"alg": "RS256", "kid": "for-wrapping"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
		}, noKey},
		{"symmetric key of the key set", func(w world) string {
			return sign(object{"alg": "HS256", "kid": "symmetric"}, w.claims(), jwt.SigningMethodHS256, []byte("secret"))
		}, noKey},
		{"RSA key that says HS256", func(w world) string {
			return sign(object{"alg": "HS256", "kid": "wrong-alg"}, w.claims(), jwt.SigningMethodHS256, pkixPEM())
		}, noKey},
		{"key of another tenant's issuer", func(w world) string {
			return sign(object{"alg": "RS256", "kid": "only-b"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
		}, "may not sign"},
		{"remote key for the local issuer", func(w world) string {
			return token(w.claims().with(object{"iss": auth.LocalName, "aud": auth.LocalAudience}))
		}, noKey},
		{"other key under the local kid", func(w world) string {
			good := must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour}, w.now()))
			other := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
			text := good[:strings.LastIndex(good, ".")]
			return text + "." + base64.RawURLEncoding.EncodeToString(must(jwt.SigningMethodES256.Sign(text, other)))
		}, badSig},

		// Header members that ask for more.
		headerRefused("crit", object{"crit": []string{"b64"}, "b64": false}, "crit"),
		headerRefused("crit empty", object{"crit": []string{}}, "crit"),
		headerRefused("nonce: a token for Microsoft Graph", object{"nonce": "hashed"}, "Microsoft Graph itself"),
		headerRefused("typ of a logout token", object{"typ": "logout+jwt"}, "typ"),
		headerRefused("typ of a DPoP proof", object{"typ": "dpop+jwt"}, "typ"),

		// Form.
		{"empty", func(world) string { return "" }, "exactly three parts"},
		{"only dots", func(world) string { return ".." }, "header cannot be read"},
		{"five parts: encrypted", func(world) string { return "a.b.c.d.e" }, "exactly three parts"},
		textForgery("no signature part", func(s string) string { return s[:strings.LastIndex(s, ".")] }, "exactly three parts"),
		textForgery("empty signature", func(s string) string { return s[:strings.LastIndex(s, ".")+1] }, "third part must be a signature"),
		textForgery("extra dot", func(s string) string { return s + "." }, "exactly three parts"),
		textForgery("leading dot", func(s string) string { return "." + s }, "exactly three parts"),
		textForgery("signature cut", func(s string) string { return s[:len(s)-6] }, badSig),
		textForgery("signature lengthened", func(s string) string { return s + "AAAA" }, badSig),
		textForgery("padding", func(s string) string { return s + "==" }, "third part must be a signature"),
		textForgery("line break in the signature", func(s string) string { return s[:len(s)-4] + "\n" + s[len(s)-4:] }, "third part must be a signature"),
		textForgery("space before", func(s string) string { return " " + s }, "header cannot be read"),
		textForgery("longer than 16 KiB", func(s string) string { return s + strings.Repeat("A", 16<<10) }, "longer than 16384 bytes"),
		textForgery("duplicate member in the header", func(s string) string {
			_, rest, _ := strings.Cut(s, ".")
			return raw(`{"alg":"none","alg":"RS256","kid":"rsa"}`) + "." + rest
		}, "header cannot be read"),
		textForgery("header null", func(s string) string { _, rest, _ := strings.Cut(s, "."); return raw("null") + "." + rest }, "header cannot be read"),
		textForgery("payload null", func(s string) string { p := strings.Split(s, "."); p[1] = raw("null"); return strings.Join(p, ".") }, "payload cannot be read"),
		textForgery("payload not JSON", func(s string) string { p := strings.Split(s, "."); p[1] = raw("tid=x"); return strings.Join(p, ".") }, "payload cannot be read"),
		{"tampered payload", func(w world) string {
			p := strings.Split(token(w.claims()), ".")
			p[1] = encode(w.claims().with(object{"oid": robot}))
			return strings.Join(p, ".")
		}, badSig},
		{"payload of another good token", func(w world) string {
			p, q := strings.Split(token(w.claims()), "."), strings.Split(token(w.appClaims()), ".")
			return p[0] + "." + q[1] + "." + p[2]
		}, badSig},

		// Times.
		timeForgery("expired", "exp", -time.Hour, "has expired"),
		timeForgery("expired just beyond the leeway", "exp", -60*time.Second, "has expired"),
		timeForgery("not valid yet", "nbf", 61*time.Second, "not valid yet"),
		timeForgery("issued in the future", "iat", 61*time.Second, "issued in the future"),
		claimForgery("no exp", object{"exp": nil}, "no expiry"),
		claimForgery("exp not a number", object{"exp": "tomorrow"}, "payload cannot be read"),
		claimForgery("exp past the end of time", object{"exp": 1e300}, "has expired"),
		{"local token, expired a second ago", func(w world) string {
			return must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: -time.Second}, w.now()))
		}, "has expired"},

		// Audience and issuer.
		claimForgery("wrong aud", object{"aud": "00000003-0000-0000-c000-000000000000"}, "not for this API"),
		claimForgery("wrong aud in a list", object{"aud": []string{"a", "b"}}, "not for this API"),
		claimForgery("no aud", object{"aud": nil}, "not for this API"),
		claimForgery("aud empty", object{"aud": ""}, "not for this API"),
		claimForgery("aud with more text", object{"aud": audience + "/"}, "not for this API"),
		claimForgery("local issuer's aud", object{"aud": auth.LocalAudience}, "not for this API"),
		claimForgery("aud an object", object{"aud": object{audience: true}}, "payload cannot be read"),
		claimForgery("wrong iss", object{"iss": "https://attacker.example"}, "not trusted here"),
		claimForgery("no iss", object{"iss": nil}, "not trusted here"),
		claimForgery("tid is not the tenant in iss", object{"tid": tenantB}, "not trusted here"),
		claimForgery("iss is the template", object{"iss": "{tenantid}", "tid": "{tenantid}"}, "not trusted here"),
		{"iss and tid of the template itself", func(w world) string {
			return token(w.claims().with(object{"iss": w.remote.name(), "tid": "{tenantid}"}))
		}, "not trusted here"},
		{"iss with a slash more", func(w world) string {
			return token(w.claims().with(object{"iss": w.remote.iss(tenantA) + "/"}))
		}, "not trusted here"},
		{"personal account", func(w world) string {
			return token(w.claims().with(object{"iss": w.remote.iss(personal), "tid": personal}))
		}, "Personal Microsoft accounts are not supported"},
		{"personal account in upper case", func(w world) string {
			return token(w.claims().with(object{"iss": w.remote.iss(strings.ToUpper(personal)), "tid": strings.ToUpper(personal)}))
		}, "Personal Microsoft accounts are not supported"},

		// Who.
		claimForgery("no tid", object{"tid": nil}, "not trusted here"),
		claimForgery("no oid", object{"oid": nil}, "(oid) by a GUID"),
		claimForgery("oid no GUID", object{"oid": "alice"}, "(oid) by a GUID"),
		claimForgery("oid in braces", object{"oid": "{" + alice + "}"}, "(oid) by a GUID"),
		claimForgery("oid without dashes", object{"oid": strings.ReplaceAll(alice, "-", "")}, "(oid) by a GUID"),
		claimForgery("oid in another case does not count", object{"oid": nil, "OID": alice}, "(oid) by a GUID"),
		{"tid no GUID, though iss agrees", func(w world) string {
			return token(w.claims().with(object{"iss": w.remote.iss("contoso"), "tid": "contoso"}))
		}, "not trusted here"},

		// What kind of token.
		claimForgery("ID token", object{"nonce": "n-0S6_WzA2Mj"}, "ID token"),
		claimForgery("neither scopes nor roles", object{"scp": nil}, notAccess),
		claimForgery("scopes in a list", object{"scp": []string{"Analytics.Read"}}, "payload cannot be read"),
		claimForgery("user's scopes, application's idtyp", object{"idtyp": "app"}, notAccess),
		appForgery("ID token of a user with roles", object{"idtyp": nil, "sub": "pairwise"}, notAccess),
		appForgery("user with roles", object{"idtyp": "user"}, notAccess),
		appForgery("application without roles", object{"roles": nil}, notAccess),
		appForgery("application with no role", object{"roles": []string{}}, notAccess),
	}
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
	if n := w.remote.fetches.Load(); n != 1 {
		t.Errorf("the key set was fetched %d times within a minute, want once", n)
	}
}
