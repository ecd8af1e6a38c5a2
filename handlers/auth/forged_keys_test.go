package auth_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"time"

	"afterhours/handlers/auth"

	"github.com/golang-jwt/jwt/v5"
)

func none(alg string) forgery {
	return forgery{"alg " + alg, func(w testVerifier) string {
		return encode(object{"alg": alg, "kid": "rsa"}) + "." + encode(w.claims()) + "."
	}, "third part must be a signature"}
}

func hmac(name string, secret func() []byte) forgery {
	return forgery{"HS256 signed with " + name, func(w testVerifier) string {
		return sign(object{"alg": "HS256", "kid": "rsa"}, w.claims(), jwt.SigningMethodHS256, secret())
	}, "algorithm (alg)"}
}

// hmacOf forges a token with HMAC. Its secret is the public half of the key called kid.
func hmacOf(alg string, method jwt.SigningMethod, kid string, public func() []byte) forgery {
	return forgery{alg + " for the key " + kid, func(w testVerifier) string {
		return sign(object{"alg": alg, "kid": kid}, w.claims(), method, public())
	}, "algorithm (alg)"}
}

func pkixPEM() []byte { return publicPEM(&keys().rsa.PublicKey) }

func publicPEM(public crypto.PublicKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(public))})
}

// ecForgery rewrites the issuer's own elliptic curve signature: 32 bytes of r and 32 bytes of s.
func ecForgery(name string, spoil func(r, s []byte) []byte) forgery {
	return forgery{"EC signature " + name, func(w testVerifier) string {
		text := encode(object{"alg": "ES256", "kid": "ec"}) + "." + encode(w.claims())
		good := must(jwt.SigningMethodES256.Sign(text, keys().ec))
		return text + "." + base64.RawURLEncoding.EncodeToString(spoil(good[:32], good[32:]))
	}, badSig}
}

func bareSignature(name, alg, kid string, signature []byte) forgery {
	return forgery{name, func(w testVerifier) string {
		return encode(object{"alg": alg, "kid": kid}) + "." + encode(w.claims()) + "." + base64.RawURLEncoding.EncodeToString(signature)
	}, badSig}
}

// elsewhere returns a header with an address of the attacker's key. The verifier must not fetch that address.
func elsewhere(member, kid, want string) forgery {
	return forgery{member + " and the kid " + kid, func(w testVerifier) string {
		h := object{"alg": "RS256", "kid": kid, member: w.remote.server.URL + "/stray/keys"}
		return sign(h, w.claims(), jwt.SigningMethodRS256, keys().attacker)
	}, want}
}

func algorithmForgeries() []forgery {
	return []forgery{
		none("none"), none("None"), none("NONE"), none("nOnE"), none(""),
		headerRefused("alg none over a real signature", object{"alg": "none"}, "algorithm (alg)"),
		headerRefused("alg absent", object{"alg": nil}, "algorithm (alg)"),
		headerRefused("alg is a list", object{"alg": []string{"RS256"}}, "header cannot be read"),
		hmac("the public key's PEM", pkixPEM),
		hmac("the public key's DER", func() []byte { return must(x509.MarshalPKIXPublicKey(&keys().rsa.PublicKey)) }),
		hmac("the public key's JWK", func() []byte { return must(json.Marshal(publicJWK(&keys().rsa.PublicKey, "rsa", nil))) }),
		hmac("the modulus", func() []byte { return keys().rsa.N.Bytes() }),
		hmac("nothing", func() []byte { return []byte{} }),
		{"RS256 for an EC key", func(w testVerifier) string {
			return sign(object{"alg": "RS256", "kid": "ec"}, w.claims(), jwt.SigningMethodRS256, keys().attacker)
		}, "algorithm (alg)"},
		{"ES256 for an RSA key", func(w testVerifier) string {
			return sign(object{"alg": "ES256", "kid": "rsa"}, w.claims(), jwt.SigningMethodES256, keys().ec)
		}, "algorithm (alg)"},
		{"PS256 for an RS256 key", func(w testVerifier) string {
			return sign(object{"alg": "PS256", "kid": "rsa"}, w.claims(), jwt.SigningMethodPS256, keys().rsa)
		}, "algorithm (alg)"},
		{"RS256 for a PS256 key", func(w testVerifier) string {
			return sign(object{"alg": "RS256", "kid": "rsa-pss"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
		}, "algorithm (alg)"},
		{"RS512 for an RS256 key", func(w testVerifier) string {
			return sign(object{"alg": "RS512", "kid": "rsa"}, w.claims(), jwt.SigningMethodRS512, keys().rsa)
		}, "algorithm (alg)"},
		bareSignature("EC signature of zeros", "ES256", "ec", bytes.Repeat([]byte{0}, 64)),
		{"alg none with a signature", func(w testVerifier) string {
			return encode(object{"alg": "none", "kid": "rsa"}) + "." + encode(w.claims()) + "." + raw("x")
		}, "algorithm (alg)"},
		headerRefused("alg in lower case", object{"alg": "rs256"}, "algorithm (alg)"),
		headerRefused("alg null", object{"alg": json.RawMessage("null")}, "algorithm (alg)"),
		hmacOf("HS384", jwt.SigningMethodHS384, "rsa", pkixPEM),
		hmacOf("HS512", jwt.SigningMethodHS512, "rsa", pkixPEM),
		hmacOf("HS256", jwt.SigningMethodHS256, "ec", func() []byte { return publicPEM(keys().ec.Public()) }),
		hmacOf("HS256", jwt.SigningMethodHS256, "ed", func() []byte { return keys().ed.Public().(ed25519.PublicKey) }),
		ecForgery("r and s swapped", func(r, s []byte) []byte { return slices.Concat(s, r) }),
		ecForgery("r and s of the curve's order", func(_, _ []byte) []byte {
			order := elliptic.P256().Params().N.Bytes()
			return slices.Concat(order, order)
		}),
		ecForgery("in DER", func(r, s []byte) []byte {
			return must(asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(r), new(big.Int).SetBytes(s)}))
		}),
		ecForgery("with a byte before each half", func(r, s []byte) []byte {
			return slices.Concat([]byte{0}, r, []byte{0}, s)
		}),
		ecForgery("without s", func(r, _ []byte) []byte { return r }),
		bareSignature("RSA signature of zeros", "RS256", "rsa", bytes.Repeat([]byte{0}, 256)),
		bareSignature("RSA signature that is 1", "RS256", "rsa", append(bytes.Repeat([]byte{0}, 255), 1)),
		bareSignature("EdDSA signature of zeros", "EdDSA", "ed", bytes.Repeat([]byte{0}, 64)),
		bareSignature("signature of one byte", "ES256", "ec", []byte{0}),
	}
}

func keyForgeries() []forgery {
	attackerJWK := publicJWK(&keys().attacker.PublicKey, "rsa", nil)
	return []forgery{
		headerForgery("attacker's key", nil, badSig),
		elsewhere("jku", "rsa", badSig),
		elsewhere("jku", "attacker", noKey),
		headerForgery("jwk", object{"jwk": attackerJWK}, badSig),
		elsewhere("x5u", "rsa", badSig),
		elsewhere("x5u", "attacker", noKey),
		headerForgery("x5t", object{"x5t": "dGh1bWJwcmludA"}, badSig),
		headerForgery("x5c", object{"x5c": []string{base64.StdEncoding.EncodeToString(pkixPEM())}}, badSig),
		headerForgery("jwk and an unknown kid", object{"jwk": attackerJWK, "kid": "attacker"}, noKey),
		headerRefused("kid absent", object{"kid": nil}, "no kid"),
		headerRefused("kid empty", object{"kid": ""}, "no kid"),
		headerRefused("kid a number", object{"kid": 1}, "header cannot be read"),
		headerRefused("kid a path", object{"kid": "../../../../dev/null"}, noKey),
		headerRefused("kid SQL", object{"kid": "rsa' UNION SELECT 'secret'; --"}, noKey),
		headerRefused("kid of 10 KB", object{"kid": strings.Repeat("k", 10_000)}, noKey),
		headerRefused("kid in another case", object{"kid": "RSA"}, noKey),
		headerRefused("kid an address", object{"kid": "https://attacker.example/keys"}, noKey),
		headerRefused("kid a command", object{"kid": "|/usr/bin/id"}, noKey),
		headerRefused("kid with line breaks", object{"kid": "rsa\r\nX-Injected: 1"}, noKey),
		headerRefused("kid a list", object{"kid": []string{"rsa"}}, "header cannot be read"),
		headerRefused("kid with NUL", object{"kid": "rsa\x00"}, noKey),
		{"weak RSA key", func(w testVerifier) string {
			return sign(object{"alg": "RS256", "kid": "weak"}, w.claims(), jwt.SigningMethodRS256, keys().weak)
		}, noKey},
		{"key for encryption", func(w testVerifier) string {
			return sign(object{"alg": "RS256", "kid": "for-encryption"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
		}, noKey},
		{"key for wrapping", func(w testVerifier) string {
			return sign(object{"alg": "RS256", "kid": "for-wrapping"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
		}, noKey},
		{"symmetric key of the key set", func(w testVerifier) string {
			return sign(object{"alg": "HS256", "kid": "symmetric"}, w.claims(), jwt.SigningMethodHS256, []byte("secret"))
		}, noKey},
		{"RSA key that says HS256", func(w testVerifier) string {
			return sign(object{"alg": "HS256", "kid": "wrong-alg"}, w.claims(), jwt.SigningMethodHS256, pkixPEM())
		}, noKey},
		{"key of another tenant's issuer", func(w testVerifier) string {
			return sign(object{"alg": "RS256", "kid": "only-b"}, w.claims(), jwt.SigningMethodRS256, keys().rsa2)
		}, "may not sign"},
		{"remote key for the local issuer", func(w testVerifier) string {
			return token(w.claims().with(object{"iss": auth.LocalName, "aud": auth.LocalAudience}))
		}, noKey},
		{"other key under the local kid", func(w testVerifier) string {
			good := must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"x"}, Expires: time.Hour}, w.now()))
			other := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
			text := good[:strings.LastIndex(good, ".")]
			return text + "." + base64.RawURLEncoding.EncodeToString(must(jwt.SigningMethodES256.Sign(text, other)))
		}, badSig},
	}
}
