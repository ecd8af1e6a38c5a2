package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"afterhours/store"
	"afterhours/store/memory"
)

// TestCreateThenGetOfEveryType: what is created comes back with every property of its
// type, null where it was left out, and none of another type.
func TestCreateThenGetOfEveryType(t *testing.T) {
	properties := map[string]string{
		"call": "afterHours", "chat": "afterHours", "email": "afterHours readEmail sentEmail", "focus": "",
		"meeting": "afterHours conflicting long multitasking organized recurring",
	}
	onEveryStore(t, func(t *testing.T, w *world) {
		token := w.userToken(megan, "Analytics.ReadWrite")
		for name, own := range properties {
			want := map[string]any{
				"@odata.type": "#microsoft.graph." + name + "ActivityStatistics", "id": name,
				"activity": strings.ToUpper(name[:1]) + name[1:], "startDate": "0001-01-01", "endDate": "9999-12-31",
				"timeZoneUsed": "日本標準時 \"\\\u2028</script>", "duration": "P10675199DT2H48M5.4775807S",
			}
			for _, property := range strings.Fields(own) {
				want[property] = "-P10675199DT2H48M5.4775808S"
			}
			body, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			created := w.do(call{method: "POST", path: collection, token: token, body: string(body)})
			if created.status != http.StatusCreated {
				t.Fatalf("%s: %d %s", name, created.status, created.text)
			}
			got := w.do(call{method: "GET", path: collection + "/" + name, token: token}).object(t)
			delete(got, "@odata.context")
			delete(got, "@odata.etag")
			if !equalJSON(t, got, want) {
				t.Errorf("%s: got %v, want %v", name, got, want)
			}
			bare := w.do(call{method: "POST", path: collection, token: token, body: `{"@odata.type":"` + want["@odata.type"].(string) + `"}`}).object(t)
			for property := range want {
				value, there := bare[property]
				if !there || (value != nil) != slices.Contains([]string{"@odata.type", "id", "activity"}, property) {
					t.Errorf("%s created without properties: %s is %v", name, property, value)
				}
			}
		}
	})
}

func equalJSON(t *testing.T, a, b any) bool {
	t.Helper()
	textA, errA := json.Marshal(a)
	textB, errB := json.Marshal(b)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	return bytes.Equal(textA, textB)
}

// TestComposedID: without an id in the body, it is Graph's own or a random one.
func TestComposedID(t *testing.T) {
	w := newWorld(t, memory.New())
	token := w.userToken(megan, "Analytics.ReadWrite")
	create := func(rest string) reply {
		return w.do(call{method: "POST", path: collection, token: token, body: `{"@odata.type":"#microsoft.graph.callActivityStatistics"` + rest + `}`})
	}
	got := create(`,"startDate":"2019-06-16","endDate":"2019-06-17"`)
	if got.object(t)["id"] != "call_2019-06-16_2019-06-17" || got.header.Get("Location") != w.url+"/beta/users/"+megan+"/analytics/activityStatistics/call_2019-06-16_2019-06-17" {
		t.Errorf("%s at %s", got.text, got.header.Get("Location"))
	}
	if again := create(`,"startDate":"2019-06-16","endDate":"2019-06-17"`); again.status != http.StatusConflict {
		t.Errorf("the same days again: %d", again.status)
	}
	first, second := create(`,"startDate":"2019-06-16"`).object(t)["id"], create(``).object(t)["id"]
	if first == second || len(first.(string)) != 36 {
		t.Errorf("random ids %v and %v", first, second)
	}
	if got := w.do(call{method: "POST", path: collection, token: token, header: map[string]string{"Prefer": "return=minimal"},
		body: `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"m"}`}); got.status != http.StatusNoContent || !strings.HasSuffix(got.header.Get("OData-EntityId"), "/m") {
		t.Errorf("return=minimal: %d %v", got.status, got.header)
	}
}

// TestPages walks a collection page by page, by each way to ask for a size.
func TestPages(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		token := w.userToken(megan, "Analytics.ReadWrite")
		var want []string
		for i := range 151 {
			id := fmt.Sprintf("s%03d", i)
			want = append(want, id)
			if got := w.do(call{method: "POST", path: collection, token: token, body: `{"@odata.type":"#microsoft.graph.chatActivityStatistics","id":"` + id + `"}`}); got.status != http.StatusCreated {
				t.Fatal(got.text)
			}
		}
		for _, walk := range []struct {
			query, prefer string
			pages         int
		}{
			{"", "", 3}, {"?$top=50", "", 4}, {"?$top=151", "", 1}, {"?$top=1000&$count=true", "", 1},
			{"?$count=true", "odata.maxpagesize=40", 4}, {"?$top=100", "maxpagesize=75", 3}, {"?$top=60", "odata.maxpagesize=5000", 3},
		} {
			t.Run(walk.query+" "+walk.prefer, func(t *testing.T) {
				var ids []string
				pages, path, header := 0, collection+walk.query, map[string]string{"Prefer": walk.prefer}
				for path != "" {
					got := w.do(call{method: "GET", path: path, token: token, header: header})
					var page struct {
						Count *int   `json:"@odata.count"`
						Next  string `json:"@odata.nextLink"`
						Value []struct{ ID string }
					}
					if err := json.Unmarshal([]byte(got.text), &page); err != nil || got.status != http.StatusOK {
						t.Fatalf("%d %s", got.status, got.text)
					}
					if strings.Contains(walk.query, "$count=true") != (page.Count != nil && *page.Count == 151) {
						t.Errorf("@odata.count is %v", page.Count)
					}
					for _, one := range page.Value {
						ids = append(ids, one.ID)
					}
					pages++
					path, header = strings.TrimPrefix(page.Next, w.url), nil // a follower sends none of the first headers
				}
				if !slices.Equal(ids, want) || pages != walk.pages {
					t.Errorf("%d ids on %d pages, want %d on %d", len(ids), pages, len(want), walk.pages)
				}
			})
		}
		if got := w.do(call{method: "GET", path: collection + "/$count", token: token}); got.text != "151" || got.header.Get("Content-Type") != "text/plain" {
			t.Errorf("$count: %q %v", got.text, got.header)
		}
		if got := w.do(call{method: "GET", path: collection, token: w.userToken(lee, "Analytics.Read")}); !strings.HasSuffix(got.text, `"value":[]}`) {
			t.Errorf("somebody else's: %s", got.text)
		}
	})
}

// TestEntityTags: conditional reads and writes, and no tag that comes back.
func TestEntityTags(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		token := w.userToken(megan, "Analytics.ReadWrite")
		tag := w.createSeed()
		send := func(method, body, name, value string) reply {
			return w.do(call{method: method, path: seedItem, token: token, body: body, header: map[string]string{name: value}})
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
					t.Errorf("PATCH of what is deleted: %d", got.status)
				}
				if tag = w.createSeed(); seen[tag] {
					t.Errorf("tag %s was used before the delete", tag)
				}
				seen[tag] = true
			}
		}
	})
}

func TestSettings(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		const path = "/beta/me/analytics/settings"
		read := func() map[string]any {
			return w.do(call{method: "GET", path: path, token: w.userToken(megan, "Analytics.Read")}).object(t)
		}
		if got := read(); got["hasGraphMailbox"] != true || got["hasLicense"] != true || got["hasOptedOut"] != false {
			t.Errorf("by default %v", got)
		}
		_, err := w.store.UpdateSettings(t.Context(), store.Owner{Tenant: tenant, User: megan},
			store.SettingsChange{HasGraphMailbox: store.Of(false), HasLicense: store.Of(false), HasOptedOut: store.Of(true)})
		if err != nil {
			t.Fatal(err)
		}
		if got := read(); got["hasGraphMailbox"] != false || got["hasLicense"] != false || got["hasOptedOut"] != true ||
			got["@odata.context"] != w.url+"/beta/$metadata#users('"+megan+"')/analytics/settings" {
			t.Errorf("after a change %v", got)
		}
	})
}

// TestBodyEncodings: the forms in which official SDKs send bodies.
func TestBodyEncodings(t *testing.T) {
	w := newWorld(t, memory.New())
	w.createSeed()
	token := w.userToken(megan, "Analytics.ReadWrite")
	got := w.do(call{method: "PATCH", path: seedItem, token: token, body: gzipped(t, seedBody), header: map[string]string{"Content-Encoding": "gzip"}})
	if got.status != http.StatusOK || got.object(t)["duration"] != "-PT1M55.0810357S" {
		t.Errorf("gzip: %d %s", got.status, got.text)
	}
	for _, charset := range []string{"utf-8", `"UTF-8"`, "utf8"} {
		got = w.do(call{method: "PATCH", path: seedItem, token: token, body: `{"duration":"PT1S"}`, header: map[string]string{"Content-Type": "application/json;odata.metadata=minimal; charset=" + charset}})
		if got.status != http.StatusOK {
			t.Errorf("media type with parameters: %d %s", got.status, got.text)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), "PATCH", w.url+seedItem, io.MultiReader(strings.NewReader(`{"duration":`), strings.NewReader(`"PT7S"}`)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := w.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("chunked: %s", response.Status)
	}
	got = w.do(call{method: "GET", path: seedItem, token: token, header: map[string]string{"Content-Encoding": "gzip"}})
	if got.status != http.StatusOK {
		t.Errorf("GET labelled gzip: %d", got.status)
	}
}

// TestResponseHeaders: what every answer carries, errors included.
func TestResponseHeaders(t *testing.T) {
	w := newWorld(t, memory.New())
	token := w.userToken(megan, "Analytics.Read")
	for _, path := range []string{collection, collection + "/none", "/nowhere"} {
		for given, echoed := range map[string]string{
			"2f5d1c7e-8a2b-4c6f-9d3e-1b0a5c4d6e7f": "2f5d1c7e-8a2b-4c6f-9d3e-1b0a5c4d6e7f",
			"not one\tof ours":                     "", strings.Repeat("a", 65): "",
		} {
			got := w.do(call{method: "GET", path: path, token: token, header: map[string]string{"client-request-id": given}})
			if got.header.Get("client-request-id") != echoed || len(got.header.Get("request-id")) != 36 || got.header.Get("OData-Version") != "4.0" ||
				!strings.HasPrefix(got.header.Get("Content-Type"), "application/json") || !json.Valid([]byte(got.header.Get("x-ms-ags-diagnostic"))) {
				t.Errorf("%s with %q: %v", path, given, got.header)
			}
		}
	}
	for _, path := range []string{"/livez", "/readyz"} {
		if got := w.do(call{method: "GET", path: path}); got.status != http.StatusOK || got.text != "ok" {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	contract, err := os.ReadFile("../openapi.yaml")
	if got := w.do(call{method: "GET", path: "/openapi.yaml"}); err != nil || got.text != string(contract) || strings.Contains(got.text, "x-go-") {
		t.Errorf("/openapi.yaml: %v: %.80s", err, got.text)
	}
	discovery := w.do(call{method: "GET", path: "/.well-known/openid-configuration"}).object(t)
	keys := w.do(call{method: "GET", path: strings.TrimPrefix(discovery["jwks_uri"].(string), w.url)}).object(t)
	if len(keys["keys"].([]any)) != 1 {
		t.Errorf("keys: %v", keys)
	}
}

// TestClosedStoreIsUnavailable: a store that cannot serve makes the server say so.
func TestClosedStoreIsUnavailable(t *testing.T) {
	over := memory.New()
	w := newWorld(t, over)
	if err := over.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/readyz", collection} {
		got := w.do(call{method: "GET", path: path, token: w.userToken(megan, "Analytics.Read")})
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || got.failure(t).Code != "serviceNotAvailable" {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
}
