package auth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// IDToken are the claims of an ID token, by which a client learns who has signed in (OpenID Connect Core 1.0, section
// 2). It opens nothing: no [Verifier] accepts it.
type IDToken struct {
	Issuer  string        // of the discovery document that the client has read, never LocalName
	Client  string        // the client that the user has signed in to (aud)
	Tenant  string        // GUID
	User    string        // GUID, the object id
	UPN     string        // user principal name, "" for none
	Nonce   string        // of the client, "" for none
	Expires time.Duration // lifetime in whole seconds
}

// idClaims are the claims of an ID token, in the form of Entra's v2 tokens.
type idClaims struct {
	jwt.RegisteredClaims
	Audience          string `json:"aud"` // MSAL for Go reads no list
	Version           string `json:"ver"`
	Tenant            string `json:"tid"`
	Object            string `json:"oid"`
	Nonce             string `json:"nonce,omitempty"`
	Name              string `json:"name,omitempty"`
	PreferredUsername string `json:"preferred_username,omitempty"`
}

// MintIDToken returns a signed ID token that is valid from now. The error says that the issuer is LocalName, under which
// the token could be taken for an access token.
func (l *LocalIssuer) MintIDToken(t IDToken, now time.Time) (string, error) {
	if t.Issuer == LocalName {
		return "", errors.New("mint an ID token: its issuer must not be that of access tokens")
	}
	user := strings.ToLower(t.User)
	signed, err := l.sign(idClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.Issuer, Subject: user,
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(t.Expires)),
		},
		Audience: t.Client, Version: "2.0", Tenant: strings.ToLower(t.Tenant), Object: user, Nonce: t.Nonce, Name: t.UPN, PreferredUsername: t.UPN,
	})
	if err != nil {
		return "", fmt.Errorf("mint an ID token: %w", err)
	}
	return signed, nil
}
