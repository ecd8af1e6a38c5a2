package auth_test

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/auth"
)

// The issuers of the table of providers, as their tokens name them.
const (
	entraV2  = "https://login.microsoftonline.com/{tenantid}/v2.0"
	entraV1  = "https://sts.windows.net/" + tenantA + "/"
	keycloak = "https://id.example.com/realms/work"
	auth0    = "https://my-domain.auth0.com/"
	okta     = "https://dev-1.okta.com/oauth2/default"
	google   = "https://accounts.google.com"
	cognito  = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
)

// The flags --claim that docs/auth.md names for a provider.
var (
	keycloakFlags = []string{"tenant==" + tenantA, "user=sub", "roles=realm_access.roles", "application=idtyp=app"}
	auth0Flags    = []string{"tenant==" + tenantA, "user=sub", "roles=scope", "application=gty=client-credentials"}
	oktaFlags     = []string{"tenant==" + tenantA, "user=uid", "roles=scp", "application=idtyp=app"}
	cognitoFlags  = []string{"tenant==" + tenantA, "user=sub"}
)

// provided is a token of a provider and what it is taken for.
type provided struct {
	name   string
	issuer string   // as it is trusted
	flags  []string // --claim
	claims object   // but iss, aud and the times, unless they differ
	want   auth.Principal
	err    string // a part of the refusal, "" if the token is good
}

func user(id string, scopes ...string) auth.Principal {
	return auth.Principal{Tenant: tenantA, User: id, Scopes: scopes}
}

func application(id string, roles ...string) auth.Principal {
	return auth.Principal{Tenant: tenantA, User: id, App: true, Roles: roles}
}

func entraTokens() []provided {
	v2 := object{"iss": "https://login.microsoftonline.com/" + tenantA + "/v2.0", "ver": "2.0", "tid": tenantA, "oid": alice, "sub": "pairwise", "azp": robot, "azpacr": "0"}
	v1 := object{"ver": "1.0", "tid": tenantA, "oid": alice, "sub": "pairwise", "appid": robot, "appidacr": "1", "acr": "1", "amr": []string{"pwd"}, "idp": entraV1}
	app := object{"oid": robot, "sub": robot, "roles": []string{"Analytics.Read.All"}}
	const noMark = "its idtyp must be app; add the optional claim idtyp"
	return []provided{
		{"Entra v2, delegated", entraV2, nil, v2.with(object{"scp": "Analytics.Read", "preferred_username": "a@example.com"}), user(alice, "Analytics.Read"), ""},
		{"Entra v2, delegated, with roles and idtyp", entraV2, nil, v2.with(object{"scp": "Analytics.Read", "roles": []string{"Analytics.Read.All"}, "idtyp": "user"}), user(alice, "Analytics.Read"), ""},
		{"Entra v2, application", entraV2, nil, v2.with(app).with(object{"idtyp": "app"}), application(robot, "Analytics.Read.All"), ""},
		{"Entra v2, application without idtyp", entraV2, nil, v2.with(app), auth.Principal{}, noMark},
		{"Entra v2, application with scopes", entraV2, nil, v2.with(app).with(object{"idtyp": "app", "scp": "Analytics.Read"}), auth.Principal{}, "which only users have"},
		{"Entra v2, application without roles", entraV2, nil, v2.with(app).with(object{"idtyp": "app", "roles": nil}), auth.Principal{}, "no application permissions (roles)"},
		{"Entra v2, ID token with roles", entraV2, nil, v2.with(object{"roles": []string{"Analytics.Read.All"}}), auth.Principal{}, noMark},
		{"Entra v2, device", entraV2, nil, v2.with(app).with(object{"idtyp": "device"}), auth.Principal{}, noMark},
		{"Entra v2, --claim has no effect", entraV2, keycloakFlags, v2.with(object{"scp": "Analytics.Read"}), user(alice, "Analytics.Read"), ""},
		{"Entra v1, delegated", entraV1, nil, v1.with(object{"scp": "Analytics.Read", "upn": "A@example.com", "unique_name": "x"}),
			auth.Principal{Tenant: tenantA, User: alice, Scopes: []string{"Analytics.Read"}, UPN: "a@example.com", TeachesName: true}, ""},
		{"Entra v1, application", entraV1, nil, v1.with(app).with(object{"idtyp": "app"}), application(robot, "Analytics.Read.All"), ""},
		{"Entra v1, application without idtyp", entraV1, nil, v1.with(app), auth.Principal{}, noMark},
	}
}

func keycloakTokens() []provided {
	bearer := object{"jti": "x", "sub": alice, "typ": "Bearer", "azp": "web", "acr": "1", "sid": "x", "scope": "openid Analytics.Read", "preferred_username": "alice",
		"realm_access": object{"roles": []string{"offline_access", "Analytics.Read.All"}}, "resource_access": object{"account": object{"roles": []string{"view-profile"}}}}
	service := bearer.with(object{"sub": robot, "sid": nil, "scope": "profile email", "preferred_username": "service-account-robot", "client_id": "robot", "clientHost": "10.0.0.1"})
	// The natural mapping to Entra's names, which has no sign of an application.
	mapped := object{"sub": alice, "oid": alice, "tid": tenantA, "typ": "Bearer", "roles": []string{"Analytics.ReadWrite.All"}}
	both := []string{"Analytics.Read.All", "offline_access"}
	return []provided{
		{"Keycloak, user with roles and no scopes", keycloak, nil, mapped, auth.Principal{}, "serve --claim application=NAME=VALUE"},
		{"Keycloak, user with roles, no scopes and Entra's idtyp", keycloak, nil, mapped.with(object{"idtyp": "app"}), auth.Principal{}, "serve --claim application=NAME=VALUE"},
		{"Keycloak, user with roles and other scopes", keycloak, nil, mapped.with(object{"scope": "openid email"}), user(alice, "openid", "email"), ""},
		{"Keycloak, user without flags", keycloak, nil, bearer, auth.Principal{}, "serve --claim tenant=NAME"},
		{"Keycloak, user", keycloak, keycloakFlags, bearer, user(alice, "openid", "Analytics.Read"), ""},
		{"Keycloak, federated user", keycloak, keycloakFlags, bearer.with(object{"sub": "x"}), user("8a783bfe-9e35-5bd0-bc26-8f52e96411f9", "openid", "Analytics.Read"), ""},
		{"Keycloak, user who took a federated user's id", keycloak, keycloakFlags, bearer.with(object{"sub": "8a783bfe-9e35-5bd0-bc26-8f52e96411f9"}), user("246ea85d-fed6-5797-b0a0-66cebc28d888", "openid", "Analytics.Read"), ""},
		{"Keycloak, user without sub (lightweight)", keycloak, keycloakFlags, bearer.with(object{"sub": nil}), auth.Principal{}, "by the claim sub, a text"},
		{"Keycloak, user with names", keycloak, keycloakFlags, bearer.with(object{"upn": "alice@example.com"}),
			auth.Principal{Tenant: tenantA, User: alice, Scopes: []string{"openid", "Analytics.Read"}, UPN: "alice@example.com"}, ""},
		{"Keycloak, service account", keycloak, keycloakFlags, service.with(object{"idtyp": "app", "realm_access": object{"roles": both}}), application(robot, both...), ""},
		{"Keycloak, service account without the mark", keycloak, keycloakFlags, service, user(robot, "profile", "email"), ""},
		{"Keycloak, service account without roles", keycloak, keycloakFlags, service.with(object{"idtyp": "app", "realm_access": nil}), auth.Principal{}, "no application permissions (realm_access.roles)"},
		{"Keycloak, roles that are no list", keycloak, keycloakFlags, service.with(object{"idtyp": "app", "realm_access": object{"roles": 1}}), auth.Principal{}, "realm_access.roles must be"},
		{"Keycloak, mark that is no text", keycloak, append([]string{"application=machine=true"}, keycloakFlags[:3]...), service.with(object{"machine": true}), user(robot, "profile", "email"), ""},
		{"Keycloak, ID token", keycloak, keycloakFlags, bearer.with(object{"typ": "ID", "scope": nil}), auth.Principal{}, "ID token"},
		{"Keycloak, DPoP", keycloak, keycloakFlags, bearer.with(object{"typ": "DPoP", "cnf": object{"jkt": "x"}}), auth.Principal{}, "bound to a key"},
		{"Keycloak, roles of a client with dots", keycloak, append([]string{"roles=resource_access.my.api.roles"}, keycloakFlags[0], keycloakFlags[1], keycloakFlags[3]),
			service.with(object{"idtyp": "app", "resource_access": object{"my.api": object{"roles": []string{"r"}}}}), application(robot, "r"), ""},
	}
}

func otherTokens() []provided {
	auth0User := object{"sub": "auth0|123456", "aud": []string{audience, auth0 + "userinfo"}, "azp": "aBcD1234", "scope": "openid Analytics.Read", "permissions": []string{"Analytics.Read"}}
	auth0App := object{"sub": "aBcD1234@clients", "azp": "aBcD1234", "scope": "Analytics.Read.All", "gty": "client-credentials", "permissions": []string{"Analytics.Read.All"}}
	named := []string{auth0Flags[0], auth0Flags[1], "roles=https://example.com/roles", auth0Flags[3]}
	oktaUser := object{"ver": 1, "jti": "AT.x", "cid": "0oa1client", "uid": "00u1bcd2EFGHijklm3d4", "scp": []string{"openid", "Analytics.Read"}, "auth_time": 1, "sub": "alice@example.com"}
	oktaApp := object{"ver": 1, "jti": "AT.x", "cid": "0oa1client", "scp": []string{"Analytics.Read.All"}, "sub": "0oa1client"}
	googleID := object{"azp": "1.apps.googleusercontent.com", "sub": "10769150350006150715113082367", "hd": "example.com", "email": "a@example.com", "email_verified": true}
	cognitoUser := object{"sub": alice, "token_use": "access", "client_id": "1example23456789", "scope": "openid Analytics.Read", "username": "alice", "version": 2, "cognito:groups": []string{"staff"}}
	return []provided{
		{"Auth0, user", auth0, auth0Flags, auth0User, user("011da5b9-e099-573e-a0b7-2c206c8fe074", "openid", "Analytics.Read"), ""},
		{"Auth0, user, RFC 9068", auth0, auth0Flags, auth0User.with(object{"azp": nil, "client_id": "aBcD1234", "jti": "x"}), user("011da5b9-e099-573e-a0b7-2c206c8fe074", "openid", "Analytics.Read"), ""},
		{"Auth0, user without --claim user", auth0, auth0Flags[:1], auth0User, auth.Principal{}, "(oid) by a GUID"},
		{"Auth0, machine", auth0, auth0Flags, auth0App, application("5aef33c9-02d2-5724-a4ad-6dc1ed87419f", "Analytics.Read.All"), ""},
		{"Auth0, machine without --claim application", auth0, auth0Flags[:3], auth0App, user("5aef33c9-02d2-5724-a4ad-6dc1ed87419f", "Analytics.Read.All"), ""},
		{"Auth0, machine, roles in a namespace", auth0, named, auth0App.with(object{"https://example.com/roles": []string{"r"}}), application("5aef33c9-02d2-5724-a4ad-6dc1ed87419f", "r"), ""},
		{"Auth0, for its userinfo alone", auth0, auth0Flags, auth0User.with(object{"aud": auth0 + "userinfo"}), auth.Principal{}, "not for this API"},
		{"Okta, user", okta, oktaFlags, oktaUser, user("4582d7e6-887c-5856-b0e3-79efb163842d", "openid", "Analytics.Read"), ""},
		{"Okta, client credentials without a mark", okta, oktaFlags, oktaApp, auth.Principal{}, "by the claim uid, a text"},
		{"Okta, client credentials", okta, oktaFlags, oktaApp.with(object{"idtyp": "app"}), application("d06cd5ee-bd24-5bb0-81d9-bf012081258e", "Analytics.Read.All"), ""},
		{"Okta, ID token", okta, oktaFlags, object{"ver": 1, "jti": "ID.x", "sub": "00u1bcd2EFGHijklm3d4", "uid": "x", "at_hash": "x"}, auth.Principal{}, "ID token"},
		{"Google, ID token", google, cognitoFlags, googleID.with(object{"at_hash": "x"}), auth.Principal{}, "ID token"},
		{"Google, ID token of a service account", google, cognitoFlags, googleID, auth.Principal{}, "no delegated permissions (scp or scope)"},
		{"Cognito, user", cognito, cognitoFlags, cognitoUser, user(alice, "openid", "Analytics.Read"), ""},
		{"Cognito, user, not bound to a resource", cognito, cognitoFlags, cognitoUser.with(object{"aud": []string{}}), auth.Principal{}, "not for this API"},
		{"Cognito, ID token", cognito, cognitoFlags, object{"sub": alice, "token_use": "id", "cognito:username": "alice", "auth_time": 1}, auth.Principal{}, "ID token"},
		{"Cognito, client credentials", cognito, cognitoFlags, cognitoUser.with(object{"sub": "1example23456789", "username": nil}), user("b1feedb2-d4a3-54fa-8ba7-303f9892339d", "openid", "Analytics.Read"), ""},
	}
}

// TestTokensOfProviders checks what the tokens of each provider and grant are taken for, with the flags that
// docs/auth.md names. The claims are those that the providers document.
func TestTokensOfProviders(t *testing.T) {
	c := newClock()
	keySet := must(json.Marshal(object{"keys": []object{publicJWK(keys().ec, "ec", nil)}}))
	for _, p := range append(append(entraTokens(), keycloakTokens()...), otherTokens()...) {
		t.Run(p.name, func(t *testing.T) {
			names, err := auth.ParseClaimNames(p.flags)
			if err != nil {
				t.Fatal(err)
			}
			issuer, err := auth.NewIssuer(auth.IssuerConfig{Name: p.issuer, Audiences: []string{audience}, Claims: names, Client: provider(p.issuer, keySet)})
			if err != nil {
				t.Fatal(err)
			}
			expires := c.now().Add(time.Hour)
			claims := object{"iss": p.issuer, "aud": audience, "iat": c.now().Unix(), "exp": expires.Unix()}.with(p.claims)
			token := ecToken(claims)
			got, err := newVerifier(t, c, issuer).Verify(t.Context(), token)
			if p.err != "" {
				wantRefused(t, err, token, p.err)
				return
			}
			p.want.Issuer, p.want.Expires, p.want.Token = claims["iss"].(string), expires, sha256.Sum256([]byte(token))
			for _, name := range []string{"appid", "client_id", "azp"} { // the last one counts
				if client, isText := claims[name].(string); isText {
					p.want.Application = client
				}
			}
			if err != nil || !reflect.DeepEqual(got, p.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, p.want)
			}
		})
	}
}

// provider is a client that returns the documents of an issuer whose name may have a path and a template.
func provider(name string, keySet []byte) *http.Client {
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		rw := httptest.NewRecorder()
		if strings.HasSuffix(r.URL.Path, auth.DiscoveryPath) {
			writeJSON(rw, object{"issuer": name, "jwks_uri": "https://keys.example/keys"})
		} else {
			_, _ = rw.Write(keySet)
		}
		return rw.Result(), nil
	})}
}

// TestParseClaimNames checks what each wrong text is told.
func TestParseClaimNames(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "must begin with tenant=",
		"tenant":                           "lacks the name of the claim",
		"user=":                            "lacks the name of the claim",
		"Tenant=tid":                       "must begin with tenant=",
		"upn=name":                         "must begin with tenant=",
		"tenant==contoso":                  "must be a GUID",
		"tenant==":                         "must be a GUID",
		"application=idtyp":                "must be application=NAME=VALUE",
		"application=idtyp=":               "must be application=NAME=VALUE",
		"application==app":                 "lacks the name of the claim",
		"user=sub user=oid":                "user was given before",
		"tenant=tid tenant==" + tenantA:    "tenant was given before",
		"tenant==" + tenantA + " tenant=x": "tenant was given before",
	} {
		texts := strings.Split(text, " ")
		if _, err := auth.ParseClaimNames(texts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want it to say %q", text, err, want)
		}
	}
}

// TestFixedTenant checks that an issuer with a fixed tenant speaks for no other, and that it must be the one in its name.
func TestFixedTenant(t *testing.T) {
	names, err := auth.ParseClaimNames([]string{"tenant==" + tenantB})
	if err != nil {
		t.Fatal(err)
	}
	one := []string{audience}
	if _, err := auth.NewIssuer(auth.IssuerConfig{Name: "https://id.example.com/" + tenantA, Audiences: one, Claims: names}); err == nil || !strings.Contains(err.Error(), "the tenant in its name only") {
		t.Errorf("another tenant than the one in the name: %v", err)
	}
	keySet := must(json.Marshal(object{"keys": []object{publicJWK(keys().ec, "ec", nil)}}))
	issuer, err := auth.NewIssuer(auth.IssuerConfig{Name: keycloak, Audiences: one, Claims: names, Client: provider(keycloak, keySet)})
	if err != nil {
		t.Fatal(err)
	}
	c := newClock()
	claims := object{"iss": keycloak, "aud": audience, "exp": c.now().Add(time.Hour).Unix(), "tid": tenantA, "oid": alice, "scp": "x"}
	if got, err := newVerifier(t, c, issuer).Verify(t.Context(), ecToken(claims)); err != nil || got.Tenant != tenantB {
		t.Errorf("got %+v, %v; want the tenant %s", got, err, tenantB)
	}
}
