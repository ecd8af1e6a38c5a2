package signin

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"afterhours/handlers/auth"
)

// lifetime is how long access tokens and ID tokens are valid. It is about that of Entra's.
const lifetime = 3599 * time.Second

// person is a user of a tenant.
type person struct {
	Tenant, User string // GUIDs
	UPN          string // "" if the user has none
}

// signIn is the sign-in of a user to a client.
type signIn struct {
	person
	Client string // id
	Scopes scopes
	Nonce  string
}

// tokens is the response of the token endpoint (RFC 6749, 5.1; OpenID Connect Core 1.0, 3.1.3.3).
type tokens struct {
	Type         string `json:"token_type"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int    `json:"expires_in"`
	ExtExpiresIn int    `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	// ClientInfo is by what MSAL names the account: the user and the tenant, in base64.
	ClientInfo string `json:"client_info,omitempty"`
}

// mint returns the response with a token of the claims, which lack what all tokens have.
func (s *Service) mint(claims auth.Claims, requested requestedClaims) (*tokens, error) {
	claims.Expires, claims.Capabilities, claims.NotBefore = lifetime, requested.capabilities, requested.notBefore
	token, err := s.Issuer.Mint(claims, s.Now())
	if err != nil {
		return nil, errScope.refuse("The token cannot be made: %s.", err)
	}
	seconds := int(lifetime / time.Second)
	return &tokens{Type: "Bearer", ExpiresIn: seconds, ExtExpiresIn: seconds, AccessToken: token}, nil
}

// mintForUser returns the response for a user who has signed in.
func (s *Service) mintForUser(call *Call, in signIn, requested requestedClaims) (*response, error) {
	made, err := s.mint(auth.Claims{Tenant: in.Tenant, User: in.User, UPN: in.UPN, Scopes: in.Scopes.Granted, Client: in.Client}, requested)
	if err != nil {
		return nil, err
	}
	made.Scope = in.Scopes.answered()
	if in.Scopes.has("openid") {
		made.IDToken, err = s.Issuer.MintIDToken(auth.IDToken{Issuer: issuerName(call, in.Tenant), Client: in.Client,
			Tenant: in.Tenant, User: in.User, UPN: in.UPN, Nonce: in.Nonce, Expires: lifetime}, s.Now())
		if err != nil {
			return nil, err
		}
	}
	if in.Scopes.has("offline_access") {
		made.RefreshToken = s.sealRefreshToken(in)
	}
	made.ClientInfo = clientInfo(in.person)
	return jsonResponse(http.StatusOK, made), nil
}

func clientInfo(p person) string {
	text, _ := json.Marshal(map[string]string{"uid": p.User, "utid": p.Tenant}) // texts always marshal
	return base64.RawURLEncoding.EncodeToString(text)
}
