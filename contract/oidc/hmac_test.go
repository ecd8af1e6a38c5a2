package oidc

import (
	"crypto"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"

	"github.com/MicahParks/jwkset"
)

// publicKey returns the texts of a public key of the provider that a careless verifier may take for a secret.
func (s *suite) publicKey(kid any) map[string][]byte {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.keys, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	var set struct{ Keys []json.RawMessage }
	s.ask(s.t, request, &set)
	for _, text := range set.Keys {
		var marshalled jwkset.JWKMarshal
		if err := json.Unmarshal(text, &marshalled); err != nil || marshalled.KID != kid {
			continue
		}
		parsed, err := jwkset.NewJWKFromMarshal(marshalled, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{SkipAll: true})
		if err != nil {
			s.t.Fatal(err)
		}
		der, err := x509.MarshalPKIXPublicKey(parsed.Key().(crypto.PublicKey))
		if err != nil {
			s.t.Fatal(err)
		}
		return map[string][]byte{"PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "DER": der, "JSON": text}
	}
	s.t.Fatalf("the provider does not publish the key %v", kid)
	return nil
}

// hmacOf returns the signature of HS256.
func hmacOf(secret []byte, signed string) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(signed)) // never an error
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
