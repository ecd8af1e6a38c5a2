package handlers_test

import (
	"strings"
	"testing"
)

// TestReplace checks that PUT sets every property of a statistic: an omitted one becomes null, an omitted
// activity that of the type (OData 11.4.3). Conditions and preferences are those of PATCH.
func TestReplace(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		tag := c.createSeed()
		c.send("PATCH", seedItem, `{"activity":"Chat"}`).want(t, 200)
		c.send("PUT", seedItem, `{"duration":"PT2H"}`, "If-Match", tag).wantRefused(t, 412, "resourceModified", "If-Match", "changed since")
		got := c.send("PUT", seedItem, `{"duration":"PT2H","startDate":null}`).want(t, 200,
			`"activity":"Call"`, `"startDate":null`, `"endDate":null`, `"timeZoneUsed":null`, `"duration":"PT2H"`, `"afterHours":null`)
		if again := c.send("GET", seedItem, "").want(t, 200); again.text != got.text || again.header.Get("ETag") != got.header.Get("ETag") {
			t.Errorf("GET: %s, PUT: %s", again.text, got.text)
		}
		same := c.send("PUT", seedItem, `{"duration":"PT2H","id":"`+seedID+`",`+callType+`}`, "If-Match", got.header.Get("ETag")).want(t, 200)
		if same.header.Get("ETag") != got.header.Get("ETag") {
			t.Error("a PUT of what is stored has another entity tag")
		}
		c.send("PUT", seedItem, `{"id":"other"}`).wantRefused(t, 400, "BadRequest", "id", "cannot be changed")
		c.send("PUT", seedItem, `{"@odata.type":"#microsoft.graph.chatActivityStatistics"}`).wantRefused(t, 400, "BadRequest", "@odata.type", "cannot be changed")
		c.send("PUT", seedItem, `{"readEmail":"PT1H"}`).wantRefused(t, 400, "BadRequest", "readEmail", "does not exist on type")
		c.send("PUT", seedItem, `{"activity":null}`).wantRefused(t, 400, "BadRequest", "activity", "is null")
		c.send("PUT", seedItem, `{"duration":"PT3H"}`, "Prefer", "return=minimal").want(t, 204)
		if short := c.send("PUT", seedItem+"?$select=duration", `{"duration":"PT4H"}`).want(t, 200, `"duration":"PT4H"`); strings.Contains(short.text, "activity\"") {
			t.Errorf("with $select: %s", short.text)
		}
		cast := seedItem + "/microsoft.graph.chatActivityStatistics"
		c.do(call{method: "PUT", path: cast, as: seedItem, token: c.token, body: `{}`}).want(t, 404, "is no microsoft.graph.chatActivityStatistics")
	})
}

// TestInsertByPutAndPatch checks that PUT creates a missing statistic, and PATCH if the client asks for
// that, by preference, by If-None-Match or by the version 4.01 (OData 11.4.4).
func TestInsertByPutAndPatch(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		for _, method := range []string{"PUT", "PATCH"} {
			missing, body := collection+"/"+method, `{`+callType+`,"duration":"PT1H"}`
			c.send(method, missing, body, "If-Match", `W/"x"`).want(t, map[string]int{"PUT": 412, "PATCH": 404}[method])
			c.send(method, missing, `{"duration":"PT1H"}`, "If-None-Match", "*").wantRefused(t, 400, "BadRequest", "@odata.type", "as this request creates it")
			c.send(method, missing, body, "If-None-Match", "*", "If-Match", "*").wantRefused(t, 412, "resourceModified", "If-Match", "no statistic here")
			created := c.send(method, missing, body, "If-None-Match", "*").want(t, 201, `"duration":"PT1H"`, `"activity":"Call"`)
			if !strings.HasSuffix(created.header.Get("Location"), "/"+method) || created.header.Get("Preference-Applied") != "" {
				t.Errorf("%s: %v", method, created.header)
			}
			c.send(method, missing, body, "If-None-Match", "*").wantRefused(t, 412, "resourceModified", "If-None-Match", "exists")
			c.send(method, missing, body, "If-None-Match", `W/"x"`).want(t, 200)
			c.send(method, missing+"2", body, "Prefer", "create-if-missing").want(t, 201)
			c.send(method, missing+"4", body, "OData-MaxVersion", "4.01", "If-Match", "*").want(t, 412)
			c.send(method, missing+"4", body, "OData-MaxVersion", "4.01").want(t, 201)
			c.send(method, missing+"5", body, "OData-MaxVersion", "4.0").want(t, map[string]int{"PUT": 201, "PATCH": 404}[method])
			cast := missing + "3/microsoft.graph.callActivityStatistics"
			c.do(call{method: method, path: cast, as: missing, token: c.token, body: `{}`, header: map[string]string{"If-None-Match": "*"}}).want(t, 201, callType)
		}
	})
}
