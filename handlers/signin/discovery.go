package signin

import (
	"net/http"
	"net/url"
	"strings"
)

// issuerName returns the name of the issuer of ID tokens. It is below the server's own address, because
// MSAL accepts no other.
func issuerName(call *Call, tenant string) string { return call.Origin + "/" + tenant + "/v2.0" }

// openIDConfiguration responds with the discovery document of a tenant (OpenID Connect Discovery 1.0, 4).
func (s *Service) openIDConfiguration(call *Call) (*response, error) {
	tenant, err := s.tenant(call)
	if err != nil {
		return nil, err
	}
	base := call.Origin + "/" + strings.ToLower(call.PathValue("tenant"))
	return jsonResponse(http.StatusOK, map[string]any{
		"issuer":                                issuerName(call, tenant),
		"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
		"token_endpoint":                        base + "/oauth2/v2.0/token",
		"device_authorization_endpoint":         base + "/oauth2/v2.0/devicecode",
		"end_session_endpoint":                  base + "/oauth2/v2.0/logout",
		"jwks_uri":                              base + "/discovery/v2.0/keys",
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic", "private_key_jwt"},
		"scopes_supported":                      openIDScopes,
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"ES256"},
		"claims_supported":                      []string{"iss", "aud", "sub", "oid", "tid", "preferred_username", "name", "nonce", "iat", "nbf", "exp", "ver"},
	}), nil
}

// keys responds with the key set of ID tokens and access tokens.
func (s *Service) keys(call *Call) (*response, error) {
	if _, err := s.tenant(call); err != nil {
		return nil, err
	}
	return &response{status: http.StatusOK, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}, body: s.Issuer.JWKS()}, nil
}

// instance responds to the question of MSAL whether it may trust an authority: this server knows itself
// alone.
func (s *Service) instance(call *Call) (*response, error) {
	values, err := parameters(call.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	asked, err := required(values, "authorization_endpoint")
	if err != nil {
		return nil, err
	}
	endpoint, err := url.Parse(asked)
	if err != nil || !strings.EqualFold(endpoint.Scheme+"://"+endpoint.Host, call.Origin) {
		return nil, errInstance.refuse("Unknown or invalid instance. This server knows %s/{tenant}/oauth2/v2.0/authorize only.", call.Origin)
	}
	tenant, _, _ := strings.Cut(strings.TrimPrefix(endpoint.Path, "/"), "/")
	version := values.Get("api-version")
	if version == "" {
		version = "1.1"
	}
	return jsonResponse(http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": call.Origin + "/" + url.PathEscape(tenant) + "/v2.0/.well-known/openid-configuration",
		"api-version":               shown(version),
		"metadata": []map[string]any{{
			"preferred_network": endpoint.Host, "preferred_cache": endpoint.Host, "aliases": []string{endpoint.Host},
		}},
	}), nil
}

// userRealm responds to the question of MSAL where a user has a password: here, and with no other
// provider.
func (s *Service) userRealm(call *Call) (*response, error) {
	_, domain, found := strings.Cut(call.PathValue("upn"), "@")
	if !found || domain == "" {
		domain = "afterhours.internal"
	}
	return jsonResponse(http.StatusOK, map[string]any{
		"ver":                 "1.0",
		"account_type":        "Managed",
		"domain_name":         domain,
		"cloud_instance_name": "microsoftonline.com",
		"cloud_audience_urn":  "urn:federation:MicrosoftOnline",
	}), nil
}
