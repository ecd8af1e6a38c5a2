package signin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"time"
)

// refreshLifetime is how long a refresh token is valid, as in Entra ID.
const refreshLifetime = 90 * 24 * time.Hour

// refreshToken is what a refresh token holds. Only the service can read it, so it need not be remembered.
type refreshToken struct {
	SignIn  signIn
	Expires time.Time
}

// newSealer returns a cipher with a key that ends with the service.
func newSealer() cipher.AEAD {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // cannot happen: 32 bytes are a key
	}
	sealer, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // cannot happen: the cipher is AES
	}
	return sealer
}

func (s *Service) sealRefreshToken(in signIn) string {
	in.Nonce = ""                                                           // it belongs to one ID token (OpenID Connect Core 1.0, 12.2)
	text, _ := json.Marshal(refreshToken{in, s.Now().Add(refreshLifetime)}) // texts and a time always marshal
	return base64.RawURLEncoding.EncodeToString(s.sealer.Seal(nil, nil, text, nil))
}

// openRefreshToken returns the sign-in of a refresh token.
func (s *Service) openRefreshToken(text string) (signIn, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		sealed, err = s.sealer.Open(nil, nil, sealed, nil)
	}
	var opened refreshToken
	if err != nil || json.Unmarshal(sealed, &opened) != nil {
		return signIn{}, errGrant.refuse("The refresh token is not one of this server, or of an earlier start of it. Sign in again.")
	}
	if s.isOver(opened.Expires) {
		return signIn{}, errExpired.refuse("The refresh token has expired. Sign in again.")
	}
	return opened.SignIn, nil
}
