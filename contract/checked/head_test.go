package checked_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// TestHead checks that a response to HEAD is held to the operation of GET, but for the body.
func TestHead(t *testing.T) {
	for path, complaint := range map[string]string{
		"/beta/me/analytics/settings": "",
		"/beta/$batch":                "no operation",
		"/beta/nowhere":               "no operation",
	} {
		var all complaints
		checked.Serve(&all, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["request-id"] = []string{"01a20c5f-3e4f-7e6d-ad37-534eabbb7eb1"}
			w.Header()["x-ms-ags-diagnostic"] = []string{"{}"}
			w.Header().Set("OData-Version", "4.0")
			w.Header().Set("Content-Type", "application/json")
		}), httptest.NewRequest(http.MethodHead, path, http.NoBody))
		if all := strings.Join(all, "\n"); (all == "") != (complaint == "") || !strings.Contains(all, complaint) {
			t.Errorf("%s: complaints %q, want %q", path, all, complaint)
		}
	}
}
