package durability_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// readGoroutines reads how many goroutines the metrics of a server name.
func readGoroutines(t *testing.T, metrics string) float64 {
	t.Helper()
	status, _, text := checked.Send(t, http.DefaultClient, http.MethodGet, metrics, "", "")
	if status != http.StatusOK {
		t.Fatalf("%s = %d", metrics, status)
	}
	for line := range strings.Lines(text) {
		if number, ok := strings.CutPrefix(line, "go_goroutines "); ok {
			value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatal("the metrics do not name the goroutines")
	return 0
}
