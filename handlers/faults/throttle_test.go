package faults

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"testing"
	"time"

	api "afterhours/control"
	"afterhours/store/edm"
)

const (
	throttledTenant      = "11111111-2222-4333-8444-555555555555"
	throttledApplication = "9a3d526c-b3c1-4479-ba74-197b5c5751ae"
	throttledUser        = "48d31887-5fad-4d73-a9f5-3c356e68a038"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// sent returns a request that comes so long after noon.
func sent(method, query string, after time.Duration) *Request {
	options, err := url.ParseQuery(query)
	if err != nil {
		panic(err)
	}
	return &Request{
		Operation: "listMyStatistics", Method: method, Query: options, Header: http.Header{}, Now: noon.Add(after),
		Tenant: throttledTenant, User: throttledUser, Application: throttledApplication,
	}
}

// throttleOf returns a throttle of so many units and writes in 10 seconds.
func throttleOf(units, writes int32) *api.Throttle {
	per := 10 * edm.Second
	return &api.Throttle{Units: &units, UnitsPer: &per, Writes: &writes, WritesPer: &per}
}

// TestThrottle holds the headers of requests one after the other.
func TestThrottle(t *testing.T) {
	const units, writes = "ResourceUnitLimitExceeded", "WriteLimitExceeded"
	type step struct {
		after                             time.Duration
		method, priority                  string
		status                            int
		retryAfter, share, reason, limits string
	}
	for _, c := range []struct {
		name          string
		units, writes int32
		steps         []step
	}{
		{"the bucket fills again", 4, 100, []step{
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "1", "", ""},
			{0, "GET", "", 429, "5", "1.25", units, "ReadWrite"},
			{5 * time.Second, "GET", "", 0, "", "1", "", ""},
			{time.Hour, "GET", "", 0, "", "", "", ""},
		}},
		{"who comes too early waits again", 4, 100, []step{
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "1", "", ""},
			{0, "GET", "", 429, "5", "1.25", units, "ReadWrite"},
			{4900 * time.Millisecond, "GET", "", 429, "5", "1.01", units, "ReadWrite"},
			{5 * time.Second, "GET", "", 429, "5", "1.25", units, "ReadWrite"},
			{9900 * time.Millisecond, "GET", "", 429, "5", "1.01", units, "ReadWrite"},
			{14900 * time.Millisecond, "GET", "", 0, "", "", "", ""},
		}},
		{"throttled requests use the limit up to a point", 4, 100, []step{
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "1", "", ""},
			{0, "GET", "", 429, "5", "1.25", units, "ReadWrite"},
			{0, "GET", "", 429, "8", "1.5", units, "ReadWrite"},
			{0, "GET", "", 429, "10", "1.75", units, "ReadWrite"},
			{0, "GET", "", 429, "11", "1.8", units, "ReadWrite"},
			{0, "GET", "", 429, "11", "1.8", units, "ReadWrite"},
			{11 * time.Second, "GET", "", 0, "", "0.95", "", ""},
		}},
		{"writes are throttled and reads pass", 100, 2, []step{
			{0, "POST", "", 0, "", "", "", ""},
			{0, "DELETE", "", 0, "", "1", "", ""},
			{0, "PATCH", "", 429, "10", "1.5", writes, "Write"},
			{0, "GET", "", 0, "", "", "", ""},
			{9 * time.Second, "GET", "", 0, "", "", "", ""},
			{10 * time.Second, "PATCH", "", 0, "", "1", "", ""},
		}},
		{"low is throttled first and takes nothing from others", 5, 100, []step{
			{0, "GET", "low", 0, "", "", "", ""},
			{0, "GET", "Low", 0, "", "", "", ""},
			{0, "GET", "LOW", 0, "", "", "", ""},
			{0, "GET", "low", 0, "", "0.8", "", ""},
			{0, "GET", "low", 429, "2", "0.8", units, "ReadWrite"},
			{0, "GET", "low", 429, "2", "0.8", units, "ReadWrite"},
			{0, "GET", "urgent", 0, "", "1", "", ""},
			{0, "GET", "", 429, "4", "1.2", units, "ReadWrite"},
			{0, "GET", "high", 429, "6", "1.4", units, "ReadWrite"},
		}},
		{"high does not wait if there is room", 5, 100, []step{
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "", "", ""},
			{0, "GET", "", 0, "", "0.8", "", ""},
			{0, "GET", "", 0, "", "1", "", ""},
			{0, "GET", "", 429, "4", "1.2", units, "ReadWrite"},
			{3900 * time.Millisecond, "GET", "high", 429, "3", "1.01", units, "ReadWrite"},
			{3900 * time.Millisecond, "GET", "", 429, "5", "1.21", units, "ReadWrite"},
			{8 * time.Second, "GET", "high", 0, "", "1", "", ""},
		}},
		{"a bucket of one", 1, 1, []step{
			{0, "GET", "low", 0, "", "1", "", ""},
			{0, "GET", "low", 429, "10", "1", units, "ReadWrite"},
			{10 * time.Second, "GET", "low", 0, "", "1", "", ""},
		}},
		{"a clock that is moved back", 1, 1, []step{
			{time.Hour, "GET", "", 0, "", "1", "", ""},
			{time.Hour, "GET", "", 429, "18", "1.8", units, "ReadWrite"},
			{0, "GET", "", 429, "18", "1.8", units, "ReadWrite"},
			{18 * time.Second, "GET", "", 0, "", "1", "", ""},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBuckets(throttleOf(c.units, c.writes))
			for i, s := range c.steps {
				q := sent(s.method, "", s.after)
				q.Header.Set("x-ms-throttle-priority", s.priority)
				fault := b.take(q)
				got := step{s.after, s.method, s.priority, fault.Status, fault.Header.Get("Retry-After"),
					only(fault.Header, "x-ms-throttle-limit-percentage"), only(fault.Header, "x-ms-throttle-information"), only(fault.Header, "x-ms-throttle-scope")}
				if s.limits != "" {
					s.limits = "Tenant_Application/" + s.limits + "/" + throttledApplication + "/" + throttledTenant
				}
				if got != s || only(fault.Header, "x-ms-resource-unit") != "1" {
					t.Fatalf("request %d: got %+v; want %+v", i, got, s)
				}
			}
		})
	}
}

// only returns the only value of a header with this spelling, "" for none.
func only(header http.Header, name string) string {
	if len(header[name]) != 1 {
		return ""
	}
	return header[name][0]
}

func TestThrottleBy(t *testing.T) {
	other := "22222222-2222-4333-8444-555555555555"
	for by, want := range map[api.ThrottleBy]struct {
		scope                              string
		tenant, application, user, nothing int
	}{
		"":                        {"Tenant_Application/ReadWrite/" + throttledApplication + "/" + throttledTenant, 0, 0, 429, 429},
		api.ThrottleByApplication: {"Tenant_Application/ReadWrite/" + throttledApplication + "/" + throttledTenant, 0, 0, 429, 429},
		api.ThrottleByTenant:      {"Tenant/ReadWrite/" + throttledApplication + "/" + throttledTenant, 0, 429, 429, 429},
		api.ThrottleByUser:        {"Application/ReadWrite/" + throttledApplication + "/" + throttledUser, 0, 0, 0, 429},
	} {
		rule := throttleOf(1, 1)
		if by != "" {
			rule.By = &by
		}
		b := newBuckets(rule)
		b.take(sent("GET", "", 0))
		for what, change := range map[string]func(*Request) int{
			"tenant":      func(q *Request) int { q.Tenant = other; return want.tenant },
			"application": func(q *Request) int { q.Application = other; return want.application },
			"user":        func(q *Request) int { q.User = other; return want.user },
			"nothing":     func(*Request) int { return want.nothing },
		} {
			q := sent("GET", "", 0)
			status := change(q)
			fault := b.take(q)
			if fault.Status != status {
				t.Errorf("by %q, another %s: %d; want %d", by, what, fault.Status, status)
			}
			if scope := only(fault.Header, "x-ms-throttle-scope"); what == "nothing" && scope != want.scope {
				t.Errorf("by %q: the scope is %s; want %s", by, scope, want.scope)
			}
		}
	}
}

func TestThrottleWithoutRetryAfter(t *testing.T) {
	rule, silent := throttleOf(1, 1), false
	rule.RetryAfter = &silent
	b := newBuckets(rule)
	b.take(sent("GET", "", 0))
	if fault := b.take(sent("GET", "", 0)); fault.Status != 429 || fault.Header.Get("Retry-After") != "" {
		t.Errorf("got %+v", fault)
	}
}

// TestNotThrottled: a batch itself and a request without a token pass and get no headers.
func TestNotThrottled(t *testing.T) {
	b := newBuckets(throttleOf(1, 1))
	for range 3 {
		batch, stranger := sent("POST", "", 0), sent("GET", "", 0)
		batch.Operation, stranger.Tenant = "runBatch", ""
		if fault := b.take(batch); fault != nil {
			t.Errorf("a batch: %+v", fault)
		}
		if fault := b.take(stranger); fault != nil {
			t.Errorf("a request without a token: %+v", fault)
		}
	}
}

// TestThrottleDefaults: without limits of its own, a rule has Graph's.
func TestThrottleDefaults(t *testing.T) {
	for method, want := range map[string]int{"GET": 3500, "PATCH": 3000} {
		b := newBuckets(&api.Throttle{})
		passed := 0
		for range 5000 {
			if b.take(sent(method, "", 0)).Status == 0 {
				passed++
			}
		}
		if passed != want {
			t.Errorf("%d of %s passed; want %d", passed, method, want)
		}
	}
	b := newBuckets(&api.Throttle{})
	for range 3500 {
		b.take(sent("GET", "", 0))
	}
	if fault := b.take(sent("GET", "", time.Second)); fault.Status != 0 {
		t.Errorf("after a second: %+v", fault)
	}
}

// TestThrottleTimes: times counts the requests that are throttled, not those that pass.
func TestThrottleTimes(t *testing.T) {
	rules, times := New(func() time.Time { return noon }), int32(2)
	if _, err := rules.Add(api.FaultRule{Throttle: throttleOf(3, 3), Times: &times}, ""); err != nil {
		t.Fatal(err)
	}
	var got []int
	for range 7 {
		status := 0
		if fault := rules.Decide(sent("GET", "", 0)); fault != nil {
			status = fault.Status
		}
		got = append(got, status)
	}
	if want := "[0 0 0 429 429 0 0]"; fmt.Sprint(got) != want {
		t.Errorf("got %v; want %s", got, want)
	}
}

func TestThrottleScopeIsAHeader(t *testing.T) {
	b := newBuckets(throttleOf(1, 1))
	q := sent("GET", "", 0)
	q.Application = "my\r\napp\x00é"
	b.take(q)
	if scope := only(b.take(q).Header, "x-ms-throttle-scope"); scope != "Tenant_Application/ReadWrite/myapp/"+throttledTenant {
		t.Errorf("the scope is %q", scope)
	}
}

func TestCheckThrottle(t *testing.T) {
	for per, isValid := range map[edm.Duration]bool{
		1: true, edm.Second: true, 24 * edm.Hour: true,
		0: false, -edm.Second: false, 24*edm.Hour + 1: false, math.MaxInt64: false, math.MinInt64: false,
	} {
		for target, rule := range map[string]*api.Throttle{"throttle/unitsPer": {UnitsPer: &per}, "throttle/writesPer": {WritesPer: &per}} {
			faults := checkThrottle(rule)
			if (len(faults) == 0) != isValid || !isValid && *faults[0].Target != target {
				t.Errorf("%s %s: %+v", target, per, faults)
			}
		}
	}
}
