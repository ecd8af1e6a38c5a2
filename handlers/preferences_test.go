package handlers_test

import (
	"strings"
	"testing"
)

// TestOmitValues checks omit-values=nulls on reads and writes, and that Preference-Applied names it where it counts (OData
// Protocol 8.2.8.6).
func TestOmitValues(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		const omit = "omit-values=nulls"
		c.send("PATCH", seedItem, `{"timeZoneUsed":null}`).want(t, 200, `"timeZoneUsed":null`)
		for path, applied := range map[string]string{
			seedItem: omit, seedItem + "?$select=timeZoneUsed": omit, collection: omit, "/beta/me/analytics?$expand=activityStatistics": omit,
			"/beta/me/analytics/settings": "", "/beta/me/analytics": "", collection + "/$count": "",
		} {
			if got := c.send("GET", path, "", "Prefer", omit).want(t, 200); strings.Contains(got.text, "null") || got.header.Get("Preference-Applied") != applied {
				t.Errorf("%s: %v %s", path, got.header, got.text)
			}
		}
		for _, other := range []string{"omit-values=defaults", "omit-values", "omit-values=nothing, omit-values=nulls"} {
			if got := c.send("GET", seedItem, "", "Prefer", other).want(t, 200, `"timeZoneUsed":null`); got.header.Get("Preference-Applied") != "" {
				t.Errorf("%s: %v", other, got.header)
			}
		}
		created := c.send("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics","duration":null}`, "Prefer", omit+", return=representation").want(t, 201)
		if strings.Contains(created.text, "null") || created.header.Get("Preference-Applied") != "return=representation, "+omit {
			t.Errorf("%v %s", created.header, created.text)
		}
		if got := c.send("PATCH", seedItem, `{"duration":"PT9H"}`, "Prefer", "return=minimal, "+omit).want(t, 204); got.header.Get("Preference-Applied") != "return=minimal" {
			t.Errorf("%v", got.header)
		}
	})
}

// TestOmitValuesShowsChanges checks that a property that a PATCH made null is in its response, and a property that was null
// before is not (OData Protocol 8.2.8.6).
func TestOmitValuesShowsChanges(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		c.send("PATCH", seedItem, `{"timeZoneUsed":null,"afterHours":"PT1H"}`).want(t, 200)
		for range 2 { // the second one changes nothing
			got := c.send("PATCH", seedItem, `{"afterHours":null,"timeZoneUsed":null}`, "Prefer", "omit-values=nulls").want(t, 200)
			if strings.Contains(got.text, "timeZoneUsed") || got.header.Get("Preference-Applied") != "omit-values=nulls" {
				t.Errorf("%v %s", got.header, got.text)
			}
		}
		c.send("PATCH", seedItem, `{"afterHours":"PT1H"}`).want(t, 200)
		c.send("PATCH", seedItem, `{"afterHours":null}`, "Prefer", "omit-values=nulls").want(t, 200, `"afterHours":null`)
	})
}

// TestPreferencesNotApplied checks that preferences that the server does not follow change nothing, and are not called applied
// (RFC 7240; OData Protocol 8.2.8).
func TestPreferencesNotApplied(t *testing.T) {
	c := newTestClient(t)
	for _, path := range []string{collection, seedItem} {
		want := c.send("GET", path, "")
		for _, prefer := range []string{
			"respond-async", "respond-async, wait=10", "odata.continue-on-error", "continue-on-error=false", "odata.allow-entityreferences",
			"allow-entityreferences", `odata.include-annotations="*"`, "include-annotations=display.*", `odata.callback;url="http://x"`, "handling=strict", "return=minimal",
		} {
			if got := c.send("GET", path, "", "Prefer", prefer).want(t, 200); got.text != want.text || got.header.Get("Preference-Applied") != "" {
				t.Errorf("%s: %v %s", prefer, got.header, got.text)
			}
		}
	}
}

// TestPreferenceNames checks that a preference may have the prefix odata. or not, that the response repeats the name as it was
// given, and that the first of two counts.
func TestPreferenceNames(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	for prefer, applied := range map[string]string{
		"odata.maxpagesize=2": "odata.maxpagesize=2", "maxpagesize=3": "maxpagesize=3", "MaxPageSize=4;a=b": "maxpagesize=4",
		"track-changes,maxpagesize=5": "track-changes, maxpagesize=5", "odata.track-changes,maxpagesize=5": "odata.track-changes, maxpagesize=5",
		"maxpagesize=2, odata.maxpagesize=3": "maxpagesize=2", "maxpagesize=2,omit-values=nulls": "maxpagesize=2, omit-values=nulls",
	} {
		if got := c.send("GET", collection, "", "Prefer", prefer).want(t, 200, "@odata.nextLink"); got.header.Get("Preference-Applied") != applied {
			t.Errorf("%s: %v", prefer, got.header)
		}
	}
}
