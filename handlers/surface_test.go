package handlers_test

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// TestProperties: each as an object and bare, 204 where it is null.
func TestProperties(t *testing.T) {
	c := newClient(t)
	c.send("PATCH", seedItem, `{"timeZoneUsed":null}`).want(t, 200)
	for name, want := range map[string]string{"id": seedID, "activity": "Call", "startDate": "2019-06-16", "DURATION": "PT1H", "afterHours": "PT30M"} {
		as := seedItem + "/" + name
		if got := c.do(call{method: "GET", path: as, as: seedItem + "/x", token: c.token}).want(t, 200); got.object(t)["value"] != want {
			t.Errorf("%s: %s", name, got.text)
		}
		if got := c.do(call{method: "GET", path: as + "/$VALUE", as: seedItem + "/x/$value", token: c.token}).want(t, 200); got.text != want {
			t.Errorf("%s/$value: %s", name, got.text)
		}
	}
	c.send("GET", seedItem+"/timeZoneUsed", "").want(t, 204)
	c.send("GET", seedItem+"/timeZoneUsed/$value", "").want(t, 204)
	c.send("GET", seedItem+"/readEmail", "").want(t, 404, "does not exist on type")
	c.send("GET", seedItem+"/colour", "").want(t, 400, "not one of id, activity")
}

// TestPolicy: settings decide whether statistics can be read, not whether they can
// be written.
func TestPolicy(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
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
			for _, body := range []string{`{"duration":"PT1H"}`, `{}`} { // and a write is not a way to read
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
		c.send("PATCH", "/beta/me/analytics/settings", `{"hasLicense":null}`).want(t, 400, "not nullable")
		c.send("PATCH", "/beta/me/analytics/settings", `{"hasOptedOut":true}`, "Prefer", "return=minimal").want(t, 204)
		reader := c.userToken(megan, "Analytics.Read")
		c.do(call{method: "PATCH", path: "/beta/me/analytics/settings", token: reader, body: `{"hasOptedOut":false}`}).want(t, 403, "Analytics.ReadWrite")
	})
}

// TestModel: $metadata and the service document need no token; the model is well
// formed and says of every property what the contract says.
func TestModel(t *testing.T) {
	w := newWorld(t, memory.New())
	got := w.do(call{method: "GET", path: "/beta/$metadata"}).want(t, 200)
	var model struct {
		Schema struct {
			Entities []struct {
				Name       string `xml:",attr"`
				Properties []struct {
					Name, Type, Precision string `xml:",attr"`
				} `xml:"Property"`
			} `xml:"EntityType"`
		} `xml:"DataServices>Schema"`
	}
	if err := xml.Unmarshal([]byte(got.text), &model); err != nil {
		t.Fatal(err)
	}
	durations := 0
	for _, entity := range model.Schema.Entities {
		for _, property := range entity.Properties {
			if property.Type == "Edm.Duration" {
				durations++
				if property.Precision != "7" {
					t.Errorf("%s of %s has precision %q", property.Name, entity.Name, property.Precision)
				}
			}
		}
	}
	if len(model.Schema.Entities) != 9 || durations != 12 {
		t.Errorf("%d entity types, %d durations", len(model.Schema.Entities), durations)
	}
	for _, path := range []string{"/beta", "/beta/", "/v1.0/"} {
		w.do(call{method: "GET", path: path, as: "/beta/"}).want(t, 200, `"name":"me"`, `"name":"users"`)
	}
}

// TestMetadataLevels: what Accept asks for is what the answer has and says it has.
func TestMetadataLevels(t *testing.T) {
	c := newClient(t)
	for level, parts := range map[string][]string{
		"minimal": {`"@odata.context"`}, "none": {`{"@odata.type"`},
		"full": {`"@odata.context"`, `"@odata.editLink":"` + c.url + "/beta/users/" + megan, `"duration@odata.type":"#Duration"`, `"activity@odata.type":"#microsoft.graph.analyticsActivityType"`},
	} {
		got := c.send("GET", seedItem, "", "Accept", "text/html, application/json;odata.metadata="+level).want(t, 200, parts...)
		if !strings.Contains(got.header.Get("Content-Type"), "odata.metadata="+level) {
			t.Errorf("%s: %v", level, got.header)
		}
	}
}

// TestCORS: code in a browser of any origin may call, with a token.
func TestCORS(t *testing.T) {
	c := newClient(t)
	preflight := c.do(call{method: "OPTIONS", path: seedItem, header: map[string]string{"Origin": "https://app.example",
		"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,content-type,if-match"}})
	if preflight.status != 200 || preflight.header.Get("Access-Control-Allow-Origin") != "*" || preflight.header.Get("Access-Control-Allow-Methods") != "DELETE, GET, HEAD, PATCH" ||
		preflight.header.Get("Access-Control-Allow-Headers") != "authorization,content-type,if-match" || preflight.header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("preflight: %d %v", preflight.status, preflight.header)
	}
	got := c.send("GET", seedItem, "", "Origin", "https://app.example")
	if got.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(got.header.Get("Access-Control-Expose-Headers"), "ETag") {
		t.Errorf("%v", got.header)
	}
	refused := c.do(call{method: "GET", path: seedItem, header: map[string]string{"Origin": "https://app.example"}}).want(t, 401)
	if refused.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("a refusal that code cannot read: %v", refused.header)
	}
	if plain := c.send("GET", seedItem, ""); plain.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("without an origin: %v", plain.header)
	}
}
