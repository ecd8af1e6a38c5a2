package faults

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	api "afterhours/control"
)

const (
	tenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"
	megan  = "48d31887-5fad-4d73-a9f5-3c356e68a038"
	app    = "deadbeef-0000-4000-8000-000000000001"
)

func newRules(t interface{ Fatal(...any) }, all ...api.FaultRule) *Rules {
	r := New(time.Now)
	r.Know([]string{"getMyStatistic", "listMyStatistics", "updateMyStatistic"}, []string{"listMyStatistics"})
	for _, one := range all {
		if _, err := r.Add(one, ""); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// unavailable is an answer to see whether a rule applies.
var unavailable = &api.FaultAnswer{Status: to(int32(503))}

func TestMatch(t *testing.T) {
	sent := &Request{Operation: "updateMyStatistic", Method: "PATCH", Tenant: tenant, User: megan, Application: app,
		Header: http.Header{"User-Agent": {"kiota-go/1.5.2"}, "Sdkversion": {"one", "two"}}}
	for name, one := range map[string]struct {
		match   api.FaultMatch
		matches bool
	}{
		"everything":            {api.FaultMatch{}, true},
		"operation":             {api.FaultMatch{Operation: to("updateMyStatistic")}, true},
		"other operation":       {api.FaultMatch{Operation: to("getMyStatistic")}, false},
		"method":                {api.FaultMatch{Method: to(api.FaultMatchMethodPATCH)}, true},
		"other method":          {api.FaultMatch{Method: to(api.FaultMatchMethodGET)}, false},
		"tenant in capitals":    {api.FaultMatch{Tenant: to(strings.ToUpper(tenant))}, true},
		"other tenant":          {api.FaultMatch{Tenant: to(megan)}, false},
		"user":                  {api.FaultMatch{User: to(megan)}, true},
		"other user":            {api.FaultMatch{User: to(tenant)}, false},
		"application":           {api.FaultMatch{Application: to(strings.ToUpper(app))}, true},
		"other application":     {api.FaultMatch{Application: to(tenant)}, false},
		"header":                {api.FaultMatch{Header: &api.HeaderMatch{Name: "user-agent"}}, true},
		"absent header":         {api.FaultMatch{Header: &api.HeaderMatch{Name: "Prefer"}}, false},
		"value of a header":     {api.FaultMatch{Header: &api.HeaderMatch{Name: "User-Agent", Value: to("kiota-go/1.5.2")}}, true},
		"part of a value":       {api.FaultMatch{Header: &api.HeaderMatch{Name: "User-Agent", Value: to("kiota-go")}}, false},
		"one of several values": {api.FaultMatch{Header: &api.HeaderMatch{Name: "SdkVersion", Value: to("two")}}, true},
		"all":                   {api.FaultMatch{Operation: to("updateMyStatistic"), Tenant: to(tenant), User: to(megan)}, true},
		"all but one":           {api.FaultMatch{Operation: to("updateMyStatistic"), Tenant: to(tenant), User: to(app)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRules(t, api.FaultRule{Match: &one.match, Answer: unavailable})
			if fault := r.Decide(sent); (fault != nil) != one.matches {
				t.Errorf("it is %+v", fault)
			}
			if matched := r.List()[0].Matched; (matched == 1) != one.matches {
				t.Errorf("it matched %d requests", matched)
			}
		})
	}
}

// decisions returns which of so many requests get a fault, as in .f.
func decisions(r *Rules, count int) string {
	var text strings.Builder
	for range count {
		if r.Decide(&Request{}) == nil {
			text.WriteString(".")
		} else {
			text.WriteString("f")
		}
	}
	return text.String()
}

// TestChoice also is the promise that a seed always chooses the same requests.
func TestChoice(t *testing.T) {
	for name, one := range map[string]struct {
		rule api.FaultRule
		want string
	}{
		"always":               {api.FaultRule{}, "ffffffffff"},
		"skip":                 {api.FaultRule{Skip: to(int32(3))}, "...fffffff"},
		"times":                {api.FaultRule{Times: to(int32(2))}, "ff........"},
		"the third":            {api.FaultRule{Skip: to(int32(2)), Times: to(int32(1))}, "..f......."},
		"rate 1":               {api.FaultRule{Rate: to(1.0), Seed: to(int64(7))}, "ffffffffff"},
		"flaky":                {api.FaultRule{Rate: to(0.2), Seed: to(int64(1))}, ".f.f.....f.f.f.....f..ff.......f........"},
		"half":                 {api.FaultRule{Rate: to(0.5), Seed: to(int64(1))}, ".f.f....ffff.f.f.f.f..fff.ff.fff...f.f.f"},
		"another seed":         {api.FaultRule{Rate: to(0.5), Seed: to(int64(2))}, "..fff.f..f.f.f....f.ff.f"},
		"negative seed":        {api.FaultRule{Rate: to(0.5), Seed: to(int64(-1))}, "f.f....f..f.f.....ff..f."},
		"skip, rate and times": {api.FaultRule{Skip: to(int32(4)), Rate: to(0.5), Seed: to(int64(1)), Times: to(int32(3))}, ".....f.f....f..........."},
	} {
		t.Run(name, func(t *testing.T) {
			one.rule.Answer = unavailable
			if got := decisions(newRules(t, one.rule), len(one.want)); got != one.want {
				t.Errorf("it is  %s\nwant it %s", got, one.want)
			}
		})
	}
}

func TestRateIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate, seed := rapid.Float64Range(0.05, 0.95).Draw(t, "rate"), rapid.Int64().Draw(t, "seed")
		r := newRules(t, api.FaultRule{Rate: &rate, Seed: &seed, Answer: unavailable})
		const requests = 2000
		share := float64(strings.Count(decisions(r, requests), "f")) / requests
		if share < rate-0.07 || share > rate+0.07 { // six standard deviations
			t.Errorf("%v of the requests got the fault, want %v", share, rate)
		}
	})
}

// TestChoiceIsExact: however many requests come at once, the counts are exact.
func TestChoiceIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		skip, times := rapid.Int32Range(0, 40).Draw(t, "skip"), rapid.Int32Range(1, 40).Draw(t, "times")
		each := rapid.IntRange(1, 20).Draw(t, "requests of each")
		r := newRules(t, api.FaultRule{Skip: &skip, Times: &times, Answer: unavailable})
		var failed atomic.Int32
		var running sync.WaitGroup
		for range 4 {
			running.Go(func() {
				for range each {
					if r.Decide(&Request{}) != nil {
						failed.Add(1)
					}
				}
			})
		}
		running.Wait()
		sent := int32(4 * each)
		want := min(max(0, sent-skip), times)
		if got := r.List()[0]; failed.Load() != want || got.Matched != sent || got.Applied != want {
			t.Errorf("%d failed, want %d; the rule is %+v", failed.Load(), want, got)
		}
	})
}

// TestFirstRuleDecides: a later rule does not even count the request.
func TestFirstRuleDecides(t *testing.T) {
	r := newRules(t, api.FaultRule{Times: to(int32(1)), Answer: unavailable}, api.FaultRule{Skip: to(int32(1)), Answer: &api.FaultAnswer{Status: to(int32(500))}})
	var got []int
	for range 4 {
		status := 0
		if fault := r.Decide(&Request{}); fault != nil {
			status = fault.Status
		}
		got = append(got, status)
	}
	if want := []int{503, 0, 500, 500}; !slices.Equal(got, want) {
		t.Errorf("the statuses are %v, want %v", got, want)
	}
	if all := r.List(); all[0].Matched != 4 || all[0].Applied != 1 || all[1].Matched != 3 || all[1].Applied != 2 {
		t.Errorf("the rules are %+v", all)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 5, time.FixedZone("", 3600))
	for _, one := range []struct {
		seconds float64
		form    api.FaultAnswerRetryAfterForm
		want    string
	}{
		{0, "", "0"}, {1, "", "1"}, {2.128, "", "2.128"}, {0.0000001, api.Seconds, "0.0000001"}, {86400, api.Seconds, "86400"},
		{0, api.Date, "Mon, 23 Nov 2026 13:00:00 GMT"}, {1.2, api.Date, "Mon, 23 Nov 2026 13:00:02 GMT"}, {86400, api.Date, "Tue, 24 Nov 2026 13:00:00 GMT"},
	} {
		if got := retryAfter(one.seconds, one.form, now); got != one.want {
			t.Errorf("%v %s: %s, want %s", one.seconds, one.form, got, one.want)
		}
	}
}

func TestWait(t *testing.T) {
	r, start := New(time.Now), time.Now()
	if err := r.Wait(t.Context(), 20*time.Millisecond); err != nil || time.Since(start) < 20*time.Millisecond {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	ended := make(chan error)
	go func() { ended <- r.Wait(t.Context(), time.Hour) }()
	r.EndWaits()
	r.EndWaits()
	if err := <-ended; err != nil {
		t.Errorf("the error is %v", err)
	}
	if err := r.Wait(t.Context(), time.Hour); err != nil {
		t.Errorf("the error is %v", err)
	}
}
