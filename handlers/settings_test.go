package handlers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"afterhours/store"
)

func TestSettings(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		const path = "/beta/me/analytics/settings"
		read := func() map[string]any {
			return ts.do(call{method: "GET", path: path, token: ts.userToken(megan, "Analytics.Read")}).object(t)
		}
		if got := read(); got["hasGraphMailbox"] != true || got["hasLicense"] != true || got["hasOptedOut"] != false {
			t.Errorf("by default %v", got)
		}
		_, err := ts.store.UpdateSettings(t.Context(), store.Owner{Tenant: tenant, User: megan},
			store.SettingsChange{HasGraphMailbox: store.Of(false), HasLicense: store.Of(false), HasOptedOut: store.Of(true)})
		if err != nil {
			t.Fatal(err)
		}
		if got := read(); got["hasGraphMailbox"] != false || got["hasLicense"] != false || got["hasOptedOut"] != true ||
			got["@odata.context"] != ts.url+"/beta/$metadata#users('"+megan+"')/analytics/settings" {
			t.Errorf("after a change %v", got)
		}
	})
}

// TestSettingsForbidReading checks that settings can forbid reading statistics, and never writing
// them.
func TestSettingsForbidReading(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		reads := []string{collection, seedItem, collection + "/$count", seedItem + "/duration", seedItem + "/duration/$value", "/beta/me/analytics?$expand=activityStatistics"}
		for setting, requirement := range map[string]string{
			`{"hasLicense":false}`:      "UserRequireAdvancedMyALicense",
			`{"hasGraphMailbox":false}`: "UserRequireGraphMailbox",
			`{"hasOptedOut":true}`:      "UserRequireNotOptedOut",
		} {
			c.send("PATCH", "/beta/me/analytics/settings", setting).want(t, 200)
			for _, path := range reads {
				failed := c.send("GET", path, "").want(t, 403).failure(t)
				var inner struct {
					Code, Message, Target string
					Details               []struct{ Code, Message string }
				}
				if err := json.Unmarshal([]byte(failed.Message), &inner); err != nil || failed.Code != "UnknownError" || inner.Code != "Forbidden" ||
					inner.Details[0].Code != "PolicyNotSatisfied" || !strings.HasSuffix(inner.Details[0].Message, requirement+".") {
					t.Errorf("%s: %+v", path, failed)
				}
			}
			for _, body := range []string{`{"duration":"PT1H"}`, `{}`} { // the response to a write must not show the statistic
				for _, path := range []string{seedItem, seedItem + "?$select=duration"} {
					if got := c.send("PATCH", path, body, "Prefer", "return=representation").want(t, 204); got.text != "" || got.header.Get("Preference-Applied") != "" {
						t.Errorf("PATCH %s %s = %q with %v", path, body, got.text, got.header)
					}
				}
			}
			c.send("GET", "/beta/me/analytics/settings", "").want(t, 200)
			c.send("GET", "/beta/me/analytics", "").want(t, 200)
			c.send("PATCH", "/beta/me/analytics", `{"@odata.type":"#microsoft.graph.userAnalytics","settings":{"@odata.type":"#microsoft.graph.settings","hasLicense":true,"hasGraphMailbox":true,"hasOptedOut":false}}`).want(t, 200, `"hasLicense":true`)
			for _, path := range reads {
				c.send("GET", path, "").want(t, 200)
			}
		}
		c.send("PATCH", "/beta/me/analytics", `{"id":"other","settings":{"hasOptedOut":true}}`).want(t, 400, `"target":"id"`)
		c.send("PATCH", "/beta/me/analytics/settings", `{"hasLicense":null}`).want(t, 400, "is null; it must be true or false")
		c.send("PATCH", "/beta/me/analytics/settings", `{"hasOptedOut":true}`, "Prefer", "return=minimal").want(t, 204)
		reader := c.userToken(megan, "Analytics.Read")
		c.do(call{method: "PATCH", path: "/beta/me/analytics/settings", token: reader, body: `{"hasOptedOut":false}`}).want(t, 403, "Analytics.ReadWrite")
	})
}

// TestDeepUpdateOfAnalytics checks that a PATCH of the analytics updates the settings in it, and is 501
// with what to do instead for statistics in it (OData 11.4.3.1).
func TestDeepUpdateOfAnalytics(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		const analytics = "/beta/me/analytics"
		c.send("PATCH", analytics, `{"@odata.type":"#microsoft.graph.userAnalytics","settings":{"@odata.type":"#microsoft.graph.settings","hasLicense":false}}`).want(t, 200, `"hasLicense":false`)
		for _, member := range []string{"activityStatistics", "activityStatistics@delta", "activityStatistics@odata.delta", "activityStatistics@odata.bind"} {
			for _, version := range []string{"4.0", "4.01"} {
				target := strings.Replace(member, "@odata.", "@", 1)
				c.send("PATCH", analytics, `{"settings":{"hasLicense":true},"`+member+`":[{"duration":"PT1H"}]}`, "OData-Version", version).
					wantRefused(t, 501, "notImplemented", target, "or several in an atomicity group of a batch")
			}
		}
		c.send("PATCH", analytics, `{"settings":{"hasLicense":true},"activityStatistics@odata.context":"x"}`).want(t, 200, `"hasLicense":true`)
	})
}
