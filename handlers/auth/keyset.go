package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/MicahParks/jwkset"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/golang-jwt/jwt/v5"
)

// RSA keys shorter than this are too weak (RFC 7518, section 3.3); longer ones than that take too long to verify with.
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// key is a public key of an issuer together with the only algorithm that it verifies. The algorithm belongs to the key:
// taking it from the token is what lets a public key pass as an HMAC secret (RFC 8725, sections 2.1 and 3.1).
type key struct {
	public any
	method jwt.SigningMethod
	issuer string // the iss that the key may sign for, perhaps with tenantTemplate; "" for no restriction
}

// verify checks the token's signature, and that the key may sign for the token's issuer. The latter is Entra's: its
// shared key set holds keys that are for some of its issuers only (Entra's access token page, "Validate the signature").
func (k key) verify(t *token) error {
	if t.header.Algorithm != k.method.Alg() {
		return refuse("The token's algorithm (alg) is not that of the key that its kid names, which is %s.", k.method.Alg())
	}
	if k.method.Verify(t.signed, t.signature, k.public) != nil {
		return refuse("The token's signature is not valid.")
	}
	if k.issuer != "" && !nameMatches(k.issuer, t.payload.Issuer, t.payload.Tenant) {
		return refuse("The token was signed by a key that may not sign for the token's issuer (iss) and tenant (tid).")
	}
	return nil
}

// keySet is what an issuer's key set document says. It never changes; its address tells one reading from another.
type keySet struct {
	byID     map[string]key
	document [sha256.Size]byte // digest of the document's text
}

// parseKeySet reads a JWK Set (RFC 7517, section 5). A key that cannot be used here is skipped, as that section wants:
// one that is broken or of an unknown kind, not for signatures, too weak, symmetric, or without a kid. Of several keys
// with the same kid the first counts. A document without any usable key is an error.
func parseKeySet(document []byte) (*keySet, error) {
	var jwks struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(document, &jwks); err != nil {
		return nil, fmt.Errorf("not a JWK Set: %w", err)
	}
	set := &keySet{byID: make(map[string]key, len(jwks.Keys)), document: sha256.Sum256(document)}
	for _, text := range jwks.Keys {
		id, k, err := parseKey(text)
		if _, taken := set.byID[id]; err == nil && !taken {
			set.byID[id] = k
		}
	}
	if len(set.byID) == 0 {
		return nil, errors.New("the JWK Set has no key that can verify signatures: it needs one with a kid, of type RSA (2048 bits or more), EC or OKP (Ed25519)")
	}
	return set, nil
}

// jwk is a JSON Web Key with the member that Entra adds to it.
type jwk struct {
	jwkset.JWKMarshal
	Issuer string `json:"issuer"`
}

func parseKey(text jsontext.Value) (id string, k key, err error) {
	var j jwk
	if err := json.Unmarshal(text, &j); err != nil {
		return "", key{}, err
	}
	if j.KID == "" || !isForSignatures(j.JWKMarshal) {
		return "", key{}, errors.New("not a named key for signatures")
	}
	// Certificates say nothing here that the key does not; a broken one should not cost us the key.
	j.X5C, j.X5U = nil, ""
	// The library's validation writes the key out again and wants the same text; an EdDSA key without alg would fail.
	parsed, err := jwkset.NewJWKFromMarshal(j.JWKMarshal, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{SkipAll: true})
	if err != nil {
		return "", key{}, err
	}
	method, err := methodFor(parsed.Key(), j.ALG.String())
	if err != nil {
		return "", key{}, err
	}
	return j.KID, key{public: parsed.Key(), method: method, issuer: j.Issuer}, nil
}

// isForSignatures takes a key whose purpose is not stated (RFC 7517, sections 4.2 and 4.3: both members are optional).
func isForSignatures(j jwkset.JWKMarshal) bool {
	return (j.USE == "" || j.USE == jwkset.UseSig) && (len(j.KEYOPS) == 0 || slices.Contains(j.KEYOPS, jwkset.KeyOpsVerify))
}

// methodFor returns the algorithm of a key: the one that the key names if it suits the key's type, else the type's usual one.
func methodFor(public any, named string) (jwt.SigningMethod, error) {
	var suitable []jwt.SigningMethod // the usual one first
	switch public := public.(type) {
	case *rsa.PublicKey:
		if bits := public.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return nil, fmt.Errorf("RSA key of %d bits: it must have %d to %d", bits, minRSABits, maxRSABits)
		}
		suitable = []jwt.SigningMethod{
			jwt.SigningMethodRS256, jwt.SigningMethodRS384, jwt.SigningMethodRS512,
			jwt.SigningMethodPS256, jwt.SigningMethodPS384, jwt.SigningMethodPS512,
		}
	case *ecdsa.PublicKey:
		suitable = methodsOfCurve[public.Curve.Params().BitSize]
	case ed25519.PublicKey:
		suitable = []jwt.SigningMethod{jwt.SigningMethodEdDSA}
	}
	for _, method := range suitable {
		if named == "" || named == method.Alg() {
			return method, nil
		}
	}
	return nil, fmt.Errorf("no algorithm %q for a key of type %T", named, public)
}

// methodsOfCurve is keyed by the curve's size in bits (RFC 7518, section 3.4: one algorithm per curve).
var methodsOfCurve = map[int][]jwt.SigningMethod{
	256: {jwt.SigningMethodES256},
	384: {jwt.SigningMethodES384},
	521: {jwt.SigningMethodES512},
}
