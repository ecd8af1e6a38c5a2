package handlers_test

import (
	"testing"

	"afterhours/handlers"
)

// bare sends a value as plain text.
func (c testClient) bare(method, path, text string, header ...string) testResponse {
	c.t.Helper()
	return c.send(method, path, text, append(header, "Content-Type", "text/plain")...)
}

// TestWriteProperty checks the writes of one property: PUT and PATCH set it, DELETE makes it null, and
// nothing else of the statistic changes (OData 11.4.9).
func TestWriteProperty(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		tag := c.createSeed()
		duration := seedItem + "/duration"
		for _, write := range []func() testResponse{
			func() testResponse { return c.send("PUT", duration, `{"value":"PT2H"}`, "If-Match", tag) },
			func() testResponse {
				return c.send("PATCH", duration, `{"@odata.context":"x","value":"PT3H"}`, "If-Match", tag)
			},
			func() testResponse { return c.bare("PUT", duration+"/$value", "PT4H", "If-Match", tag) },
			func() testResponse { return c.send("DELETE", duration, "", "If-Match", tag) },
			func() testResponse { return c.send("PUT", duration, `{"value":"PT1H"}`, "If-Match", tag) },
			func() testResponse { return c.send("DELETE", duration+"/$value", "", "If-Match", tag) },
		} {
			got := write().want(t, 204)
			if got.text != "" || got.header.Get("ETag") == tag || got.header.Get("Preference-Applied") != "" {
				t.Errorf("%v %s", got.header, got.text)
			}
			c.send("PUT", duration, `{"value":"PT9H"}`, "If-Match", tag).wantRefused(t, 412, "resourceModified", "If-Match", "changed since")
			tag = got.header.Get("ETag")
			if now := c.send("GET", seedItem, ""); now.header.Get("ETag") != tag {
				t.Errorf("the entity tag is %s, and that of the write %s", now.header.Get("ETag"), tag)
			}
		}
		c.send("GET", seedItem, "").want(t, 200, `"duration":null`, `"afterHours":"PT30M"`, `"startDate":"2019-06-16"`, `"timeZoneUsed":"Pacific Standard Time"`)
		if again := c.send("DELETE", duration, ""); again.status != 204 || again.header.Get("ETag") != tag {
			t.Errorf("a second DELETE: %d %v", again.status, again.header)
		}
		c.send("PUT", duration, `{"value":"PT5H"}`, "If-None-Match", "*").wantRefused(t, 412, "resourceModified", "If-None-Match", "exists")
		c.bare("PUT", seedItem+"/timeZoneUsed/$value", "日本標準時").want(t, 204)
		c.send("GET", seedItem+"/timeZoneUsed/$value", "").want(t, 200, "日本標準時")
		c.bare("PUT", seedItem+"/timeZoneUsed/$value", "").want(t, 204)
		c.send("GET", seedItem, "").want(t, 200, `"timeZoneUsed":""`)
		c.send("PUT", seedItem+"/activity", `{"value":"Chat"}`).want(t, 204)
		c.send("PUT", seedItem+"/id", `{"value":"`+seedID+`"}`).want(t, 204)
	})
}

// TestWritePropertyRefusals checks what a write of a property is told that cannot be done.
func TestWritePropertyRefusals(t *testing.T) {
	c := newTestClient(t)
	before := c.send("GET", seedItem, "").text
	for _, test := range []struct {
		method, path, body string
		status             int
		code, target, part string
	}{
		{"PUT", seedItem + "/duration", `{"value":"1h"}`, 400, "BadRequest", "duration", "it must be a duration"},
		{"PUT", seedItem + "/duration", `{"value":7}`, 400, "BadRequest", "value", "must be"},
		{"PUT", seedItem + "/duration", `"PT1H"`, 400, "BadRequest", "", "must be a JSON object"},
		{"PUT", seedItem + "/duration", `{}`, 400, "BadRequest", "value", "is missing"},
		{"PUT", seedItem + "/startDate", `{"value":"2019-02-29"}`, 400, "BadRequest", "startDate", "from 01 to 28"},
		{"PUT", seedItem + "/activity", `{"value":null}`, 400, "BadRequest", "activity", "is null"},
		{"PUT", seedItem + "/id", `{"value":"other"}`, 400, "BadRequest", "id", "cannot be changed"},
		{"DELETE", seedItem + "/id", ``, 400, "BadRequest", "id", "is null"},
		{"DELETE", seedItem + "/activity/$value", ``, 400, "BadRequest", "activity", "is null"},
		{"PUT", seedItem + "/readEmail", `{"value":"PT1H"}`, 404, "ResourceNotFound", "property", "does not exist on type"},
		{"DELETE", seedItem + "/readEmail", ``, 404, "ResourceNotFound", "property", "does not exist on type"},
		{"PUT", seedItem + "/colour", `{"value":"red"}`, 400, "BadRequest", "property", "it must be one of"},
		{"PUT", collection + "/none/duration", `{"value":"PT1H"}`, 404, "ResourceNotFound", "", "There is no statistic 'none'."},
		{"PUT", seedItem + "/duration/$value", `"PT1H"`, 415, "UnsupportedMediaType", "Content-Type", "it must be text/plain"},
	} {
		c.send(test.method, test.path, test.body).wantRefused(t, test.status, test.code, test.target, test.part)
	}
	c.send("PUT", collection+"/none/duration", `{"value":"PT1H"}`, "If-None-Match", "*").want(t, 404)
	c.bare("PUT", seedItem+"/timeZoneUsed/$value", "\xff").wantRefused(t, 400, "BadRequest", "timeZoneUsed", "not UTF-8")
	c.bare("PUT", seedItem+"/duration/$value", "").wantRefused(t, 400, "BadRequest", "duration", "it must be a duration")
	if after := c.send("GET", seedItem, "").text; after != before {
		t.Errorf("a refused write changed %s to %s", before, after)
	}
}

// TestWritePropertyInGroup checks that a group has the writes of properties and a PUT all, or none.
func TestWritePropertyInGroup(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		group := func(last string) []batchResponse {
			return c.batch(c.token,
				batched("1", "g", "PUT", seedID, `{"duration":"PT7H"}`),
				batched("2", "g", "PUT", seedID+"/afterHours", `{"value":"PT6H"}`),
				batched("3", "g", "PUT", seedID+"/timeZoneUsed/$value", `"UTC"`, `"headers":{"Content-Type":"text/plain"}`),
				batched("4", "g", "DELETE", last, ""))
		}
		group(seedID + "/activity")
		c.send("GET", seedItem, "").want(t, 200, `"duration":"PT1H"`, `"afterHours":"PT30M"`)
		if got := group(seedID + "/startDate"); got[3].Status != 204 {
			t.Errorf("%+v", got)
		}
		c.send("GET", seedItem, "").want(t, 200, `"duration":"PT7H"`, `"afterHours":"PT6H"`, `"timeZoneUsed":"UTC"`, `"startDate":null`)
	})
}

// TestWritePropertyWhenReadingIsForbidden checks that settings that forbid reading do not forbid writing,
// and that the response to a write then shows nothing.
func TestWritePropertyWhenReadingIsForbidden(t *testing.T) {
	c := newTestClient(t)
	c.send("PATCH", "/beta/me/analytics/settings", `{"hasOptedOut":true}`).want(t, 200)
	c.send("GET", seedItem+"/duration", "").want(t, 403)
	c.send("PUT", seedItem+"/duration", `{"value":"PT8H"}`).want(t, 204)
	if got := c.send("PUT", seedItem, `{"duration":"PT9H"}`).want(t, 204); got.text != "" {
		t.Errorf("PUT shows %s", got.text)
	}
	c.send("PATCH", "/beta/me/analytics/settings", `{"hasOptedOut":false}`).want(t, 200)
	c.send("GET", seedItem, "").want(t, 200, `"duration":"PT9H"`, `"afterHours":null`)
}

// TestWritesOfStrictServer checks that a strict server holds PUT and the writes of properties to its rules.
func TestWritesOfStrictServer(t *testing.T) {
	c := newTestClient(t)
	c.testServer = c.anotherServer(func(config *handlers.Config) { config.Strict = true })
	c.send("PUT", seedItem+"/endDate", `{"value":"2019-06-15"}`).wantRefused(t, 400, "BadRequest", "endDate", "must not be before")
	c.send("PUT", seedItem, `{"activity":"Chat"}`).wantRefused(t, 400, "BadRequest", "activity", "it must be 'Call'")
	c.bare("PUT", seedItem+"/timeZoneUsed/$value", "Nowhere").wantRefused(t, 400, "BadRequest", "timeZoneUsed", "the name of a time zone")
	c.send("PUT", seedItem+"/endDate", `{"value":"2019-06-18"}`).want(t, 204)
}
