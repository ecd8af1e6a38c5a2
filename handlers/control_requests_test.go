package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	api "afterhours/control"
	"afterhours/store/memory"
)

// requests returns the requests of the journal that match a query.
func (c controlServer) requests(query string) []api.Request {
	c.t.Helper()
	got := c.steer("GET", "/requests"+query, "").want(c.t, 200)
	var found api.RequestCollection
	if err := json.Unmarshal([]byte(got.text), &found); err != nil {
		c.t.Fatal(err)
	}
	return found.Value
}

func TestJournal(t *testing.T) {
	c := newControlServer(t, memory.New())
	token := c.tokenOf(tenant, megan)
	c.steer("PUT", "/clock", `{"now":"`+time.Now().Format(time.RFC3339)+`"}`)
	sent := c.do(call{method: "GET", path: seedItem + "?$select=duration", token: token, header: map[string]string{
		"client-request-id": "my-id", "SdkVersion": "graph-go-beta/1", "User-Agent": "test", "Retry-Attempt": "2", "Other": "x"}})
	sent.want(t, 404)
	all := c.requests("")
	if len(all) != 1 {
		t.Fatalf("the journal has %+v", all)
	}
	got := all[0]
	for _, one := range [][2]string{
		{got.Method, "GET"}, {*got.Route, collection + "/{activityStatistics-id}"}, {got.Path, seedItem}, {fmt.Sprint(got.Status), "404"},
		{got.RequestID, sent.header.Get("request-id")}, {*got.ClientRequestID, "my-id"}, {*got.Tenant, tenant}, {*got.User, megan},
		{fmt.Sprint(*got.Headers), "map[Retry-Attempt:2 SdkVersion:graph-go-beta/1 User-Agent:test]"},
	} {
		if one[0] != one[1] {
			t.Errorf("%q, want %q, in %+v", one[0], one[1], got)
		}
	}
	if !strings.Contains(*got.NotFound, seedID) || got.Duration <= 0 || got.Duration > 1e8 || time.Since(got.Time) > time.Minute {
		t.Errorf("the request is %+v", got)
	}
	if text := c.steer("GET", "/requests", "").text; strings.Contains(text, token) || strings.Contains(text, "select") {
		t.Errorf("the journal has the token or the query: %s", text)
	}
	c.steer("DELETE", "/requests", "").want(t, 204)
	if left := c.requests(""); len(left) != 0 {
		t.Errorf("an emptied journal has %+v", left)
	}
}

// TestJournalOfUnroutedRequests: such a request says what came closest.
func TestJournalOfUnroutedRequests(t *testing.T) {
	c := newControlServer(t, memory.New())
	c.do(call{method: "GET", path: "/beta/me/analytics/activityStatistic", as: "/nowhere"}).want(t, 404)
	c.do(call{method: "GET", path: "/control/nowhere"}).want(t, 404)
	c.do(call{method: "GET", path: "/livez"}).want(t, 200)
	c.do(call{method: "GET", path: collection}).want(t, 401)
	all := c.requests("")
	if len(all) != 3 || all[0].Route != nil || !strings.Contains(*all[0].NotFound, "activityStatistics") ||
		all[1].Path != "/control/nowhere" || all[2].Tenant != nil || all[2].NotFound != nil {
		t.Errorf("the journal has %+v", all)
	}
}

func TestJournalOfBatches(t *testing.T) {
	c := newControlServer(t, memory.New())
	c.do(call{method: "POST", path: "/beta/$batch", token: c.tokenOf(tenant, megan), body: `{"requests":[
		{"id":"1","method":"GET","url":"/me/analytics/activityStatistics"},
		{"id":"2","method":"GET","url":"/me/analytics/activityStatistics/none"}]}`}).want(t, 200)
	var got []string
	for _, one := range c.requests("") {
		got = append(got, fmt.Sprintf("%s %s %d", one.Method, *one.Route, one.Status))
	}
	want := []string{"GET " + collection + " 200", "GET " + collection + "/{activityStatistics-id} 404", "POST /beta/$batch 200"}
	slices.Sort(got[:len(got)-1]) // they ran at once
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the journal has %q, want %q", got, want)
	}
}

func TestJournalFilters(t *testing.T) {
	c := newControlServer(t, memory.New())
	here, there := c.tokenOf(tenant, megan), c.tokenOf(otherTenant, lee)
	c.put(here, "a", "PT1H")
	c.do(call{method: "GET", path: collection + "/a", token: here, header: map[string]string{"client-request-id": "one"}}).want(t, 200)
	c.do(call{method: "GET", path: "/v1.0/me/analytics/activityStatistics/a", token: there}).want(t, 404)
	item := "/me/analytics/activityStatistics/{activityStatistics-id}"
	for query, want := range map[string]int{
		"": 3, "?method=GET": 2, "?method=PUT": 0, "?status=404": 1, "?tenant=" + strings.ToUpper(tenant): 2, "?user=" + lee: 1,
		"?client-request-id=one": 1, "?client-request-id=two": 0, "?route=" + url.QueryEscape(item): 2, "?route=" + url.QueryEscape("/beta"+item): 1,
		"?route=/me/analytics": 0, "?method=GET&status=200&tenant=" + tenant: 1, "?count=7": 3,
	} {
		if got := c.requests(query); len(got) != want {
			t.Errorf("%s finds %d requests, want %d", query, len(got), want)
		}
	}
	c.steer("POST", "/reset", `{"tenant":"`+tenant+`"}`).want(t, 204)
	if left := c.requests(""); len(left) != 1 || *left[0].Tenant != otherTenant {
		t.Errorf("after the reset of a tenant the journal has %+v", left)
	}
	c.steer("POST", "/reset", "").want(t, 204)
	if left := c.requests(""); len(left) != 0 {
		t.Errorf("after a reset the journal has %+v", left)
	}
}

func TestJournalHasTheLastThousand(t *testing.T) {
	c := newControlServer(t, memory.New())
	for n := range 2345 {
		c.do(call{method: "GET", path: fmt.Sprintf("/nowhere/%d", n)})
		if n%500 == 0 || n == 2344 {
			got := c.requests("")
			if len(got) != min(n+1, 1000) || got[len(got)-1].Path != fmt.Sprintf("/nowhere/%d", n) || got[0].Path != fmt.Sprintf("/nowhere/%d", max(0, n-999)) {
				t.Fatalf("after %d the journal has %d, from %s to %s", n+1, len(got), got[0].Path, got[len(got)-1].Path)
			}
		}
	}
}

func TestJournalWaits(t *testing.T) {
	c := newControlServer(t, memory.New())
	token := c.tokenOf(tenant, megan)
	found := make(chan testResponse)
	start := time.Now()
	go func() {
		got, err := c.try(t.Context(), call{method: "GET", path: "/control/requests?status=404&count=2&wait=PT30S", token: c.token})
		if err != nil {
			t.Error(err)
		}
		found <- got
	}()
	c.do(call{method: "GET", path: seedItem, token: token})
	c.do(call{method: "GET", path: collection, token: token})
	select {
	case got := <-found:
		t.Fatalf("it did not wait for the second: %s", got.text)
	case <-time.After(50 * time.Millisecond):
	}
	c.do(call{method: "GET", path: seedItem, token: token})
	if got := <-found; strings.Count(got.text, `"status":404`) != 2 {
		t.Errorf("it found %s", got.text)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	start = time.Now()
	if got := c.requests("?status=418&wait=PT0.2S"); len(got) != 0 || time.Since(start) < 200*time.Millisecond {
		t.Errorf("after %v it found %+v", time.Since(start), got)
	}
}

// TestJournalOfRepeatedHeaders: Graph's SDK for Java adds a Retry-Attempt at every attempt and keeps the
// former one.
func TestJournalOfRepeatedHeaders(t *testing.T) {
	c := newControlServer(t, memory.New())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+seedItem, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header["Retry-Attempt"] = []string{"1", "2"}
	response, err := c.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if got := (*c.requests("")[0].Headers)["Retry-Attempt"]; got != "1, 2" {
		t.Errorf("the header is %q", got)
	}
}
