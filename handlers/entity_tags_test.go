package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestEmptyMembersOfEntityTagList checks that empty members of a list are ignored (RFC 9110,
// 5.6.1.2).
func TestEmptyMembersOfEntityTagList(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		etag := c.createSeed()
		for _, list := range []string{etag + ",", ",," + etag, `W/"x", ,` + etag + " , "} {
			c.send("PATCH", seedItem, `{}`, "If-Match", list).want(t, 200)
		}
		for _, list := range []string{",", `W/"x",*`, "x"} {
			c.send("PATCH", seedItem, `{}`, "If-Match", list).want(t, 400, "malformedEntityTag")
		}
	})
}

// TestSettingsHaveNoEntityTag checks that only * matches settings in If-Match, because they have no
// entity tag.
func TestSettingsHaveNoEntityTag(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		for path, body := range map[string]string{"/beta/me/analytics/settings": `{"hasLicense":true}`, "/beta/me/analytics": `{"settings":{"hasLicense":true}}`} {
			c.send("PATCH", path, body, "If-Match", `"x"`).want(t, 412, `"target":"If-Match"`)
			c.send("PATCH", path, body, "If-None-Match", "*").want(t, 412, `"target":"If-None-Match"`)
			c.send("PATCH", path, body, "If-Match", "*").want(t, 200)
			c.send("PATCH", path, body, "If-None-Match", `W/"x"`).want(t, 200)
		}
	})
}

// TestEntityTags checks conditional reads and writes, and that no entity tag is used twice, even
// after a delete.
func TestEntityTags(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token := ts.userToken(megan, "Analytics.ReadWrite")
		tag := ts.createSeed()
		send := func(method, body, name, value string) testResponse {
			return ts.do(call{method: method, path: seedItem, token: token, body: body, header: map[string]string{name: value}})
		}
		for _, list := range []string{tag, strings.TrimPrefix(tag, "W/"), `"x", ` + tag, `"x",` + tag + `,"y"`, "*"} {
			if got := send("GET", "", "If-None-Match", list); got.status != http.StatusNotModified || got.text != "" || got.header.Get("ETag") != tag {
				t.Errorf("If-None-Match %s: %d %s", list, got.status, got.text)
			}
			if got := send("PATCH", `{}`, "If-Match", list); got.status != http.StatusOK {
				t.Errorf("If-Match %s: %d %s", list, got.status, got.text)
			}
		}
		if got := send("GET", "", "If-None-Match", `"x"`); got.status != http.StatusOK {
			t.Errorf("another tag: %d", got.status)
		}
		seen := map[string]bool{tag: true}
		for i := range 50 {
			got := send("PATCH", fmt.Sprintf(`{"duration":"PT%dS"}`, i%2), "If-Match", tag)
			if tag = got.header.Get("ETag"); got.status != http.StatusOK || seen[tag] {
				t.Fatalf("PATCH %d: %d, tag %s", i, got.status, tag)
			}
			seen[tag] = true
			if i%10 == 9 {
				if got := send("DELETE", "", "If-Match", tag); got.status != http.StatusNoContent {
					t.Fatalf("DELETE: %d %s", got.status, got.text)
				}
				if got := send("PATCH", `{}`, "If-Match", tag); got.status != http.StatusNotFound {
					t.Errorf("PATCH after DELETE: %d", got.status)
				}
				if tag = ts.createSeed(); seen[tag] {
					t.Errorf("tag %s was used before the delete", tag)
				}
				seen[tag] = true
			}
		}
	})
}
