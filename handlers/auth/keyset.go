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

const (
	// minRSABits is the shortest RSA key that is strong enough (RFC 7518, section 3.3).
	minRSABits = 2048
	// maxRSABits is the longest RSA key that verifies a signature fast enough.
	maxRSABits = 8192
)

// key is a public key of an issuer and the only algorithm that it verifies. The algorithm is never taken from the token:
// a token could then name HMAC, with the public key as its secret (RFC 8725, sections 2.1 and 3.1).
type key struct {
	public any
	method jwt.SigningMethod
	issuer string // the iss that the key may sign for, perhaps with tenantTemplate; "" for no restriction
}

// verify checks the token's signature, and that the key may sign for the token's issuer. Entra needs the second check:
// some keys in its shared key set are for some of its issuers only (Entra's access token page, "Validate the signature").
func (k key) verify(t *token) error {
	if algorithm(t.header.Algorithm) != k.method.Alg() {
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

// keySet holds the usable keys of an issuer's key set document. A keySet never changes, so two are the same only if
// their addresses are.
type keySet struct {
	byID     map[string]key
	document [sha256.Size]byte // digest of the document's text
}

// parseKeySet reads a JWK Set (RFC 7517, section 5). As that section asks, it skips a key that cannot be used: one that
// is broken, of an unknown kind, not for signatures, too weak, symmetric, or without a kid. Of several keys with the
// same kid the first counts. A document without a usable key is an error.
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
	// Certificates are not used. They are dropped so that a broken one does not make the key unusable.
	j.X5C, j.X5U = nil, ""
	// The library's validation marshals the key again and compares the texts. An EdDSA key without alg would fail it.
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

// isForSignatures reports whether the key may verify signatures. use and key_ops are optional (RFC 7517, sections 4.2
// and 4.3), so a key without them may.
func isForSignatures(j jwkset.JWKMarshal) bool {
	return (j.USE == "" || j.USE == jwkset.UseSig) && (len(j.KEYOPS) == 0 || slices.Contains(j.KEYOPS, jwkset.KeyOpsVerify))
}

// methodFor returns the algorithm of a key: the one that the key names, or the usual one of its type if it names none.
// A named algorithm that does not suit the type is an error.
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
		if named == "" || algorithm(named) == method.Alg() {
			return method, nil
		}
	}
	return nil, fmt.Errorf("no algorithm %q for a key of type %T", named, public)
}

// algorithm returns the name that package jwt has for an algorithm. RFC 9864, section 2.2, renames EdDSA with the curve
// Ed25519, the only one here, to Ed25519. Issuers use both names.
func algorithm(name string) string {
	if name == "Ed25519" {
		return jwt.SigningMethodEdDSA.Alg()
	}
	return name
}

// methodsOfCurve maps the size of a curve in bits to its only algorithm (RFC 7518, section 3.4).
var methodsOfCurve = map[int][]jwt.SigningMethod{
	256: {jwt.SigningMethodES256},
	384: {jwt.SigningMethodES384},
	521: {jwt.SigningMethodES512},
}
