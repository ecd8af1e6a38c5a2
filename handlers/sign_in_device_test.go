package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"afterhours/handlers/signin"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// TestDeviceCodeOfMSAL: MSAL writes the grant without its namespace.
func TestDeviceCodeOfMSAL(t *testing.T) {
	c := newSignIn(t, nil)
	userCode, form := c.beginDevice(tenant)
	form.Set("grant_type", "device_code")
	c.token(tenant, form).wantRefusal(t, 400, "authorization_pending", 70016, "")
	c.steer("POST", "/sign-ins/"+userCode+"/approve", "").want(t, 204)
	c.token(tenant, form).want(t, 200)
}

// TestNoContentType: MSAL for Java asks for a device code without one.
func TestNoContentType(t *testing.T) {
	c := newSignIn(t, nil)
	form := parameters("client_id", clientID, "scope", "openid").Encode()
	c.send("POST", "/common/oauth2/v2.0/devicecode", form, "Content-Type", "").want(t, 200)
	c.send("POST", "/common/oauth2/v2.0/devicecode", form, "Content-Type", "text/plain").wantRefusal(t, 400, "invalid_request", 9002313, "Content-Type")
}

// beginDevice asks for a device code and returns it, its user code, and the form that redeems it.
func (c signInClient) beginDevice(of string) (userCode string, form url.Values) {
	c.t.Helper()
	got := c.send("POST", "/"+of+"/oauth2/v2.0/devicecode", parameters("client_id", clientID, "scope", graphScope+"Analytics.Read openid offline_access").Encode())
	begun := got.want(c.t, 200).object(c.t)
	userCode, code := begun["user_code"].(string), begun["device_code"].(string)
	if begun["expires_in"] != 900.0 || begun["interval"] != 1.0 || !strings.Contains(begun["message"].(string), userCode) ||
		!strings.Contains(begun["message"].(string), begun["verification_uri"].(string)) {
		c.t.Errorf("a device gets %s", got.text)
	}
	return userCode, parameters("grant_type", deviceGrant, "client_id", clientID, "device_code", code)
}

func TestDeviceCode(t *testing.T) {
	c := newSignIn(t, nil)
	userCode, form := c.beginDevice(otherTenant)
	c.token(otherTenant, form).wantRefusal(t, 400, "authorization_pending", 70016, "not been approved")
	c.token(tenant, form).wantRefusal(t, 400, "bad_verification_code", 70018, "another tenant")
	c.steer("POST", "/sign-ins/"+userCode+"/approve", `{"upn":"nobody@example.com"}`).wantRefused(t, 404, "ResourceNotFound", "upn", "no user")
	c.steer("POST", "/sign-ins/"+strings.ToLower(userCode)+"/approve", `{"upn":"LEE@other.example"}`).want(t, 204)
	c.steer("POST", "/sign-ins/"+userCode+"/approve", "{}").wantRefused(t, 404, "ResourceNotFound", "userCode", "before")
	got := c.token(otherTenant, form)
	if claims := got.claimsOf(t, "access_token"); claims["oid"] != lee || claims["tid"] != otherTenant || claims["upn"] != "lee@other.example" || claims["scp"] != "Analytics.Read openid" {
		t.Errorf("the token has %v", claims)
	}
	if answer := got.object(t); answer["id_token"] == nil || answer["refresh_token"] == nil {
		t.Errorf("the answer is %s", got.text)
	}
	c.token(otherTenant, form).wantRefusal(t, 400, "invalid_grant", 54005, "already redeemed")
}

// TestDeviceApprovers: the body says who approves.
func TestDeviceApprovers(t *testing.T) {
	c := newSignIn(t, nil)
	for body, want := range map[string]string{
		"{}": megan + " " + meganUPN, `{"user":"` + daemon + `"}`: daemon + " ", `{"user":"` + daemon + `","upn":"Daemon@example.com"}`: daemon + " daemon@example.com",
		`{"upn":"` + meganUPN + `"}`: megan + " " + meganUPN,
	} {
		userCode, form := c.beginDevice("common")
		c.steer("POST", "/sign-ins/"+userCode+"/approve", body).want(t, 204)
		claims := c.token("common", form).claimsOf(t, "access_token")
		name, _ := claims["upn"].(string)
		if got := claims["oid"].(string) + " " + name; got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	for _, body := range []string{`{"user":"x"}`, `{"upn":""}`, `{"tenant":"` + tenant + `"}`} {
		if got := c.steer("POST", "/sign-ins/BCDFGHJKL/approve", body); got.status != 400 {
			t.Errorf("%s: %d %s", body, got.status, got.text)
		}
	}
}

func TestDeniedAndExpiredDevices(t *testing.T) {
	c := newSignIn(t, nil)
	userCode, form := c.beginDevice(tenant)
	c.steer("POST", "/sign-ins/"+userCode+"/deny", "").want(t, 204)
	c.token(tenant, form).wantRefusal(t, 400, "authorization_declined", 70018, "declined")

	userCode, form = c.beginDevice(tenant)
	c.steer("POST", "/clock/advance", `{"by":"PT14M59S"}`).want(t, 200)
	c.token(tenant, form).wantRefusal(t, 400, "authorization_pending", 70016, "")
	c.steer("POST", "/clock/advance", `{"by":"PT1S"}`).want(t, 200)
	c.token(tenant, form).wantRefusal(t, 400, "expired_token", 70020, "expired")
	c.steer("POST", "/sign-ins/"+userCode+"/approve", "{}").wantRefused(t, 404, "ResourceNotFound", "userCode", "expired")
	c.steer("POST", "/sign-ins/"+userCode+"/deny", "").wantRefused(t, 404, "ResourceNotFound", "userCode", "")

	for _, test := range []struct {
		form   url.Values
		error  string
		number int
	}{
		{parameters("scope", "Analytics.Read"), "invalid_request", 900144},
		{parameters("client_id", clientID), "invalid_request", 900144},
		{parameters("client_id", clientID, "scope", "Afterhours.Control"), "invalid_grant", 65001},
	} {
		c.send("POST", "/common/oauth2/v2.0/devicecode", test.form.Encode()).wantRefusal(t, 400, test.error, test.number, "")
	}
	registered := newSignIn(t, signin.Clients{"known": {ID: "known"}})
	registered.send("POST", "/common/oauth2/v2.0/devicecode", parameters("client_id", clientID, "scope", "openid").Encode()).wantRefusal(t, 400, "unauthorized_client", 700016, "")
}

// TestDevicePage: a person enters the code and picks a user.
func TestDevicePage(t *testing.T) {
	c := newSignIn(t, nil)
	at := "/" + tenant + "/oauth2/v2.0/deviceauth"
	if page := c.send("GET", at, ""); page.status != 200 || !strings.Contains(page.text, "user_code") || !strings.Contains(page.text, "lee@example.com") {
		t.Errorf("the page is %d %s", page.status, page.text)
	}
	userCode, form := c.beginDevice(tenant)
	if got := c.send("POST", at, parameters("user_code", "WRONG", "user", meganUPN).Encode()); got.status != 400 || !strings.Contains(got.text, "No device waits") {
		t.Errorf("a wrong code is %d %s", got.status, got.text)
	}
	if got := c.send("POST", at, parameters("user_code", userCode, "username", "<nobody>").Encode()); got.status != 400 || !strings.Contains(got.text, "&lt;nobody&gt;") {
		t.Errorf("an unknown user is %d %s", got.status, got.text)
	}
	if got := c.send("POST", at, parameters("user_code", userCode, "user", meganUPN).Encode(), "Origin", "https://evil.example"); got.status != 400 {
		t.Errorf("another page approves: %d", got.status)
	}
	c.send("POST", at, parameters("user_code", userCode, "user", "lee@example.com", "username", "").Encode()).want(t, 200)
	if claims := c.token(tenant, form).claimsOf(t, "access_token"); claims["oid"] != lee {
		t.Errorf("the token has %v", claims)
	}
	userCode, form = c.beginDevice(tenant)
	c.send("POST", at, parameters("user_code", userCode, "cancel", "true").Encode()).want(t, 200)
	c.token(tenant, form).wantRefusal(t, 400, "authorization_declined", 70018, "declined")
}
