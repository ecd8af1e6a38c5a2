package faults

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
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

func TestCost(t *testing.T) {
	for _, c := range []struct {
		method, query string
		want          cost
	}{
		{"GET", "", cost{1, 0}},
		{"HEAD", "", cost{1, 0}},
		{"POST", "", cost{1, 1}},
		{"PATCH", "", cost{1, 1}},
		{"DELETE", "", cost{1, 1}},
		{"GET", "$select=id", cost{1, 0}},
		{"GET", "$top=19", cost{1, 0}},
		{"GET", "$expand=activityStatistics", cost{2, 0}},
		{"PATCH", "$expand=activityStatistics", cost{2, 1}},
		{"GET", "$expand=activityStatistics&$select=id", cost{1, 0}},
		{"GET", "$expand=activityStatistics&$top=19", cost{1, 0}},
		{"GET", "$expand=activityStatistics&$top=0", cost{1, 0}},
		{"GET", "$expand=activityStatistics&$top=20", cost{2, 0}},
		{"GET", "$expand=activityStatistics&$top=ten", cost{2, 0}},
		{"GET", "$expand=activityStatistics&$top=5&$select=id", cost{1, 0}},
		{"GET", "$select=&$expand=activityStatistics", cost{2, 0}},
	} {
		if got := costOf(sent(c.method, c.query, 0)); got != c.want {
			t.Errorf("%s %s costs %+v; want %+v", c.method, c.query, got, c.want)
		}
	}
	batch := sent("POST", "", 0)
	batch.Operation = "runBatch"
	if got := costOf(batch); got != (cost{}) {
		t.Errorf("a batch costs %+v", got)
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

// TestNoMoreThanTheBucket: in every span of time, the requests that pass cost at most what the bucket
// has and what comes back in that time, whatever their order and priority.
func TestNoMoreThanTheBucket(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		most, per := 1+random.Int32N(20), edm.Duration(1+random.Int64N(int64(20*edm.Second)))
		rule := &api.Throttle{Units: &most, UnitsPer: &per}
		b := newBuckets(rule)
		type passed struct {
			at   time.Time
			cost float64
		}
		var all []passed
		at, pace := time.Duration(0), []float64{0.5, 1, 2, 4}[seed%4]
		for range 300 {
			at += time.Duration(random.ExpFloat64() * b.units.per.Seconds() / float64(most) * float64(time.Second) * pace)
			q := sent("GET", []string{"", "$expand=activityStatistics"}[random.IntN(2)], at)
			q.Header.Set("x-ms-throttle-priority", []string{"low", "normal", "high"}[random.IntN(3)])
			if b.take(q).Status == 0 {
				all = append(all, passed{q.Now, min(float64(costOf(q).units), float64(most))})
			}
		}
		if pace == 4 && len(all) < 50 {
			t.Fatalf("seed %d: only %d of 300 passed, though they were slow", seed, len(all))
		}
		for i := range all {
			sum := 0.0
			for _, one := range all[i:] {
				sum += one.cost
				back := one.at.Sub(all[i].at).Seconds() * float64(most) / b.units.per.Seconds()
				if sum > float64(most)+back+1e-6 {
					t.Fatalf("seed %d: %g passed in %v from a bucket of %d in %v", seed, sum, one.at.Sub(all[i].at), most, b.units.per)
				}
			}
		}
	}
}

// TestWhoWaitsPasses: a caller that is alone and waits as long as it was told passes, whatever it did
// before.
func TestWhoWaitsPasses(t *testing.T) {
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 1))
		b := newBuckets(throttleOf(1+random.Int32N(12), 1+random.Int32N(12)))
		method := []string{"GET", "PATCH"}[random.IntN(2)]
		priority := []string{"low", "normal", "high"}[random.IntN(3)]
		at := time.Duration(0)
		for range 30 {
			q := sent(method, []string{"", "$expand=activityStatistics"}[random.IntN(2)], at)
			q.Header.Set("x-ms-throttle-priority", priority)
			fault := b.take(q)
			if fault.Status == 0 {
				at += time.Duration(random.Int64N(int64(time.Second)))
				continue
			}
			seconds, err := strconv.Atoi(fault.Header.Get("Retry-After"))
			if err != nil || seconds < 1 || seconds > 30 {
				t.Fatalf("seed %d: Retry-After is %q", seed, fault.Header.Get("Retry-After"))
			}
			if random.IntN(2) == 0 {
				at += time.Duration(random.Int64N(int64(seconds) * int64(time.Second)))
				continue
			}
			at += time.Duration(seconds) * time.Second
			q.Now = noon.Add(at)
			if fault := b.take(q); fault.Status != 0 {
				t.Fatalf("seed %d: told to wait %d s, and then got %+v", seed, seconds, fault)
			}
		}
	}
}

// TestThrottleTogether: of requests that come at once, exactly as many pass as there are units.
func TestThrottleTogether(t *testing.T) {
	rules := New(func() time.Time { return noon })
	if _, err := rules.Add(api.FaultRule{Throttle: throttleOf(40, 100)}, ""); err != nil {
		t.Fatal(err)
	}
	var passed, throttled atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				if fault := rules.Decide(sent("GET", "", 0)); fault.Status == 429 {
					throttled.Add(1)
				} else {
					passed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if passed.Load() != 40 || throttled.Load() != 160 {
		t.Errorf("%d passed and %d were throttled", passed.Load(), throttled.Load())
	}
	if rule := rules.List()[0]; rule.Matched != 200 || rule.Applied != 160 {
		t.Errorf("the rule says that %d matched, and it applied to %d", rule.Matched, rule.Applied)
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

// TestBucketsAreBounded: however many callers come, a rule keeps maxBuckets of them.
func TestBucketsAreBounded(t *testing.T) {
	b := newBuckets(throttleOf(1, 1))
	for i := range 2 * maxBuckets {
		q := sent("GET", "", 0)
		q.Tenant = strconv.Itoa(i)
		b.take(q)
	}
	if b.all.Len() != maxBuckets {
		t.Errorf("there are %d buckets", b.all.Len())
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
