package handlers_test

import (
	"reflect"
	"strings"
	"testing"
)

// TestTrackChanges checks the preference odata.track-changes of a list.
func TestTrackChanges(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		first := c.send("GET", collection+"?$top=20", "", "Prefer", "odata.track-changes").want(t, 200)
		if applied := first.header.Get("Preference-Applied"); applied != "odata.track-changes" {
			t.Errorf("Preference-Applied is %q", applied)
		}
		f := newFollower(c, c.pathOf(t, first.object(t)["@odata.nextLink"].(string)))
		if ids := f.follow(t); len(ids) != 15 {
			t.Errorf("the second page has %d statistics, want 15", len(ids))
		}
		c.send("POST", collection, deltaBody("new", "UTC")).want(t, 201)
		f.wantFollow(t, "new")
		for _, query := range []string{"?$orderby=id", "?$count=true", "?$skip=1", "?$top=0"} {
			got := c.send("GET", collection+query, "", "Prefer", "odata.track-changes").want(t, 200)
			if got.header.Get("Preference-Applied") != "" || strings.Contains(got.text, "deltaLink") {
				t.Errorf("%s: %s %s", query, got.header, got.text)
			}
		}
		// To a client of OData 4.01, $top is how many there are on all pages, and delta has the size of a page alone.
		got := c.send("GET", collection+"?$top=2", "", "Prefer", "track-changes", "OData-MaxVersion", "4.01").want(t, 200)
		if got.header.Get("Preference-Applied") != "" || strings.Contains(got.text, "Link") {
			t.Errorf("$top as a limit: %s %s", got.header, got.text)
		}
	})
}

// TestDeltaObeysSettings checks that an owner who has opted out is not tracked for others, as in a list.
func TestDeltaObeysSettings(t *testing.T) {
	c := newTestClient(t)
	f := newFollower(c, deltaURL)
	f.follow(t)
	c.send("PATCH", "/beta/me/analytics/settings", `{"hasOptedOut":true}`).want(t, 200)
	c.send("GET", f.next, "").want(t, 403)
	c.send("GET", deltaURL, "").want(t, 403)
}

// TestDeletedEntity checks how a client that asks for OData 4.0 by name is told of what is gone: by an entity with a
// context of its own, and with its URL as the id (OData JSON 4.0, 14.3).
func TestDeletedEntity(t *testing.T) {
	c := newTestClient(t)
	c.send("POST", collection, deltaBody("gone", "UTC")).want(t, 201)
	link := c.pathOf(t, c.send("GET", deltaURL+"?$deltatoken=latest", "").want(t, 200).object(t)["@odata.deltaLink"].(string))
	c.send("DELETE", collection+"/gone", "").want(t, 204)
	deleted := func(headers ...string) map[string]any {
		return c.send("GET", link, "", headers...).want(t, 200).object(t)["value"].([]any)[0].(map[string]any)
	}
	want := map[string]any{
		"@odata.context": c.url + "/beta/$metadata#users('" + megan + "')/analytics/activityStatistics/$deletedEntity",
		"id":             c.url + "/beta/users/" + megan + "/analytics/activityStatistics/gone",
		"reason":         "deleted",
	}
	if got := deleted("OData-MaxVersion", "4.0"); !reflect.DeepEqual(got, want) {
		t.Errorf("with 4.0 it is %v, want %v", got, want)
	}
	removed := map[string]any{"id": "gone", "@removed": map[string]any{"reason": "deleted"}}
	for _, headers := range [][]string{nil, {"OData-MaxVersion", "4.01"}, {"OData-MaxVersion", "5.0"}} {
		if got := deleted(headers...); !reflect.DeepEqual(got, removed) {
			t.Errorf("with %v it is %v, want %v", headers, got, removed)
		}
	}
}
