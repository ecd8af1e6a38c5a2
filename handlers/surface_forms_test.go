package handlers_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestASemicolonIsPartOfAText: RFC 3986 lets it stand in a query as it is.
func TestASemicolonIsPartOfAText(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		c.createSeed()
		c.send("GET", collection+"?$filter=timeZoneUsed%20eq%20'a;b'&$top=1", "").want(t, 200, `"value":[]`)
		c.send("GET", collection+"?$filter=timeZoneUsed%20ne%20'a;b'&$top=1", "").want(t, 200, seedID)
	})
}

// TestSelectOverridesMinimal, and then nobody is told that it was followed.
func TestSelectOverridesMinimal(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		c.createSeed()
		got := c.send("PATCH", seedItem+"?$select=duration", `{"duration":"PT1H"}`, "Prefer", "return=minimal").want(t, 200, "PT1H")
		if applied := got.header.Get("Preference-Applied"); applied != "" {
			t.Errorf("Preference-Applied: %s, on an answer that is not minimal", applied)
		}
	})
}

// TestNoContextWithoutMetadata: @odata.context is absent with odata.metadata=none (OData
// JSON 4.5.1).
func TestNoContextWithoutMetadata(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		c.createSeed()
		for _, path := range []string{"/beta/", "/beta/me/analytics", "/beta/me/analytics/settings", "/beta/me/analytics?$expand=ActivityStatistics", collection, seedItem} {
			if got := c.send("GET", path, "", "Accept", "application/json;odata.metadata=none").want(t, 200); strings.Contains(got.text, "@odata.context") {
				t.Errorf("%s: %s", path, got.text)
			}
		}
	})
}

// TestACastIsOfWhatIsCreated: what a POST makes behind a cast is of that type, and a key
// may stand behind the cast.
func TestACastIsOfWhatIsCreated(t *testing.T) {
	const calls = collection + "/microsoft.graph.callActivityStatistics"
	onEveryClient(t, func(t *testing.T, c client) {
		post := func(kind string) reply {
			body := `{"@odata.type":"#microsoft.graph.` + kind + `ActivityStatistics","id":"a"}`
			return c.do(call{method: "POST", path: calls, as: collection, token: c.token, body: body})
		}
		post("email").want(t, 400, `"target":"@odata.type"`)
		post("call").want(t, 201)
		for _, path := range []string{calls + "/a", calls + "('a')", collection + "('a')/microsoft.graph.callActivityStatistics"} {
			c.do(call{method: "GET", path: path, as: collection + "/a", token: c.token}).want(t, 200, `"id":"a"`)
		}
	})
}

// TestALinkIsFollowedInABatch, however long its filter is.
func TestALinkIsFollowedInABatch(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		c.createSeed()
		filter := "timeZoneUsed ne '" + strings.Repeat("\u65e5", 2000) + "'"
		c.send("POST", "/beta/$batch", `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/activityStatistics?$filter=`+url.QueryEscape(filter)+`"}]}`).
			want(t, 200, `"status":200`, seedID)
	})
}

// TestEmptyMembersOfAList count for nothing (RFC 9110, 5.6.1.2).
func TestEmptyMembersOfAList(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		etag := c.createSeed()
		for _, list := range []string{etag + ",", ",," + etag, `W/"x", ,` + etag + " , "} {
			c.send("PATCH", seedItem, `{}`, "If-Match", list).want(t, 200)
		}
		for _, list := range []string{",", `W/"x",*`, "x"} {
			c.send("PATCH", seedItem, `{}`, "If-Match", list).want(t, 400, "malformedEntityTag")
		}
	})
}

// TestSettingsHaveNoEntityTag, so that none is the one that If-Match asks for.
func TestSettingsHaveNoEntityTag(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		for path, body := range map[string]string{"/beta/me/analytics/settings": `{"hasLicense":true}`, "/beta/me/analytics": `{"settings":{"hasLicense":true}}`} {
			c.send("PATCH", path, body, "If-Match", `"x"`).want(t, 412, `"target":"If-Match"`)
			c.send("PATCH", path, body, "If-None-Match", "*").want(t, 412, `"target":"If-None-Match"`)
			c.send("PATCH", path, body, "If-Match", "*").want(t, 200)
			c.send("PATCH", path, body, "If-None-Match", `W/"x"`).want(t, 200)
		}
	})
}

// TestWhatIsOutOfRangeIsSaidPlainly.
func TestWhatIsOutOfRangeIsSaidPlainly(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		c.send("GET", collection+"?$skip=99999999", "").want(t, 400, "at most 1000000.")
		c.send("GET", collection+"?$top=-1", "").want(t, 400, "at least 0.")
		c.send("POST", "/beta/$batch", `{"requests":{}}`).want(t, 400, "must be a JSON array, not an object")
	})
}
