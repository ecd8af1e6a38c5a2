package overload_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// Bounds of what others may notice of a caller whose requests are dear.
const (
	honestP99   = 20 * time.Millisecond
	honestShare = 0.7 // of the throughput that they have alone
)

// dearFilter is the filter that takes longest of those within the limits: it changes the case
// of all characters of the longest property as often as a filter may. It keeps no statistic,
// and no index serves it.
func dearFilter() string {
	text := "timeZoneUsed"
	for range 8 {
		text = "toupper(tolower(" + text + "))"
	}
	return "contains(" + text + ",'zyx')"
}

// TestDearQueries is fifty connections of one caller with a dear filter over 80,000
// statistics of its own.
func TestDearQueries(t *testing.T) {
	overStores(t, owned{dearUser: rows(80_000)}, func(t *testing.T, w *world) {
		path := "?$count=true&$top=1&$filter=" + url.QueryEscape(dearFilter())
		w.compare(t, 50, func() *http.Request { return w.request("GET", path, w.dear, "") })
	})
}

// TestDearBatches is one caller with batches of twenty counts, each with a legal filter over
// 100,000 statistics.
func TestDearBatches(t *testing.T) {
	count := "/me/analytics/activityStatistics/$count?$filter=" + url.QueryEscape(dearFilter())
	urls := make([]string, 20)
	for n := range urls {
		urls[n] = count
	}
	body := batch(urls...)
	overStores(t, owned{dearUser: rows(100_000)}, func(t *testing.T, w *world) {
		w.compare(t, 8, func() *http.Request { return w.request("POST", "/$batch", w.dear, body) })
	})
}

// rows returns how many rows a run stores: all of them if it is a full one.
func rows(all int) int {
	if full() {
		return all
	}
	return all / 20
}

// compare measures the honest callers alone and then during the attack, and holds the two
// against the bounds.
func (w *world) compare(t *testing.T, connections int, request func() *http.Request) {
	if full() {
		w.honestWork(t) // warms up
	}
	alone := w.honestWork(t)
	ctx, stop := context.WithCancel(t.Context())
	attacked, waitAttack := w.attack(ctx, t, connections, impatient, request)
	probes, waitProbes := w.probe(ctx, t)
	time.Sleep(time.Second) // until the attack is under way
	during := w.honestWork(t)
	stop()
	waitAttack()
	waitProbes()
	t.Logf("alone:%s\nduring the attack:%s\nthe attack:%s\nprobes:%s", alone, during, attacked, probes)
	for _, key := range []string{"GET 200", "PATCH 200", "list 200"} {
		if p99 := percentile(during.times[key], 0.99); p99 > honestP99*slack() {
			t.Errorf("%s: p99 is %s; want %s at most", key, p99, honestP99*slack())
		}
		share := during.rate(key) / alone.rate(key)
		t.Logf("%s: %.2f of the throughput alone", key, share)
		if share < honestShare/float64(slack()) {
			t.Errorf("%s: %.2f of the throughput alone; want %.2f", key, share, honestShare/float64(slack()))
		}
	}
	wantOnly(t, during, "GET 200", "PATCH 200", "list 200")
	wantOnly(t, probes, "readyz 200")
}

// wantOnly fails the test if there is a response with another key. A short run, which shares the
// machine with other tests, may have one in ten.
func wantOnly(t *testing.T, y *tally, keys ...string) {
	t.Helper()
	others, all := 0, 0
	for key, times := range y.times {
		all += len(times)
		if !slices.Contains(keys, key) {
			others += len(times)
		}
	}
	allowed := 0
	if !full() {
		allowed = all / 10
	}
	if others > allowed || all == 0 {
		t.Errorf("%d of %d responses are not %s:%s", others, all, strings.Join(keys, ", "), y)
	}
}
