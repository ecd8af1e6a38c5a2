package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"afterhours/handlers"
	"afterhours/handlers/auth"
)

// deltaURL is the function that most tests of change tracking are about.
const deltaURL = collection + "/delta()"

// follower has a copy of statistics, which it keeps by following links alone.
type follower struct {
	c       testClient
	next    string // the path of the next link to follow
	copied  map[string]string
	reasons map[string]string // of the last round, by id
	pages   int               // of the last round
}

func newFollower(c testClient, path string) *follower {
	return &follower{c: c, next: path, copied: map[string]string{}}
}

// follow follows links to the end of a round, and returns the ids that it was told of.
func (f *follower) follow(t testing.TB) []string {
	t.Helper()
	var ids []string
	f.reasons, f.pages = map[string]string{}, 0
	for {
		f.pages++
		page := f.c.send("GET", f.next, "").want(t, 200).object(t)
		for _, one := range page["value"].([]any) {
			object := one.(map[string]any)
			id := object["id"].(string)
			ids = append(ids, id)
			if removed, gone := object["@removed"].(map[string]any); gone {
				delete(f.copied, id)
				f.reasons[id] = removed["reason"].(string)
				continue
			}
			f.copied[id] = fmt.Sprint(object["@odata.etag"])
		}
		link, isDelta := page["@odata.deltaLink"].(string)
		if !isDelta {
			link = page["@odata.nextLink"].(string)
		} else if page["@odata.nextLink"] != nil {
			t.Errorf("a page has both links: %v", page)
		}
		f.next = f.c.pathOf(t, link)
		if isDelta {
			slices.Sort(ids)
			return ids
		}
	}
}

// pathOf returns the path and query of an absolute link of this server.
func (c testClient) pathOf(t testing.TB, link string) string {
	t.Helper()
	path, found := strings.CutPrefix(link, c.url)
	if !found {
		t.Fatalf("the link %s does not begin with %s", link, c.url)
	}
	return path
}

// wantFollow checks the ids of a round, and that the copy then has what the list has.
func (f *follower) wantFollow(t testing.TB, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := f.follow(t); !slices.Equal(got, want) {
		t.Errorf("the changes are of %q, want %q", got, want)
	}
}

func deltaBody(id, zone string) string {
	return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q,"timeZoneUsed":%q}`, id, zone)
}

// TestDelta checks that who follows the links is told of every change, on every store.
func TestDelta(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		f := newFollower(c, deltaURL+"?$top=2")
		f.wantFollow(t)
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			c.send("POST", collection, deltaBody(id, "UTC")).want(t, 201)
		}
		f.wantFollow(t, "a", "b", "c", "d", "e")
		if f.pages != 3 {
			t.Errorf("%d pages of two, want 3", f.pages)
		}
		f.wantFollow(t)
		c.send("PATCH", collection+"/a", `{"timeZoneUsed":"Europe/Berlin"}`).want(t, 200)
		c.send("DELETE", collection+"/b", "").want(t, 204)
		c.send("DELETE", collection+"/c", "").want(t, 204)
		c.send("POST", collection, deltaBody("c", "UTC")).want(t, 201)
		c.send("POST", collection, deltaBody("f", "UTC")).want(t, 201)
		f.wantFollow(t, "a", "b", "c", "f")
		if len(f.reasons) != 1 || f.reasons["b"] != "deleted" || len(f.copied) != 5 {
			t.Errorf("removed %v, copied %v", f.reasons, f.copied)
		}
		page := c.send("GET", f.next, "").want(t, 200).object(t)
		if context := page["@odata.context"]; context != c.url+"/beta/$metadata#users('"+megan+"')/analytics/activityStatistics/$delta" {
			t.Errorf("the context is %v", context)
		}
		if f = newFollower(c, deltaURL); len(f.follow(t)) != 5 || f.pages != 1 {
			t.Errorf("who begins copies %v in %d pages", f.copied, f.pages)
		}
	})
}

// TestDeltaSpellings checks that all spellings of the function are the same, and that a statistic
// may have its name as id.
func TestDeltaSpellings(t *testing.T) {
	c := newTestClient(t)
	c.send("POST", collection, deltaBody("delta", "UTC")).want(t, 201, `"id":"delta"`)
	for _, spelling := range []string{"delta", "delta()", "DELTA()", "microsoft.graph.delta()", "Microsoft.Graph.Delta", "delta%28%29"} {
		for _, base := range []string{collection, "/v1.0/users/" + megan + "/analytics/activityStatistics"} {
			got := c.do(call{method: "GET", path: base + "/" + spelling, token: c.token, as: base + "/delta()"})
			if got.want(t, 200); len(got.object(t)["value"].([]any)) != 2 {
				t.Errorf("%s: %s", spelling, got.text)
			}
		}
	}
	cast := c.do(call{method: "GET", path: collection + "/microsoft.graph.chatActivityStatistics/delta()", token: c.token, as: deltaURL}).want(t, 200).object(t)
	if value := cast["value"].([]any); len(value) != 0 || !strings.Contains(cast["@odata.deltaLink"].(string), "/microsoft.graph.chatActivityStatistics/delta()?") {
		t.Errorf("with a cast: %v", cast)
	}
	full := c.send("GET", collection+"?$filter=id%20eq%20'delta'", "", "Accept", "application/json;odata.metadata=full").want(t, 200, "activityStatistics('delta')\"")
	id := full.object(t)["value"].([]any)[0].(map[string]any)["@odata.id"].(string)
	c.do(call{method: "GET", path: c.pathOf(t, id), token: c.token, as: seedItem}).want(t, 200, `"id":"delta"`)
	c.do(call{method: "PATCH", path: collection + "('delta')", token: c.token, as: seedItem, body: `{"timeZoneUsed":"Europe/Berlin"}`}).want(t, 200)
	c.do(call{method: "DELETE", path: collection + "('delta')", token: c.token, as: seedItem}).want(t, 204)
}

// TestDeltaLatest checks that latest has no statistics, and that its link has the later changes.
func TestDeltaLatest(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		f := newFollower(c, deltaURL+"?$deltatoken=latest")
		f.wantFollow(t)
		c.send("POST", collection, deltaBody("new", "UTC")).want(t, 201)
		f.wantFollow(t, "new")
	})
}

// TestDeltaOptions checks that $filter and $select hold in every round.
func TestDeltaOptions(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		for _, id := range []string{"a", "b"} {
			c.send("POST", collection, deltaBody(id, "UTC")).want(t, 201)
		}
		c.send("POST", collection, deltaBody("x", "Europe/Berlin")).want(t, 201)
		f := newFollower(c, deltaURL+"?$select=timeZoneUsed&$filter=timeZoneUsed%20eq%20'UTC'")
		f.wantFollow(t, "a", "b")
		c.send("PATCH", collection+"/a", `{"timeZoneUsed":"Europe/Berlin"}`).want(t, 200)
		c.send("PATCH", collection+"/x", `{"timeZoneUsed":"UTC"}`).want(t, 200)
		page := c.send("GET", f.next, "").want(t, 200, "activityStatistics(timeZoneUsed)/$delta")
		if strings.Contains(page.text, "activity\"") {
			t.Errorf("$select does not hold: %s", page.text)
		}
		f.wantFollow(t, "a", "x")
		if f.reasons["a"] != "changed" || len(f.copied) != 2 {
			t.Errorf("removed %v, copied %v", f.reasons, f.copied)
		}
		aliased := newFollower(c, deltaURL+"?$filter=timeZoneUsed%20eq%20@zone&@zone='UTC'")
		aliased.wantFollow(t, "b", "x")
		aliased.wantFollow(t)
		sized := c.send("GET", deltaURL, "", "Prefer", "odata.maxpagesize=1").want(t, 200, "$top=1&$skiptoken=")
		if applied := sized.header.Get("Preference-Applied"); applied != "odata.maxpagesize=1" {
			t.Errorf("Preference-Applied is %q", applied)
		}
		c.send("GET", deltaURL, "", "Accept", "application/json;odata.metadata=none").want(t, 200, `{"@odata.deltaLink"`)
	})
}

// TestDeltaRefuses checks tokens and options that cannot be served.
func TestDeltaRefuses(t *testing.T) {
	c := newTestClient(t)
	f := newFollower(c, deltaURL)
	f.follow(t)
	_, token, _ := strings.Cut(f.next, "$deltatoken=")
	c.send("GET", deltaURL+"?$deltatoken=x", "").wantRefused(t, 400, "BadRequest", "$deltatoken", "take the whole link")
	c.send("GET", deltaURL+"?$skiptoken="+token, "").wantRefused(t, 400, "BadRequest", "$skiptoken", "take the whole link")
	c.send("GET", deltaURL+"?$select=id&$deltatoken="+token, "").wantRefused(t, 400, "BadRequest", "$deltatoken", "another $filter, $select")
	c.send("GET", deltaURL+"?$skiptoken=AQ&$deltatoken="+token, "").wantRefused(t, 400, "BadRequest", "$deltatoken", "not both")
	c.send("GET", deltaURL+"?$deltatoken=_%2F", "").wantRefused(t, 400, "BadRequest", "$deltatoken", "Take the whole")
	c.send("GET", deltaURL+"?$top=0", "").wantRefused(t, 400, "BadRequest", "$top", "")
	c.send("GET", deltaURL+"?$orderby=id", "").want(t, 501, "$orderby")
	for _, method := range []string{"PUT", "POST", "DELETE", "PATCH"} {
		got := c.send(method, deltaURL, "{}", "Prefer", "create-if-missing").want(t, 405)
		if got.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: Allow: %s", method, got.header.Get("Allow"))
		}
	}
}

// TestDeltaGone checks that a token of another owner or of another store is 410, with the URL to begin again.
func TestDeltaGone(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ts.createSeed()
		c := testClient{ts, ts.userToken(megan, "Analytics.ReadWrite")}
		f := newFollower(c, deltaURL+"?$filter=duration%20ge%20duration'PT1H'")
		f.wantFollow(t, seedID)
		other := newTestClient(t)
		for name, asked := range map[string]testClient{
			"another user": {ts, ts.userToken(lee, "Analytics.ReadWrite")}, "another store": other,
			"another tenant": {ts, ts.mint(auth.Claims{Tenant: otherTenant, User: megan, Scopes: []string{"Analytics.Read"}, Expires: 3600e9})},
		} {
			path := strings.ReplaceAll(f.next, "/users/"+megan, "/me")
			gone := asked.send("GET", path, "")
			gone.wantRefused(t, http.StatusGone, "syncStateNotFound", "", "Location")
			again := asked.pathOf(t, gone.header.Get("Location"))
			if strings.Contains(again, "token") || !strings.Contains(again, "$filter=") {
				t.Errorf("%s: begin again at %s", name, again)
			}
			asked.send("GET", again, "").want(t, 200, "deltaLink")
		}
	})
}

// TestDeltaTakesTooLong checks that a comparison that takes too long is to be tried again.
func TestDeltaTakesTooLong(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ts.createSeed()
		hasty := ts.anotherServer(func(config *handlers.Config) { config.QueryTime = 1 })
		got := hasty.do(call{method: "GET", path: deltaURL, token: ts.userToken(megan, "Analytics.Read")})
		if got.want(t, 503, "takes longer than 10ns"); got.header.Get("Retry-After") == "" {
			t.Errorf("no Retry-After: %v", got.header)
		}
	})
}
