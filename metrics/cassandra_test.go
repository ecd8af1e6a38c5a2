package metrics_test

import (
	"net/http"
	"strings"
	"testing"

	"afterhours/contract/program"
	"afterhours/store/cassandra/cassandratest"
)

// TestStoreOverCassandra: the calls of a store over a ring are counted by their methods and results. It has no files
// and no pools, so it has no other metrics of the store.
func TestStoreOverCassandra(t *testing.T) {
	w := watch(t, t.TempDir(), "--store", cassandratest.Address(t))
	w.create(t, "call")
	w.ask(t, http.MethodGet, program.Statistics+"/another", w.token, "")
	for result, operation := range map[string]string{"ok": "Put", "not_found": "Get"} {
		labels := map[string]string{"operation": operation, "result": result}
		if w.value(t, "afterhours_store_call_duration_seconds", labels) == 0 {
			t.Errorf("no call of %s has the result %s", operation, result)
		}
	}
	for _, name := range own(w.scrape(t, "")) {
		if strings.HasPrefix(name, "afterhours_store_") && name != "afterhours_store_call_duration_seconds" {
			t.Errorf("there is %s", name)
		}
	}
}
