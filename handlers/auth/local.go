package auth

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
)

const (
	// LocalName is the iss of every local token. It is a name, not an address: tokens are minted while no server runs,
	// and stay good when it moves to another port. The domain internal is reserved for private use, so nobody else can
	// own the name.
	LocalName = "https://afterhours.internal"
	// LocalAudience is the aud of every local token.
	LocalAudience = "api://afterhours"
	// DiscoveryPath is where the discovery document is found below an issuer's address (OpenID Connect Discovery 1.0,
	// section 4).
	DiscoveryPath = "/.well-known/openid-configuration"
	// KeySetPath is where the local issuer's key set is found below the server's address, as its discovery document says.
	KeySetPath = "/.well-known/jwks.json"
)

// LocalIssuer is the issuer that a server brings along: it mints tokens with a key in the server's data folder. It is
// safe for concurrent use.
type LocalIssuer struct {
	private *ecdsa.PrivateKey
	public  jwkset.JWKMarshal
}

// OpenLocalIssuer reads the key in the file issuer.key of the folder dir: an EC P-256 key as PKCS#8 in PEM. If there is
// none, it creates it, and the folder too; of several processes that do so at once all get the same key. The file's mode
// is 0600, and a file that others may read or change is refused (on Windows, where modes say nothing, it is not).
func OpenLocalIssuer(dir string) (*LocalIssuer, error) {
	private, err := openKey(dir)
	if err != nil {
		return nil, fmt.Errorf("local issuer: %w", err)
	}
	public, err := publicJWK(private)
	if err != nil {
		return nil, fmt.Errorf("local issuer: %w", err)
	}
	return &LocalIssuer{private: private, public: public}, nil
}

// publicJWK describes the public half of the key. Its kid is the key's thumbprint (RFC 7638), so that it follows from
// the key and needs no file of its own.
func publicJWK(private *ecdsa.PrivateKey) (jwkset.JWKMarshal, error) {
	j, err := jwkset.NewJWKFromKey(&private.PublicKey, jwkset.JWKOptions{
		Metadata: jwkset.JWKMetadataOptions{ALG: jwkset.AlgES256, USE: jwkset.UseSig},
	})
	if err != nil {
		return jwkset.JWKMarshal{}, err
	}
	public := j.Marshal()
	// Section 3.2 of the RFC: these members only, in this order, without spaces.
	sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":%q,"kty":%q,"x":%q,"y":%q}`, public.CRV, public.KTY, public.X, public.Y))
	public.KID = base64.RawURLEncoding.EncodeToString(sum[:])
	return public, nil
}

// Issuer returns what a [Verifier] needs to trust the tokens of this issuer. Its key is known, so no network is used.
// There is no leeway for clocks: tokens are minted and verified on the same machine, and one that was minted to be
// expired must be.
func (l *LocalIssuer) Issuer() *Issuer {
	i := &Issuer{name: LocalName, audiences: []string{LocalAudience}}
	i.keys.current.Store(&keySet{byID: map[string]key{
		l.public.KID: {public: &l.private.PublicKey, method: jwt.SigningMethodES256},
	}})
	return i
}

// Discovery returns the issuer's discovery document in JSON. base is the URL that clients reach the server at, without
// a slash at its end. The document has no endpoint for signing in, because nobody can sign in: tokens are minted.
// Clients that compare its issuer with the address that they got it from will notice that [LocalName] is none.
func (l *LocalIssuer) Discovery(base string) []byte {
	return mustMarshal(map[string]any{
		"issuer":                                LocalName,
		"jwks_uri":                              base + KeySetPath,
		"response_types_supported":              []string{"none"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{l.public.ALG.String()},
	})
}

// JWKS returns the issuer's key set (RFC 7517, section 5) in JSON.
func (l *LocalIssuer) JWKS() []byte {
	return mustMarshal(jwkset.JWKSMarshal{Keys: []jwkset.JWKMarshal{l.public}})
}

func mustMarshal(document any) []byte {
	text, err := json.Marshal(document)
	if err != nil {
		panic(err) // strings and lists of strings always have a JSON text
	}
	return text
}
