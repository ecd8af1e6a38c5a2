package handlers_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// TestCreateThenGetOfEveryType checks that GET returns every property of the type as it was created,
// null if it was left out, and no property of another type.
func TestCreateThenGetOfEveryType(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token := ts.userToken(megan, "Analytics.ReadWrite")
		for name, durations := range fuzzTypes {
			want := map[string]any{
				"@odata.type": "#microsoft.graph." + name + "ActivityStatistics", "id": name,
				"activity": strings.ToUpper(name[:1]) + name[1:], "startDate": "0001-01-01", "endDate": "9999-12-31",
				"timeZoneUsed": "日本標準時 \"\\\u2028</script>",
			}
			for _, property := range durations {
				want[property] = "-P10675199DT2H48M5.4775808S"
			}
			want["duration"] = "P10675199DT2H48M5.4775807S"
			body, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			created := ts.do(call{method: "POST", path: collection, token: token, body: string(body)})
			if created.status != http.StatusCreated {
				t.Fatalf("%s: %d %s", name, created.status, created.text)
			}
			got := ts.do(call{method: "GET", path: collection + "/" + name, token: token}).object(t)
			delete(got, "@odata.context")
			delete(got, "@odata.etag")
			if !equalJSON(t, got, want) {
				t.Errorf("%s: got %v, want %v", name, got, want)
			}
			bare := ts.do(call{method: "POST", path: collection, token: token, body: `{"@odata.type":"` + want["@odata.type"].(string) + `"}`}).object(t)
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

// TestComposedID checks the id of a statistic that is created without one: composed of its activity
// and dates, or random.
func TestComposedID(t *testing.T) {
	ts := newTestServer(t, memory.New())
	token := ts.userToken(megan, "Analytics.ReadWrite")
	create := func(rest string) testResponse {
		return ts.do(call{method: "POST", path: collection, token: token, body: `{"@odata.type":"#microsoft.graph.callActivityStatistics"` + rest + `}`})
	}
	got := create(`,"startDate":"2019-06-16","endDate":"2019-06-17"`)
	if got.object(t)["id"] != "call_2019-06-16_2019-06-17" || got.header.Get("Location") != ts.url+"/beta/users/"+megan+"/analytics/activityStatistics/call_2019-06-16_2019-06-17" {
		t.Errorf("%s at %s", got.text, got.header.Get("Location"))
	}
	if again := create(`,"startDate":"2019-06-16","endDate":"2019-06-17"`); again.status != http.StatusConflict {
		t.Errorf("the same days again: %d", again.status)
	}
	first, second := create(`,"startDate":"2019-06-16"`).object(t)["id"], create(``).object(t)["id"]
	if first == second || len(first.(string)) != 36 {
		t.Errorf("random ids %v and %v", first, second)
	}
	if got := ts.do(call{method: "POST", path: collection, token: token, header: map[string]string{"Prefer": "return=minimal"},
		body: `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"m"}`}); got.status != http.StatusNoContent || !strings.HasSuffix(got.header.Get("OData-EntityId"), "/m") {
		t.Errorf("return=minimal: %d %v", got.status, got.header)
	}
}

// TestCreateAtCast checks that a POST at a URL with a cast creates only that type, and that a key may
// follow the cast.
func TestCreateAtCast(t *testing.T) {
	const calls = collection + "/microsoft.graph.callActivityStatistics"
	onEveryClient(t, func(t *testing.T, c testClient) {
		post := func(kind string) testResponse {
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

// TestIDOfType checks that an id is refused if a URL would take it for a type or a function: no URL would have the
// statistic.
func TestIDOfType(t *testing.T) {
	c := newTestClient(t)
	for _, id := range []string{"microsoft.graph.callActivityStatistics", "Microsoft.Graph.EMAILActivityStatistics", "microsoft.graph.delta", "microsoft.graph.x"} {
		c.send("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"`+id+`"}`).
			wantRefused(t, 400, "BadRequest", "id", "it must not begin with 'microsoft.graph.'")
	}
	c.send("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"microsoft.graph"}`).want(t, 201)
}
