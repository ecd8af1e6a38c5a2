package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"

	"afterhours/handlers/auth"
)

// grants are the functions that redeem each grant_type.
var grants = map[string]func(*Service, *grantRequest) (*response, error){
	"client_credentials": (*Service).byClientCredentials,
	"password":           (*Service).byPassword,
	"refresh_token":      (*Service).byRefreshToken,
	"authorization_code": (*Service).byAuthorizationCode,
	"urn:ietf:params:oauth:grant-type:device_code": (*Service).byDeviceCode,
	"device_code": (*Service).byDeviceCode, // as MSAL writes it
}

// grantRequest is a request to the token endpoint.
type grantRequest struct {
	*Call
	values    url.Values
	tenant    string
	client    *Client
	requested requestedClaims
}

// token is the token endpoint.
func (s *Service) token(call *Call) (*response, error) {
	if err := s.checkOrigin(call, ""); err != nil {
		return nil, err
	}
	request := &grantRequest{Call: call}
	var err error
	if request.tenant, err = s.tenant(call); err != nil {
		return nil, err
	}
	if request.values, err = form(call); err != nil {
		return nil, err
	}
	grantType, err := required(request.values, "grant_type")
	if err != nil {
		return nil, err
	}
	redeem := grants[grantType]
	if redeem == nil {
		return nil, errGrantType.refuse("The grant type '%s' is not supported. There are client_credentials, password, refresh_token, authorization_code and device codes.", shown(grantType))
	}
	if request.client, err = s.authenticated(call, request.values, grantType == "client_credentials"); err != nil {
		return nil, err
	}
	if request.requested, err = s.requestedClaimsOf(request.values.Get("claims")); err != nil {
		return nil, err
	}
	return redeem(s, request)
}

// byClientCredentials signs in the client itself (RFC 6749, 4.4).
func (s *Service) byClientCredentials(r *grantRequest) (*response, error) {
	scope, err := required(r.values, "scope")
	if err != nil {
		return nil, err
	}
	if err := checkClientScope(scope); err != nil {
		return nil, err
	}
	roles := r.client.Roles
	if len(roles) == 0 {
		roles = []string{everything}
	}
	made, err := s.mint(auth.Claims{Tenant: r.tenant, User: r.client.objectID(), Roles: roles, Client: r.client.ID}, r.requested)
	if err != nil {
		return nil, err
	}
	return jsonResponse(http.StatusOK, made), nil
}

// byPassword signs in a user by name and any password (RFC 6749, 4.3).
func (s *Service) byPassword(r *grantRequest) (*response, error) {
	name, err := required(r.values, "username")
	if err != nil {
		return nil, err
	}
	if _, err := required(r.values, "password"); err != nil {
		return nil, err
	}
	granted, err := userScopes(r.values.Get("scope"))
	if err != nil {
		return nil, err
	}
	who, err := s.person(r.Context(), r.tenant, name)
	if err != nil {
		return nil, err
	}
	return s.mintForUser(r.Call, signIn{person: who, Client: r.client.ID, Scopes: granted}, r.requested)
}

// byRefreshToken signs in a user once more (RFC 6749, 6). A refresh token may be used again, as in Entra
// ID.
func (s *Service) byRefreshToken(r *grantRequest) (*response, error) {
	token, err := required(r.values, "refresh_token")
	if err != nil {
		return nil, err
	}
	in, err := s.openRefreshToken(token)
	if err != nil {
		return nil, err
	}
	if in.Client != r.client.ID || in.Tenant != r.tenant {
		return nil, errGrant.refuse("The refresh token was issued to another client or for another tenant.")
	}
	if r.values.Get("scope") != "" {
		if in.Scopes, err = userScopes(r.values.Get("scope")); err != nil {
			return nil, err
		}
	}
	return s.mintForUser(r.Call, in, r.requested)
}

// byAuthorizationCode redeems a code of the authorization endpoint (RFC 6749, 4.1.3; RFC 7636, 4.5).
func (s *Service) byAuthorizationCode(r *grantRequest) (*response, error) {
	code, err := required(r.values, "code")
	if err != nil {
		return nil, err
	}
	var redeemed authorization
	err = s.codes.with(code, func(found *authorization) error {
		if err := s.checkCode(r, found); err != nil {
			return err
		}
		found.redeemed = true
		redeemed = *found
		return nil
	})
	if err != nil {
		return nil, err
	}
	requested := r.requested
	if r.values.Get("claims") == "" {
		requested = redeemed.requested
	}
	return s.mintForUser(r.Call, redeemed.signIn, requested)
}

// checkCode refuses a request that may not redeem the code, which is nil if there is none.
func (s *Service) checkCode(r *grantRequest, found *authorization) error {
	switch {
	case found == nil:
		return errGrant.refuse("The provided authorization code is not one of this server, or of an earlier start of it.")
	case found.Client != r.client.ID || found.Tenant != r.tenant:
		return errGrant.refuse("The authorization code was issued to another client or for another tenant.")
	case found.redeemed:
		return errRedeemed.refuse("The authorization code was already redeemed. Sign in again.")
	case s.isOver(found.expires):
		return errExpired.refuse("The provided authorization code has expired. Sign in again.")
	case r.values.Get("redirect_uri") != found.redirectURI:
		return errReplyAddress.refuse("The redirect_uri does not match the one with which the authorization code was requested.")
	case challengeOf(r.values.Get("code_verifier")) != found.challenge:
		return errVerifier.refuse("The code_verifier does not match the code_challenge supplied in the authorization request, or is missing.")
	}
	return nil
}

// challengeOf returns the code_challenge of a verifier by S256 (RFC 7636, 4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
