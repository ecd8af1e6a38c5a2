package handlers_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/handlers/auth"
)

// stopClock stops the server's clock at a time.
func (c controlServer) stopClock(at string) {
	c.t.Helper()
	c.steer("PUT", "/clock", fmt.Sprintf(`{"now":%q}`, at)).want(c.t, 200)
}

// advance moves the server's clock.
func (c controlServer) advance(by string) {
	c.t.Helper()
	c.steer("POST", "/clock/advance", fmt.Sprintf(`{"by":%q}`, by)).want(c.t, 200)
}

// noon is where tests of throttling stop the clock.
const noon = "2026-11-23T12:00:00Z"

// TestThrottling: requests beyond the bucket are 429 with Graph's headers until the clock is past
// Retry-After, and a caller that comes before waits again.
func TestThrottling(t *testing.T) {
	c, _ := newFaultServer(t)
	c.stopClock(noon)
	user := testClient{c.testServer, c.tokenFor(`{"tenant":"` + tenant + `","user":"` + megan + `"}`)}
	id := c.fail(`{"match":{"tenant":"` + tenant + `"},"throttle":{"units":4,"unitsPer":"PT10S","writes":2,"writesPer":"PT10S"}}`)
	wants := func(got testResponse, status int, headers map[string]string) {
		t.Helper()
		got.want(t, status)
		for name, want := range headers {
			if values := got.header.Values(name); strings.Join(values, "|") != want {
				t.Errorf("%s is %q; want %q", name, values, want)
			}
		}
	}
	read := func() testResponse { return user.send("GET", collection+"/a", "") }
	write := func() testResponse { return user.send("PATCH", collection+"/a", `{"duration":"PT2H"}`) }

	wants(read(), 200, map[string]string{"x-ms-resource-unit": "1", "x-ms-throttle-limit-percentage": "", "Afterhours-Fault": ""})
	wants(write(), 200, map[string]string{"x-ms-resource-unit": "1", "x-ms-throttle-limit-percentage": ""})
	wants(write(), 200, map[string]string{"x-ms-resource-unit": "1", "x-ms-throttle-limit-percentage": "1"})
	scope := func(limit string) string { return "Tenant_Application/" + limit + "//" + tenant }
	refused := write()
	wants(refused, 429, map[string]string{"Retry-After": "10", "x-ms-throttle-information": "WriteLimitExceeded", "x-ms-throttle-scope": scope("Write"),
		"x-ms-throttle-limit-percentage": "1.5", "x-ms-resource-unit": "1", "Afterhours-Fault": id})
	refused.wantRefused(t, 429, "TooManyRequests", "", "Please retry again later.")
	wants(read(), 429, map[string]string{"Retry-After": "5", "x-ms-throttle-information": "ResourceUnitLimitExceeded", "x-ms-throttle-scope": scope("ReadWrite"),
		"x-ms-throttle-limit-percentage": "1.25", "Afterhours-Fault": id})
	c.advance("PT4.9S")
	wants(read(), 429, map[string]string{"Retry-After": "5"})
	c.advance("PT4.9S")
	wants(read(), 429, map[string]string{"Retry-After": "5"})
	c.advance("PT5S")
	wants(read(), 200, map[string]string{"x-ms-throttle-information": ""})

	if got := c.counts(); got != "8/4" {
		t.Errorf("the rule matched and applied %s", got)
	}
	for _, one := range c.requests("") {
		if (one.Status == 429) != (one.Faults != nil && fmt.Sprint(*one.Faults) == "["+id+"]") || one.Status != 429 && one.Faults != nil {
			t.Errorf("the journal has %s %s %d with the faults %v", one.Method, one.Path, one.Status, one.Faults)
		}
	}
}

// TestThrottlingByDefault: a rule with an empty throttle has Graph's limits, and the options of a query
// change its units in any spelling.
func TestThrottlingByDefault(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"throttle":{}}`)
	for path, units := range map[string]string{
		"/beta/me/analytics": "1", "/beta/me/analytics?$expand=activityStatistics": "2", "/beta/me/analytics?%24EXPAND=activityStatistics": "2",
		"/beta/users/" + megan + "/analytics?$expand=activityStatistics": "2",
		collection + "?$top=5&$select=duration":                          "1",
	} {
		if got := user.send("GET", path, "").want(t, 200).header.Get("x-ms-resource-unit"); got != units {
			t.Errorf("%s costs %q; want %s", path, got, units)
		}
	}
}

// TestThrottlingInBatches: the requests of a batch are judged one by one, and the batch itself costs nothing.
func TestThrottlingInBatches(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"throttle":{"units":3,"unitsPer":"PT1H"}}`)
	var items []string
	for i := range 6 {
		items = append(items, batched(strconv.Itoa(i), "", "GET", "a", ""))
	}
	passed := 0
	for _, one := range c.batch(user.token, items...) {
		switch {
		case one.Status == 200 && one.Headers["x-ms-resource-unit"] == "1":
			passed++
		case one.Status != 429 || one.Headers["Retry-After"] == "" || one.Headers["x-ms-throttle-scope"] == "" ||
			one.Headers["x-ms-throttle-limit-percentage"] == "" || one.Body.Error.Code != "TooManyRequests":
			t.Errorf("%d %v %+v", one.Status, one.Headers, one.Body)
		}
	}
	if passed != 3 {
		t.Errorf("%d passed", passed)
	}
}

// TestThrottlingUnderLoad: however many requests come at once, exactly as many pass as there are units.
func TestThrottlingUnderLoad(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"throttle":{"units":25,"unitsPer":"P1D"}}`)
	var passed atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				got, err := user.try(t.Context(), call{method: "GET", path: collection + "/a", token: user.token})
				if err != nil {
					t.Error(err)
				}
				if got.status == http.StatusOK {
					passed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if passed.Load() != 25 {
		t.Errorf("%d passed", passed.Load())
	}
}

// TestThrottleOfApplications: the scope names the application that the token was issued to, and another
// application has a bucket of its own.
func TestThrottleOfApplications(t *testing.T) {
	c, _ := newFaultServer(t)
	c.fail(`{"throttle":{"units":1,"unitsPer":"PT1H"}}`)
	path := "/beta/users/" + megan + "/analytics/activityStatistics"
	for i, application := range []string{daemon, lee} {
		token := c.mint(auth.Claims{Tenant: tenant, User: application, Roles: []string{"Analytics.Read.All"}, Expires: time.Hour})
		c.do(call{method: "GET", path: path, token: token}).want(t, 200)
		got := c.do(call{method: "GET", path: path, token: token}).want(t, 429)
		if scope := got.header.Get("x-ms-throttle-scope"); scope != "Tenant_Application/ReadWrite/"+application+"/"+tenant {
			t.Errorf("application %d: the scope is %s", i, scope)
		}
	}
}

func TestThrottleRefusals(t *testing.T) {
	c, _ := newFaultServer(t)
	for rule, target := range map[string]string{
		`{"throttle":{"unitsPer":"PT0S"}}`:          "throttle/unitsPer",
		`{"throttle":{"unitsPer":"-PT1S"}}`:         "throttle/unitsPer",
		`{"throttle":{"writesPer":"P1DT0.1S"}}`:     "throttle/writesPer",
		`{"throttle":{"units":0}}`:                  "throttle/units",
		`{"throttle":{"by":"planet"}}`:              "throttle/by",
		`{"throttle":{},"answer":{"status":503}}`:   "throttle",
		`{"throttle":{"units":1,"limit":"PT1H"}}`:   "throttle/limit",
		`{"throttle":{"writes":"many"}}`:            "throttle/writes",
		`{"throttle":{"retryAfter":1}}`:             "throttle/retryAfter",
		`{"throttle":{"unitsPer":"10 s"},"skip":1}`: "throttle/unitsPer",
	} {
		c.steer("POST", "/faults", rule).wantRefused(t, 400, "BadRequest", target, "")
	}
}

// TestThrottlingChangesNothingElse: the response to a request that passes differs by its headers of
// throttling alone.
func TestThrottlingChangesNothingElse(t *testing.T) {
	c, user := newFaultServer(t)
	tag := user.send("GET", collection+"/a", "").header.Get("ETag")
	requests := []struct {
		method, path, body string
		header             []string
	}{
		{"GET", collection + "/a", "", nil},
		{"HEAD", collection + "/a", "", nil},
		{"GET", collection + "/a", "", []string{"If-None-Match", tag}},
		{"HEAD", collection + "/a", "", []string{"If-None-Match", tag}},
		{"GET", collection + "/a/duration", "", nil},
		{"GET", collection + "/a/afterHours", "", nil}, // 204
		{"GET", collection + "/a/duration/$value", "", nil},
		{"GET", collection, "", []string{"Origin", "https://example.com"}},
		{"GET", collection + "/none", "", nil},
		{"GET", collection + "?$top=x", "", nil},
		{"PATCH", collection + "/a", `{"duration":"PT1H"}`, nil},
		{"PATCH", collection + "/a", `{"duration":"PT1H"}`, []string{"Prefer", "return=minimal"}},
		{"POST", "/beta/$batch", `{"requests":[]}`, nil},
	}
	send := func(i int) string {
		one := requests[i]
		got := user.send(one.method, one.path, one.body, one.header...)
		for _, name := range []string{"Date", "Request-Id", "X-Ms-Resource-Unit"} {
			got.header.Del(name)
		}
		text := regexp.MustCompile(`"(date|request-id)":"[^"]*"`).ReplaceAllString(got.text, "")
		return fmt.Sprint(got.status, " ", got.header, " ", text)
	}
	var before []string
	for i := range requests {
		before = append(before, send(i))
	}
	c.fail(`{"throttle":{}}`)
	for i, one := range requests {
		if got := send(i); got != before[i] {
			t.Errorf("%s %s %v:\nwith the rule    %s\nwithout the rule %s", one.method, one.path, one.header, got, before[i])
		}
	}
}
