package metrics_test

import (
	"strings"
	"testing"

	"afterhours/store/cassandra/cassandratest"
)

// TestStoreOverCassandra: the calls of a store over a ring are counted by their methods and results. It has no files
// and no pools, so it has no other metrics of the store.
func TestStoreOverCassandra(t *testing.T) {
	w := watch(t, t.TempDir(), "--store", cassandratest.Address(t))
	w.create(t, "call")
	for range 2 {
		w.ask(t, "DELETE", "/beta/me/analytics/activityStatistics/call", w.token, "")
	}
	for result, want := range map[string]float64{"ok": 1, "not_found": 1} {
		labels := map[string]string{"operation": "Delete", "result": result}
		if got := w.value(t, "afterhours_store_call_duration_seconds", labels); got != want {
			t.Errorf("%v calls of Delete with the result %s; want %v", got, result, want)
		}
	}
	for _, name := range own(w.scrape(t, "")) {
		if strings.HasPrefix(name, "afterhours_store_") && name != "afterhours_store_call_duration_seconds" {
			t.Errorf("there is %s", name)
		}
	}
}
