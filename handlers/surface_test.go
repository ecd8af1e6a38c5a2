package handlers_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
)

// fill stores a week of all five types for megan, as serve --demo does.
func (c client) fill() {
	c.t.Helper()
	for day := range 7 {
		for _, name := range []string{"call", "chat", "email", "focus", "meeting"} {
			start := edm.Date(737225 + day) // 2019-06-16
			body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.%sActivityStatistics","startDate":"%s","endDate":"%s","duration":"PT%dH","timeZoneUsed":"Zone %d"}`,
				name, start, start.AddDays(1), day, day%2)
			c.send("POST", collection, body).want(c.t, 201)
		}
	}
}

// onEveryClient is onEveryStore for tests that speak as megan.
func onEveryClient(t *testing.T, test func(t *testing.T, c client)) {
	onEveryStore(t, func(t *testing.T, w *world) {
		test(t, client{w, w.userToken(megan, "Analytics.ReadWrite")})
	})
}

// TestFilters: a filter of each kind, and how many of the week it keeps.
func TestFilters(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		c.fill()
		for filter, want := range map[string]int{
			"activity eq 'Call'": 7,
			"activity eq microsoft.graph.analyticsActivityType'Call'":   7,
			"activity ne 'Call' and not (activity eq 'Chat')":           21,
			"activity in ('Call','Focus')":                              14,
			"startDate ge 2019-06-20":                                   15,
			"startDate gt 2019-06-16 and startDate lt 2019-06-18":       5,
			"duration gt duration'PT4H' or duration eq 'PT0S'":          15,
			"afterHours eq null":                                        35,
			"microsoft.graph.callActivityStatistics/afterHours ne null": 0,
			"isof('microsoft.graph.emailActivityStatistics')":           7,
			"startswith(id,'call_2019-06-1')":                           4,
			"contains(timeZoneUsed,'1') and endswith(id,'2019-06-18')":  5,
			"tolower(timeZoneUsed) eq 'zone 0'":                         20,
			"length(id) lt 25":                                          0,
			"year(startDate) eq 2019 and day(startDate) le 17":          10,
			"duration add duration'PT1H' gt duration'PT6H'":             5,
			"startDate add duration'P1D' eq endDate":                    35,
			"totalseconds(duration) ge 18000":                           10,
			"concat(trim(' x '),timeZoneUsed) eq 'xZone 1'":             15,
			"not (duration gt null)":                                    35,
			"id eq 'it''s'":                                             0,
		} {
			query := "$filter=" + strings.NewReplacer(" ", "%20", "'", "%27").Replace(filter)
			if got := c.send("GET", collection+"/$count?"+query, ""); got.text != fmt.Sprint(want) {
				t.Errorf("%s: $count is %s, want %d", filter, got.text, want)
			}
			page := c.send("GET", collection+"?$top=1000&$count=true&"+query, "").object(t)
			if len(page["value"].([]any)) != want || page["@odata.count"] != float64(want) {
				t.Errorf("%s: %d of %v, want %d", filter, len(page["value"].([]any)), page["@odata.count"], want)
			}
		}
	})
}

// TestOptionsThatAreRefused: each with its name and what was expected.
func TestOptionsThatAreRefused(t *testing.T) {
	c := newClient(t)
	for query, part := range map[string]string{
		"$filter=activity eq":                  "$filter, column 12",
		"$filter=duration gt 'x'":              "$filter, column 13",
		"$filter=colour eq 'red'":              "Could not find a property named 'colour'",
		"$filter=activity eq 'Calls'":          "expected one of 'Email', 'Meeting', 'Focus', 'Chat', 'Call'",
		"$filter=" + strings.Repeat("(", 40):   "$filter, column",
		"$orderby=colour":                      "$orderby, column 1",
		"$orderby=duration down":               "$orderby, column 10",
		"$select=colour":                       "$select, column 1",
		"$top=1&top=2":                         "given 2 times",
		"$apply=aggregate":                     "There is no query option '$apply'",
		"$skip=-1":                             "'$skip'",
		"$skiptoken=WzFd":                      "no skip token",
		"$filter=" + strings.Repeat("a", 5000): "longer than 4096",
	} {
		got := c.send("GET", collection+"?"+strings.ReplaceAll(query, " ", "%20"), "")
		if got.status != http.StatusBadRequest || !strings.Contains(strings.ReplaceAll(got.text, `\"`, `"`), part) {
			t.Errorf("%.60s: %d %s, want %s", query, got.status, got.text, part)
		}
	}
}

// TestOrder: by any property, and by several, with $skip and casts.
func TestOrder(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		c.fill()
		for query, want := range map[string]string{
			"$orderby=startDate desc,activity&$top=2": "email_2019-06-22_2019-06-23 meeting_2019-06-22_2019-06-23",
			"$orderby=duration,id desc&$top=2":        "meeting_2019-06-16_2019-06-17 focus_2019-06-16_2019-06-17",
			"orderby=STARTDATE&skip=34":               "meeting_2019-06-22_2019-06-23",
			"$filter=startDate eq 2019-06-18&$skip=3": "focus_2019-06-18_2019-06-19 meeting_2019-06-18_2019-06-19",
		} {
			got := c.send("GET", collection+"?$select=id&"+strings.ReplaceAll(query, " ", "%20"), "").object(t)
			var ids []string
			for _, one := range got["value"].([]any) {
				ids = append(ids, one.(map[string]any)["id"].(string))
			}
			if strings.Join(ids, " ") != want {
				t.Errorf("%s: %v, want %s", query, ids, want)
			}
		}
		cast := collection + "/microsoft.graph.chatActivityStatistics"
		got := c.do(call{method: "GET", path: cast + "?$top=5", as: collection, token: c.token}).object(t)
		if len(got["value"].([]any)) != 5 || !strings.Contains(got["@odata.nextLink"].(string), "/microsoft.graph.chatActivityStatistics?") ||
			!strings.HasSuffix(got["@odata.context"].(string), "/activityStatistics/microsoft.graph.chatActivityStatistics") {
			t.Errorf("cast: %v", got)
		}
		c.do(call{method: "GET", path: cast + "/$count", as: collection + "/$count", token: c.token}).want(t, 200, "7")
	})
}

// TestSelect: on lists, items and writes; the id and annotations always come.
func TestSelect(t *testing.T) {
	c := newClient(t)
	got := c.send("GET", seedItem+"?$select=duration,microsoft.graph.callActivityStatistics/afterHours", "")
	object := got.object(t)
	if len(object) != 6 || object["afterHours"] != "PT30M" || object["id"] != seedID ||
		!strings.HasSuffix(object["@odata.context"].(string), "/microsoft.graph.callActivityStatistics(duration,microsoft.graph.callActivityStatistics/afterHours)/$entity") {
		t.Errorf("%s", got.text)
	}
	patched := c.send("PATCH", seedItem+"?$select=activity", `{"duration":"PT9S"}`, "Prefer", "return=minimal")
	if object := patched.want(t, 200).object(t); object["duration"] != nil || object["activity"] != "Call" {
		t.Errorf("%s", patched.text)
	}
	c.send("GET", seedItem+"?$select=*", "").want(t, 200, `"duration":"PT9S"`, `"endDate"`)
	c.send("GET", seedItem+"?$select=readEmail", "").want(t, 200, seedID)
}

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
	if preflight.status != 200 || preflight.header.Get("Access-Control-Allow-Origin") != "*" || preflight.header.Get("Access-Control-Allow-Methods") != "DELETE, GET, PATCH" ||
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

// TestWalkWhileWriting: 10,000 statistics that exist throughout are each seen once
// on a walk through all pages, while another client creates, changes and deletes
// others between them.
func TestWalkWhileWriting(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c client) {
		owner := store.Owner{Tenant: tenant, User: megan}
		const steady = 10000
		inParallel(t, 50, func(ctx context.Context, i int) error {
			for n := i; n < steady; n += 50 {
				record := store.Record{Type: store.Call, Activity: "Call", StartDate: store.Of(edm.Date(730000 + n*7919%3000))}
				if _, _, err := c.store.Put(ctx, store.Key{Owner: owner, ID: fmt.Sprintf("steady-%05d", n)}, record, store.NoRevision); err != nil {
					return err
				}
			}
			return nil
		})
		for _, order := range []string{"", "&$orderby=startDate%20desc"} {
			ctx, stop := context.WithCancel(t.Context())
			var writer sync.WaitGroup
			writer.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					path := fmt.Sprintf("%s/steady-%05d-x", collection, n*37%steady)
					_, _ = c.try(ctx, call{method: "PATCH", path: path, token: c.token, header: map[string]string{"Prefer": "create-if-missing"},
						body: fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","startDate":"20%02d-01-01"}`, n%100)})
					if n%3 == 0 {
						_, _ = c.try(ctx, call{method: "DELETE", path: path, token: c.token})
					}
				}
			})
			seen := map[string]int{}
			for path := collection + "?$top=500&$select=id" + order; path != ""; {
				page := c.send("GET", path, "").want(t, 200).object(t)
				for _, one := range page["value"].([]any) {
					seen[one.(map[string]any)["id"].(string)]++
				}
				next, _ := page["@odata.nextLink"].(string)
				path = strings.TrimPrefix(next, c.url)
			}
			stop()
			writer.Wait()
			for n := range steady {
				if id := fmt.Sprintf("steady-%05d", n); seen[id] != 1 {
					t.Fatalf("%s was seen %d times", id, seen[id])
				}
			}
		}
	})
}
