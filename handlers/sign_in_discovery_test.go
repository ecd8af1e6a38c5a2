package handlers_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"afterhours/handlers/signin"
)

// TestSignInDiscovery: a library finds every endpoint of a tenant, below the address that it knows.
func TestSignInDiscovery(t *testing.T) {
	c := newSignIn(t, nil)
	for _, name := range []string{tenant, "common", "organizations", strings.ToUpper(otherTenant)} {
		got := c.send("GET", "/"+name+"/v2.0/.well-known/openid-configuration", "")
		found := got.want(t, 200).object(t)
		base, id := c.url+"/"+strings.ToLower(name), strings.ToLower(name)
		if len(name) != 36 {
			id = tenant
		}
		for property, want := range map[string]string{
			"issuer": c.url + "/" + id + "/v2.0", "token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
			"device_authorization_endpoint": base + "/oauth2/v2.0/devicecode", "jwks_uri": base + "/discovery/v2.0/keys",
		} {
			if found[property] != want {
				t.Errorf("%s: %s is %v, want %s", name, property, found[property], want)
			}
		}
		if head := c.send("HEAD", "/"+name+"/v2.0/.well-known/openid-configuration", ""); head.status != 200 || head.text != "" {
			t.Errorf("HEAD is %d %s", head.status, head.text)
		}
		if keys := c.send("GET", strings.TrimPrefix(found["jwks_uri"].(string), c.url), ""); keys.text != string(c.issuer.JWKS()) {
			t.Errorf("the keys are %s", keys.text)
		}
	}
	for _, name := range []string{"consumers", "contoso.onmicrosoft.com", "beta"} {
		if got := c.send("GET", "/"+name+"/v2.0/.well-known/openid-configuration", ""); got.status != 400 {
			t.Errorf("%s has %d %s", name, got.status, got.text)
		}
	}
	realm := c.send("GET", "/common/UserRealm/megan@example.com?api-version=1.0", "").want(t, 200).object(t)
	if realm["account_type"] != "Managed" || realm["domain_name"] != "example.com" || realm["cloud_instance_name"] == "" || realm["cloud_audience_urn"] == "" {
		t.Errorf("the realm is %v", realm)
	}
}

func TestInstanceDiscovery(t *testing.T) {
	c := newSignIn(t, nil)
	ask := func(endpoint string) testResponse {
		return c.send("GET", "/common/discovery/instance?"+parameters("api-version", "1.1", "authorization_endpoint", endpoint).Encode(), "")
	}
	host := strings.TrimPrefix(c.url, "http://")
	found := ask(c.url+"/"+tenant+"/oauth2/v2.0/authorize").want(t, 200).object(t)
	if metadata := mustJSON(found["metadata"]); found["tenant_discovery_endpoint"] != c.url+"/"+tenant+"/v2.0/.well-known/openid-configuration" ||
		found["api-version"] != "1.1" || metadata != `[{"aliases":["`+host+`"],"preferred_cache":"`+host+`","preferred_network":"`+host+`"}]` {
		t.Errorf("the instance is %v", found)
	}
	ask("https://login.microsoftonline.com/common/oauth2/v2.0/authorize").wantRefusal(t, 400, "invalid_instance", 50049, c.url)
	ask("::").wantRefusal(t, 400, "invalid_instance", 50049, c.url)
	ask("").wantRefusal(t, 400, "invalid_request", 900144, "'authorization_endpoint'")
	c.send("GET", "/common/discovery/instance", "").wantRefusal(t, 400, "invalid_request", 900144, "'authorization_endpoint'")
}

func TestRegisteredClients(t *testing.T) {
	clients, err := signin.ParseClients([]byte(`[{"id":"daemon","secret":"s3cret","roles":["Analytics.Read.All"]}, {"id":"app"}, {"id":"web","secret":"w","redirectUris":["https://app.example/cb"]}]`))
	if err != nil {
		t.Fatal(err)
	}
	c := newSignIn(t, clients)
	token := c.token(tenant, byCredentials("client_id", "daemon", "client_secret", "s3cret")).accessToken(t)
	statistic := "/beta/users/" + lee + "/analytics/activityStatistics"
	c.do(call{method: "GET", path: statistic, token: token}).want(t, 200)
	c.do(call{method: "POST", path: statistic, token: token, body: "{}"}).wantRefused(t, 403, "Authorization_RequestDenied", "", "Analytics.ReadWrite.All")
	if roles := c.token(tenant, byCredentials("client_id", "web", "client_secret", "w")).claimsOf(t, "access_token")["roles"]; mustJSON(roles) != `["Analytics.ReadWrite.All"]` {
		t.Errorf("without roles, a client has %v", roles)
	}
	c.token(tenant, byPassword("client_id", "app")).want(t, 200)
	c.token(tenant, byPassword("client_id", "web", "client_secret", "w")).want(t, 200)
	for _, test := range []struct {
		form   url.Values
		status int
		error  string
		number int
	}{
		{byCredentials("client_id", "other"), 400, "unauthorized_client", 700016},
		{byPassword("client_id", "other"), 400, "unauthorized_client", 700016},
		{byCredentials("client_id", "daemon", "client_secret", "S3cret"), 401, "invalid_client", 7000215},
		{byCredentials("client_id", "daemon", "client_secret", "-"), 401, "invalid_client", 7000218},
		{byCredentials("client_id", "daemon", "client_secret", "-", "client_assertion", "a.b.c"), 401, "invalid_client", 7000215},
		{byCredentials("client_id", "app", "client_secret", "any"), 401, "invalid_client", 7000218},
		{byPassword("client_id", "web"), 401, "invalid_client", 7000218},
		{byPassword("client_id", "web", "client_secret", "x"), 401, "invalid_client", 7000215},
	} {
		c.token(tenant, test.form).wantRefusal(t, test.status, test.error, test.number, "")
	}
	c.token(tenant, byPassword("client_id", "app"), "Origin", "https://app.example").want(t, 200)
	c.token(tenant, byPassword("client_id", "app"), "Origin", "https://app.example:444").wantRefusal(t, 400, "invalid_request", 9002326, "")
}

// TestCapabilityAndClaims: a client that can answer a claims challenge says so, and gets a token that is
// new enough.
func TestCapabilityAndClaims(t *testing.T) {
	c := newSignIn(t, nil)
	c.steer("PUT", "/clock", `{"now":"2031-02-03T04:05:06Z"}`).want(t, 200)
	now := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC).Unix()
	for _, test := range []struct {
		claims, capabilities string
		nbf                  int64
	}{
		{"-", "null", now},
		{`{"access_token":{"xms_cc":{"values":["cp1"]}}}`, `["cp1"]`, now},
		{`{"access_token":{"xms_cc":{"values":["CP1","other"]},"nbf":{"essential":true,"value":"` + strconv.FormatInt(now+1, 10) + `"}}}`, `["cp1"]`, now + 1},
		{`{"access_token":{"nbf":{"essential":true,"value":"` + strconv.FormatInt(now-100, 10) + `"}}}`, "null", now},
		{`{"access_token":{"nbf":{"value":` + strconv.FormatInt(now+3600, 10) + `}}}`, "null", now},
		{`{"id_token":{"auth_time":{"essential":true}}}`, "null", now},
	} {
		for _, form := range []url.Values{byCredentials("claims", test.claims), byPassword("claims", test.claims)} {
			got := c.token(tenant, form)
			claims := got.claimsOf(t, "access_token")
			if mustJSON(claims["xms_cc"]) != test.capabilities || int64(claims["nbf"].(float64)) != test.nbf {
				t.Errorf("%s: %v", test.claims, claims)
			}
			if path := "/beta/users/" + megan + "/analytics/activityStatistics"; c.do(call{method: "GET", path: path, token: got.accessToken(t)}).status != 200 {
				t.Errorf("%s: the token is not valid at once", test.claims)
			}
		}
	}
}
