package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/handlers"
	"afterhours/store"
	"afterhours/store/memory"
)

// slowFilter is a filter that keeps nothing, and takes a database seconds for many statistics. Its
// spaces are escaped for a URL.
var slowFilter = func() string {
	var terms []string
	for n := range 60 { // 240 of the 256 operators, functions and operands of a filter
		terms = append(terms, fmt.Sprintf("contains(id,'never %d')", n))
	}
	return url.PathEscape(strings.Join(terms, " or "))
}()

// fillMany gives megan many statistics.
func fillMany(t *testing.T, over store.Store, many int) {
	t.Helper()
	const writers, step = 6, 200
	var group sync.WaitGroup
	for writer := range writers {
		group.Go(func() {
			for from := writer * step; from < many; from += writers * step {
				changes := make([]store.Change, step)
				for n := range changes {
					key := store.Key{Owner: store.Owner{Tenant: tenant, User: megan}, ID: fmt.Sprintf("call_2019-06-16_2019-06-17_%d", from+n)}
					changes[n] = store.Change{Key: key, Revision: store.NewRevision(), Record: store.Record{Type: "call", Activity: "Call"}}
				}
				if err := over.Apply(t.Context(), changes); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

// TestQueryTime checks the response to queries that take longer than Config.QueryTime, alone and in a
// batch, and that short ones succeed beside them.
func TestQueryTime(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		fillMany(t, ts.store, 30_000)
		ts = ts.anotherServer(func(config *handlers.Config) { config.QueryTime = 50 * time.Millisecond })
		token := ts.userToken(megan, "Analytics.Read")
		for _, path := range []string{
			collection + "?$filter=" + slowFilter,
			collection + "?$filter=" + slowFilter + "&$orderby=duration",
			collection + "?$filter=" + slowFilter + "&$orderby=length(id)%20mod%207",
			collection + "?$top=0&$count=true&$filter=" + slowFilter,
			collection + "/$count?$filter=" + slowFilter,
		} {
			got := ts.do(call{method: "GET", path: path, token: token})
			for got.status == http.StatusServiceUnavailable { // a busy machine had no connection in time
				got = ts.do(call{method: "GET", path: path, token: token})
			}
			got.wantRefused(t, http.StatusBadRequest, "Request_UnsupportedQuery", "$filter", "startDate")
			if got.header.Get("Retry-After") != "" {
				t.Errorf("Retry-After of a query that would be stopped again: %s", got.header.Get("Retry-After"))
			}
		}
		one := `{"id":"%d","method":"GET","url":"/me/analytics/activityStatistics/$count?$filter=` + strings.ReplaceAll(slowFilter, "%", "%%") + `"}`
		batch := ts.do(call{method: "POST", path: "/beta/$batch", token: token, body: `{"requests":[` + fmt.Sprintf(one, 1) + "," + fmt.Sprintf(one, 2) + `]}`})
		stopped, busy := strings.Count(batch.text, "Request_UnsupportedQuery"), strings.Count(batch.text, "serviceNotAvailable")
		if batch.status != http.StatusOK || stopped == 0 || stopped+busy != 2 {
			t.Errorf("a batch: %d %.600s", batch.status, batch.text)
		}
	})
}

// TestAPageOfASlowStore: no option makes a page of a plain list long, so the response is a 503, which clients send
// again.
func TestAPageOfASlowStore(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		ts = ts.anotherServer(func(config *handlers.Config) { config.QueryTime = time.Nanosecond })
		token := ts.userToken(megan, "Analytics.Read")
		got := ts.do(call{method: "GET", path: collection + "?$top=5", token: token})
		got.wantRefused(t, http.StatusServiceUnavailable, "serviceNotAvailable", "", "Try again")
		if got.header.Get("Retry-After") == "" {
			t.Error("there is no Retry-After")
		}
	})
}

// TestWhatMakesAListLong: the response to a list that takes too long names the option that makes it long.
func TestWhatMakesAListLong(t *testing.T) {
	ts := newTestServer(t, memory.New()).anotherServer(func(config *handlers.Config) { config.QueryTime = time.Nanosecond })
	token := ts.userToken(megan, "Analytics.Read")
	for target, options := range map[string]string{
		"$filter": "$filter=id%20ne%20''&$orderby=id", "$orderby": "$orderby=id&$skip=1", "$count": "$count=true&$skip=1", "$skip": "$skip=2",
	} {
		ts.do(call{method: "GET", path: collection + "?" + options, token: token}).
			wantRefused(t, http.StatusBadRequest, "Request_UnsupportedQuery", target, "Narrow it")
	}
}

// TestCallersThatGo starts more queries than a store has connections for them, and closes their
// connections to the server. The next list, of the same user, must then succeed within 2 s, although
// Config.QueryTime is far away.
func TestCallersThatGo(t *testing.T) {
	batched := `{"id":"1","method":"GET","url":"/me/analytics/activityStatistics/$count?$filter=` + slowFilter + `"}`
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		fillMany(t, ts.store, 30_000)
		for name, slow := range map[string]call{
			"list":  {method: "GET", path: collection + "?$filter=" + slowFilter},
			"count": {method: "GET", path: collection + "/$count?$filter=" + slowFilter},
			"batch": {method: "POST", path: "/beta/$batch", body: `{"requests":[` + batched + `]}`},
		} {
			slow.token = ts.userToken(megan, "Analytics.Read")
			next := call{method: "GET", path: collection + "?$top=1", token: slow.token}
			ctx, cancel := context.WithCancel(t.Context())
			var callers sync.WaitGroup
			for range 4 * (runtime.NumCPU() + 4) {
				callers.Go(func() {
					for ctx.Err() == nil {
						_, _ = ts.try(ctx, slow)
					}
				})
			}
			time.Sleep(300 * time.Millisecond) // until they run
			cancel()
			callers.Wait()
			begun := time.Now()
			got := ts.do(next)
			for got.status == http.StatusServiceUnavailable && time.Since(begun) < 2*time.Second { // the others leave their line just now
				got = ts.do(next)
			}
			took := time.Since(begun)
			t.Logf("%s: the next list took %v", name, took)
			if got.status != http.StatusOK || took > 2*time.Second {
				t.Errorf("%s: the next list: %d after %v", name, got.status, took)
			}
		}
	})
}
