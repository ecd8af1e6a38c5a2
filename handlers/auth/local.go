package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
)

const (
	// LocalName is the iss of every local token. It is a name, not an address: tokens can be minted while no server
	// runs, and stay valid if the server moves to another port. The domain internal is reserved for private use, so
	// nobody else can own the name.
	LocalName = "https://afterhours.internal"
	// LocalAudience is the aud of every local token.
	LocalAudience = "api://afterhours"
	// DiscoveryPath is the path of the discovery document below an issuer's address (OpenID Connect Discovery 1.0,
	// section 4).
	DiscoveryPath = "/.well-known/openid-configuration"
	// KeySetPath is the path of the local issuer's key set below the server's address.
	KeySetPath = "/.well-known/jwks.json"
	// localLeeway is how far the clock of the machine that minted a token may be ahead.
	localLeeway = time.Second
	// KeyFile is the name of the key's file in the data folder.
	KeyFile = keyFile
)

// LocalIssuer is the server's own issuer. It mints tokens with a key in the server's data folder, or in memory. It is
// safe for concurrent use.
type LocalIssuer struct {
	private *ecdsa.PrivateKey
	public  jwkset.JWKMarshal
}

// OpenLocalIssuer reads the key in the file issuer.key of the folder dir: an EC P-256 key as PKCS#8 in PEM. If the file
// or the folder is missing, it creates them. Several processes that do this at once all get the same key.
//
// A new file has the mode 0600. A file that other users may read or write is an error, except on Windows, where modes
// have no meaning.
func OpenLocalIssuer(dir string) (*LocalIssuer, error) {
	private, err := openKey(dir)
	if err != nil {
		return nil, fmt.Errorf("local issuer: %w", err)
	}
	return newLocalIssuer(private)
}

// NewLocalIssuer returns an issuer with a new key, which is in no file: no other process mints tokens for it, and its
// own tokens end with this one.
func NewLocalIssuer() (*LocalIssuer, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("local issuer: %w", err)
	}
	return newLocalIssuer(private)
}

func newLocalIssuer(private *ecdsa.PrivateKey) (*LocalIssuer, error) {
	public, err := publicJWK(private)
	if err != nil {
		return nil, fmt.Errorf("local issuer: %w", err)
	}
	return &LocalIssuer{private: private, public: public}, nil
}

// publicJWK returns the public half of the key as a JWK. The kid is the key's thumbprint (RFC 7638). It is computed from
// the key, so it needs no file.
func publicJWK(private *ecdsa.PrivateKey) (jwkset.JWKMarshal, error) {
	j, err := jwkset.NewJWKFromKey(&private.PublicKey, jwkset.JWKOptions{
		Metadata: jwkset.JWKMetadataOptions{ALG: jwkset.AlgES256, USE: jwkset.UseSig},
	})
	if err != nil {
		return jwkset.JWKMarshal{}, err
	}
	public := j.Marshal()
	// RFC 7638, section 3.2: these members only, in this order, without spaces.
	sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":%q,"kty":%q,"x":%q,"y":%q}`, public.CRV, public.KTY, public.X, public.Y))
	public.KID = base64.RawURLEncoding.EncodeToString(sum[:])
	return public, nil
}

// Issuer returns the issuer for a [Verifier]. It teaches names. Its key never changes and is
// not fetched over a network. A token may come from a machine whose clock is a second ahead. Nothing makes up for a clock
// that is behind: a token that was minted as expired must be refused.
func (l *LocalIssuer) Issuer() *Issuer {
	i := &Issuer{
		TeachesNames: true, name: LocalName, entra: true,
		audiences: []string{LocalAudience}, claims: entraNames, early: localLeeway,
	}
	i.keys.current.Store(&keySet{byID: map[string]key{
		l.public.KID: {public: &l.private.PublicKey, method: jwt.SigningMethodES256},
	}})
	return i
}

// Discovery returns the issuer's discovery document in JSON. base is the URL at which clients reach the server, without
// a slash at its end. The document names no endpoint for signing in, because tokens are minted instead. Its issuer is
// [LocalName], not base, so a client that compares the issuer with the document's address finds a difference.
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
		panic(err) // cannot happen: strings and lists of strings can be marshalled
	}
	return text
}
