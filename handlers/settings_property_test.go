package handlers_test

import "testing"

// TestSettingsProperty reads each setting as an object and as a bare value, also if the settings forbid
// reading statistics.
func TestSettingsProperty(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		const settings = "/beta/me/analytics/settings"
		c.send("PATCH", settings, `{"hasLicense":false,"hasOptedOut":true}`).want(t, 200)
		reader := c.userToken(megan, "Analytics.Read")
		for name, want := range map[string]string{"hasGraphMailbox": "true", "hasLicense": "false", "HASOPTEDOUT": "true"} {
			as := settings + "/hasLicense"
			got := c.do(call{method: "GET", path: settings + "/" + name, as: as, token: reader}).want(t, 200, `"value":`+want)
			if name != "HASOPTEDOUT" {
				got.want(t, 200, c.url+"/beta/$metadata#users('"+megan+"')/analytics/settings/"+name)
			}
			if got := c.do(call{method: "GET", path: settings + "/" + name + "/$value", as: as + "/$value", token: reader}).want(t, 200); got.text != want ||
				got.header.Get("Content-Type") != "text/plain;charset=utf-8" {
				t.Errorf("%s/$value: %s %v", name, got.text, got.header)
			}
		}
		app := c.appToken("Analytics.Read.All")
		of := "/beta/users/" + megan + "/analytics/settings/hasLicense"
		c.do(call{method: "GET", path: of, token: app}).want(t, 200, `"value":false`)
		c.do(call{method: "GET", path: of + "?$format=application/json;odata.metadata=none", token: app}).want(t, 200, `{"value":false}`)
		c.do(call{method: "GET", path: of, token: c.userToken(lee, "Analytics.Read")}).want(t, 403)
		c.send("GET", settings+"/colour", "").want(t, 400, "it must be one of hasGraphMailbox, hasLicense, hasOptedOut")
		c.send("GET", settings+"/hasLicense?$select=x", "").want(t, 400, "There is no query option '$select' here")
		c.send("DELETE", settings+"/hasLicense/$value", "").want(t, 405)
	})
}
