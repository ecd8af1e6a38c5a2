//go:build !race

package handlers_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"afterhours/handlers/batch"
	"afterhours/store"
	"afterhours/store/memory"
)

// budgetPage is how many statistics the list of TestAllocations has.
const budgetPage = 50

// TestAllocations holds the allocations of a request to a budget, from the HTTP request to the bytes of the response.
// Those of the test's own request and recorder do not count. A number of allocations, other than a time, is the same on
// every machine. Each costs some 50 to 100 ns with its share of the collection.
func TestAllocations(t *testing.T) {
	patches := [2]string{fmt.Sprintf(seedPatch, 1), fmt.Sprintf(seedPatch, 2)}
	for _, test := range []struct {
		name, method, path   string
		bodies               [2]string // in turn, so that each PATCH changes something
		memory, sqlite, each int       // budgets, and by how many the allocations are divided
	}{
		{"PATCH", http.MethodPatch, collection + "/s0", patches, 32, 60, 1},
		{"GET", http.MethodGet, collection + "/s0", [2]string{}, 19, 20, 1},
		{"list, for each statistic", http.MethodGet, fmt.Sprintf("%s?$top=%d", collection, budgetPage), [2]string{}, 2, 2, budgetPage},
		{"filtered list, for each statistic", http.MethodGet, fmt.Sprintf("%s?$top=%d&$filter=startswith(id,'s')", collection, budgetPage), [2]string{}, 2, 3, budgetPage},
		{"batch, for each PATCH", http.MethodPost, "/beta/$batch", batches(http.MethodPatch, patches), 50, 62, batch.MaxRequests},
		{"batch, for each GET", http.MethodPost, "/beta/$batch", batches(http.MethodGet, [2]string{"null", "null"}), 42, 43, batch.MaxRequests},
	} {
		for name, kind := range map[string]struct {
			over   store.Store
			budget int
		}{"memory": {memory.New(), test.memory}, "sqlite": {openSQLite(t), test.sqlite}} {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				defer kind.over.Close()
				server, token := newBenchServer(t, kind.over)
				n := 0
				serve := func(handler http.Handler) func() {
					return func() {
						n++
						serveOne(t, handler, test.method, test.path, token, test.bodies[n%2], http.StatusOK)
					}
				}
				recorded := serveOne(t, server, test.method, test.path, token, test.bodies[0], http.StatusOK)
				same := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					maps.Copy(w.Header(), recorded.Header())
					_, _ = w.Write(recorded.Body.Bytes())
				})
				got := (testing.AllocsPerRun(200, serve(server)) - testing.AllocsPerRun(200, serve(same))) / float64(test.each)
				t.Logf("%.1f allocations, of at most %d", got, kind.budget)
				if got > float64(kind.budget) {
					t.Errorf("%.1f allocations; want at most %d. Find them by -memprofile with -memprofilerate 1", got, kind.budget)
				}
			})
		}
	}
}

// batches returns batches with as many requests of the method as there may be, which have the bodies.
func batches(method string, bodies [2]string) (texts [2]string) {
	for n, body := range bodies {
		items := make([]string, batch.MaxRequests)
		for i := range items {
			items[i] = fmt.Sprintf(`{"id":"%d","method":"%s","url":"/me/analytics/activityStatistics/s%d","headers":{"Content-Type":"application/json"},"body":%s}`, i, method, i, body)
		}
		texts[n] = `{"requests":[` + strings.Join(items, ",") + `]}`
	}
	return texts
}
