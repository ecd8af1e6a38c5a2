package handlers_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"afterhours/handlers/signin"
	"afterhours/store"
	"afterhours/store/memory"
)

// signInRoutes are all routes of sign-in.
var signInRoutes = []struct{ method, path string }{
	{"POST", "/common/oauth2/v2.0/token"},
	{"POST", "/" + tenant + "/oauth2/v2.0/token"},
	{"POST", "/common/oauth2/v2.0/devicecode"},
	{"GET", "/common/oauth2/v2.0/authorize"},
	{"POST", "/common/oauth2/v2.0/authorize"},
	{"GET", "/common/oauth2/v2.0/deviceauth"},
	{"POST", "/common/oauth2/v2.0/deviceauth"},
	{"GET", "/common/oauth2/v2.0/logout"},
	{"GET", "/common/v2.0/.well-known/openid-configuration"},
	{"HEAD", "/common/v2.0/.well-known/openid-configuration"},
	{"GET", "/common/discovery/v2.0/keys"},
	{"GET", "/common/discovery/instance"},
	{"GET", "/common/userrealm/megan@example.com"},
	{"GET", "/common/UserRealm/megan@example.com"},
}

func TestNoSignInWithoutControl(t *testing.T) {
	ts := newTestServer(t, memory.New())
	for _, route := range signInRoutes {
		got := ts.do(call{method: route.method, path: route.path, as: "/nowhere", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
		if route.method == "HEAD" {
			got.want(t, 404)
			continue
		}
		got.wantRefused(t, 404, "ResourceNotFound", "", "Resource not found for the path")
	}
	c := newSignIn(t, nil)
	for _, route := range signInRoutes {
		if got := c.send(route.method, route.path, ""); got.status == 404 || got.status == 405 {
			t.Errorf("with sign-in, %s %s is %d", route.method, route.path, got.status)
		}
	}
}

func TestSignInOfApplications(t *testing.T) {
	c := newSignIn(t, nil)
	got := c.token(otherTenant, byCredentials())
	claims := got.claimsOf(t, "access_token")
	for name, want := range map[string]string{"tid": otherTenant, "oid": clientID, "azp": clientID, "idtyp": "app"} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %s", name, claims[name], want)
		}
	}
	answer := got.object(t)
	if answer["token_type"] != "Bearer" || answer["expires_in"] != 3599.0 || answer["refresh_token"] != nil || answer["id_token"] != nil || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer is %s %v", got.text, got.header)
	}
	c.do(call{method: "GET", path: "/beta/users/" + lee + "/analytics/activityStatistics", token: got.accessToken(t)}).want(t, 200)
	if word := c.token("common", byCredentials("client_id", "my-client")).claimsOf(t, "access_token"); word["azp"] != "my-client" || word["tid"] != tenant || len(word["oid"].(string)) != 36 {
		t.Errorf("a client that is no GUID gets %v", word)
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(clientID+":any"))
	c.token("organizations", byCredentials("client_id", "-", "client_secret", "-"), "Authorization", basic).want(t, 200)
	c.token(tenant, byCredentials("scope", graphScope+".default openid offline_access profile")).want(t, 200) // as MSAL for Go writes it
	c.token(tenant, byCredentials("client_secret", "-", "client_assertion", "a.b.c", "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")).want(t, 200)
}

func TestRefusedSignIn(t *testing.T) {
	c := newSignIn(t, nil)
	for _, test := range []struct {
		name, tenant string
		form         url.Values
		status       int
		error        string
		number       int
		part         string
	}{
		{"no grant", tenant, byCredentials("grant_type", "-"), 400, "invalid_request", 900144, "'grant_type'"},
		{"another grant", tenant, byCredentials("grant_type", "implicit"), 400, "unsupported_grant_type", 70003, "implicit"},
		{"no client", tenant, byCredentials("client_id", "-"), 400, "invalid_request", 900144, "'client_id'"},
		{"no word as client", tenant, byCredentials("client_id", "a b"), 400, "unauthorized_client", 700016, "a b"},
		{"no secret", tenant, byCredentials("client_secret", "-"), 401, "invalid_client", 7000218, "client_secret"},
		{"no scope", tenant, byCredentials("scope", "-"), 400, "invalid_request", 900144, "'scope'"},
		{"a permission", tenant, byCredentials("scope", graphScope+"Analytics.Read"), 400, "invalid_scope", 1002012, "/.default"},
		{"scopes of OpenID Connect alone", tenant, byCredentials("scope", "openid profile"), 400, "invalid_scope", 1002012, "/.default"},
		{"two scopes", tenant, byCredentials("scope", "a/.default b/.default"), 400, "invalid_scope", 1002012, "/.default"},
		{"no tenant", "contoso.onmicrosoft.com", byCredentials(), 400, "invalid_request", 90002, "'contoso.onmicrosoft.com' not found"},
		{"personal", "consumers", byCredentials(), 400, "invalid_request", 500200, "Personal"},
		{"personal by id", "9188040d-6c67-4c5b-b112-36a304b66dad", byCredentials(), 400, "invalid_request", 500200, "Personal"},
		{"claims", tenant, byCredentials("claims", "{"), 400, "invalid_request", 9002313, "'claims'"},
		{"nbf", tenant, byCredentials("claims", `{"access_token":{"nbf":{"value":"soon"}}}`), 400, "invalid_request", 9002313, "nbf"},
		{"unknown user", tenant, byPassword("username", "nobody@example.com"), 400, "invalid_grant", 50034, "nobody@example.com"},
		{"user of another tenant", tenant, byPassword("username", "lee@other.example"), 400, "invalid_grant", 50034, "lee@other.example"},
		{"no user", tenant, byPassword("username", "-"), 400, "invalid_request", 900144, "'username'"},
		{"no password", tenant, byPassword("password", "-"), 400, "invalid_request", 900144, "'password'"},
		{"no scope of a user", tenant, byPassword("scope", "-"), 400, "invalid_request", 900144, "'scope'"},
		{"steer", tenant, byPassword("scope", "Afterhours.Control"), 400, "invalid_grant", 65001, "Afterhours.Control"},
		{"steer in another case", tenant, byPassword("scope", graphScope+"AFTERHOURS.control openid"), 400, "invalid_grant", 65001, "control"},
		{"refresh", tenant, parameters("grant_type", "refresh_token", "client_id", clientID, "refresh_token", "AAAA"), 400, "invalid_grant", 70000, "refresh token"},
		{"code", tenant, parameters("grant_type", "authorization_code", "client_id", clientID, "code", "AAAA"), 400, "invalid_grant", 70000, "code"},
		{"device code", tenant, parameters("grant_type", "urn:ietf:params:oauth:grant-type:device_code", "client_id", clientID, "device_code", "AAAA"), 400, "bad_verification_code", 70018, "device_code"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c.token(test.tenant, test.form).wantRefusal(t, test.status, test.error, test.number, test.part)
		})
	}
	at := "/" + tenant + "/oauth2/v2.0/token"
	c.send("POST", at, byCredentials().Encode(), "Content-Type", "application/json").wantRefusal(t, 400, "invalid_request", 9002313, "x-www-form-urlencoded")
	c.send("POST", at, byCredentials().Encode()+"&client_id=x").wantRefusal(t, 400, "invalid_request", 9002313, "'client_id' is given more than once")
	c.send("POST", at, "a=%zz").wantRefusal(t, 400, "invalid_request", 9002313, "cannot be read")
	c.send("POST", at, strings.Repeat("a", 33<<10)).wantRefusal(t, 400, "invalid_request", 9002313, "larger than 32768")
	c.token(tenant, byCredentials(), "Origin", "https://evil.example").wantRefusal(t, 400, "invalid_request", 9002326, "Cross-origin")
	c.token(tenant, byCredentials(), "Origin", "null").wantRefusal(t, 400, "invalid_request", 9002326, "Cross-origin")
	if got := c.token(tenant, byCredentials(), "Origin", "http://localhost:3000"); got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("a page of this machine gets %d %v", got.status, got.header)
	}
	sent := c.token(tenant, byCredentials("scope", "-"), "client-request-id", "2f5d1c7e-8a2b-4c6f-9d3e-1b0a5c4d6e7f")
	inForm := c.token(tenant, byCredentials("scope", "-", "client-request-id", "2f5d1c7e-8a2b-4c6f-9d3e-1b0a5c4d6e7f"))
	for _, got := range []testResponse{sent, inForm} {
		if got.object(t)["correlation_id"] != "2f5d1c7e-8a2b-4c6f-9d3e-1b0a5c4d6e7f" {
			t.Errorf("the correlation id is not the client's: %s", got.text)
		}
	}
}

func TestSignInOfUsers(t *testing.T) {
	c := newSignIn(t, nil)
	for _, test := range []struct {
		scope, scp, answered string
	}{
		{graphScope + "Analytics.Read", "Analytics.Read", graphScope + "Analytics.Read"},
		{"Analytics.Read User.Read openid offline_access", "Analytics.Read User.Read openid", "Analytics.Read User.Read openid"},
		{graphScope + ".default", "Analytics.ReadWrite", graphScope + ".default " + graphScope + "Analytics.ReadWrite"},
		{"openid profile", "openid profile", "openid profile"},
	} {
		got := c.token(tenant, byPassword("scope", test.scope))
		if claims := got.claimsOf(t, "access_token"); claims["scp"] != test.scp || claims["oid"] != megan || claims["upn"] != meganUPN || claims["azp"] != clientID || claims["idtyp"] != nil {
			t.Errorf("%s: the token has %v", test.scope, claims)
		}
		if answer := got.object(t); answer["scope"] != test.answered || answer["client_info"] == "" || (answer["refresh_token"] != nil) != strings.Contains(test.scope, "offline") {
			t.Errorf("%s: the answer is %s", test.scope, got.text)
		}
	}
	for name, id := range map[string]string{"LEE@example.com": lee, strings.ToUpper(lee): lee, daemon: daemon} {
		if claims := c.token("common", byPassword("username", name)).claimsOf(t, "access_token"); claims["oid"] != id {
			t.Errorf("%s is %v", name, claims)
		}
	}
	token := c.token(tenant, byPassword()).accessToken(t)
	c.do(call{method: "GET", path: collection, token: token}).want(t, 200)
	c.do(call{method: "POST", path: collection, token: token, body: `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`}).wantRefused(t, 403, "Authorization_RequestDenied", "", "Analytics.ReadWrite")
}

// TestUserNamesOnEveryStore: whatever is given as a name, a store finds the user or does not.
func TestUserNamesOnEveryStore(t *testing.T) {
	for name, open := range map[string]func(testing.TB) store.Store{"memory": func(testing.TB) store.Store { return memory.New() }, "sqlite": openSQLite, "postgres": openPostgres, "cassandra": openCassandra} {
		t.Run(name, func(t *testing.T) {
			c := newSignInOver(t, open(t), nil)
			if claims := c.token(tenant, byPassword("username", "Lee@example.com")).claimsOf(t, "access_token"); claims["oid"] != lee {
				t.Errorf("lee is %v", claims)
			}
			for _, text := range []string{"lee@example.com\x00", "\x00", "\xff", "lee@example.com\n", strings.Repeat("é", 300), "'; drop table users", "%", " ", "lee@example.com "} {
				c.token(tenant, byPassword("username", text)).wantRefusal(t, 400, "invalid_grant", 50034, "does not exist")
			}
		})
	}
}

// TestIDTokenOpensNothing: an ID token is for the client alone.
func TestIDTokenOpensNothing(t *testing.T) {
	c := newSignIn(t, nil)
	for _, client := range []string{clientID, "api://afterhours"} {
		got := c.token(tenant, byPassword("scope", "openid profile Analytics.Read", "client_id", client))
		claims := got.claimsOf(t, "id_token")
		for name, want := range map[string]any{"iss": c.url + "/" + tenant + "/v2.0", "aud": client, "oid": megan, "tid": tenant, "preferred_username": meganUPN, "ver": "2.0"} {
			if claims[name] != want {
				t.Errorf("%s is %v, want %v", name, claims[name], want)
			}
		}
		for _, path := range []string{collection, "/control/clock"} {
			c.do(call{method: "GET", path: path, token: got.object(t)["id_token"].(string)}).wantRefused(t, 401, "InvalidAuthenticationToken", "Authorization", "")
		}
	}
}

func mustJSON(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}

// TestSignInNeverOpensControl: whatever is asked for, no token of sign-in steers the server.
func TestSignInNeverOpensControl(t *testing.T) {
	c := newSignIn(t, nil)
	for _, form := range []url.Values{byCredentials(), byCredentials("scope", "Afterhours.Control/.default"), byPassword("scope", graphScope+".default"), byPassword("scope", "openid Analytics.ReadWrite.All")} {
		token := c.token(tenant, form).accessToken(t)
		for _, route := range controlRoutes {
			c.do(call{method: route.method, path: "/control" + route.path, body: route.body, token: token}).wantRefused(t, 403, "Authorization_RequestDenied", "", "Insufficient privileges")
		}
	}
	if _, err := signin.ParseClients([]byte(`[{"id":"a","secret":"b","roles":["afterhours.Control"]}]`)); err == nil {
		t.Error("a client may have the role of the control API")
	}
}
