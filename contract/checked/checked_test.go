package checked_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// complaints collects the errors of a test.
type complaints []string

func (*complaints) Helper() {}

func (c *complaints) Errorf(format string, values ...any) {
	*c = append(*c, fmt.Sprintf(format, values...))
}

// TestServe: a response that breaks the contract fails the test, in a batch too, and a
// response that keeps it does not.
func TestServe(t *testing.T) {
	const (
		id       = "01a20c5f-3e4f-7e6d-ad37-534eabbb7eb1"
		batch    = `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/settings"}]}`
		settings = `{"hasGraphMailbox":true,"hasLicense":true,"hasOptedOut":false}`
		headers  = `"headers":{"Content-Type":"application/json","request-id":"` + id + `","OData-Version":"4.0","x-ms-ags-diagnostic":"{}"}`
		failure  = `{"error":{"code":"BadRequest","message":"m","innerError":{"date":"2026-11-24T00:00:00","request-id":"` + id + `"}}}`
	)
	within := func(status int, body string) string {
		return fmt.Sprintf(`{"responses":[{"id":"1","status":%d,%s,"body":%s}]}`, status, headers, body)
	}
	for _, row := range []struct {
		path, body string
		status     int
		answer     string
		complaint  string // "" for none
	}{
		{"/beta/me/analytics/settings", "", 200, settings, ""},
		{"/beta/me/analytics/settings", "", 200, `{"hasLicense":"yes"}`, "hasLicense"},
		{"/beta/me/analytics/settings", "", 201, settings, "status"},
		{"/beta/me/analytics/settings", "", 404, `{"error":"no"}`, "error"},
		{"/beta/nowhere", "", 404, failure, ""},
		{"/beta/nowhere", "", 200, settings, "no operation"},
		{"/readyz", "", 200, "ok", ""},
		{"/beta/$batch", batch, 200, within(200, settings), ""},
		{"/beta/$batch", batch, 200, within(400, failure), ""},
		{"/beta/$batch", batch, 200, within(404, failure), "status"},
		{"/beta/$batch", batch, 200, within(424, failure), ""},
		{"/beta/$batch", batch, 200, within(424, `{}`), "error"},
		{"/beta/$batch", batch, 200, within(200, `{"hasLicense":true}`), `the response to "1"`},
		{"/beta/$batch", batch, 200, `{"responses":[]}`, "0 responses to 1 requests"},
		{"/beta/$batch", batch, 200, strings.Replace(within(200, settings), `"id":"1"`, `"id":"2"`, 1), `is to "2"`},
	} {
		method := http.MethodGet
		if row.body != "" {
			method = http.MethodPost
		}
		var all complaints
		checked.Serve(&all, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["request-id"] = []string{id}
			w.Header()["x-ms-ags-diagnostic"] = []string{"{}"}
			w.Header().Set("OData-Version", "4.0")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(row.status)
			_, _ = w.Write([]byte(row.answer))
		}), httptest.NewRequest(method, row.path, strings.NewReader(row.body)))
		if all := strings.Join(all, "\n"); (all == "") != (row.complaint == "") || !strings.Contains(all, row.complaint) {
			t.Errorf("%s %d %s: complaints %q, want %q", row.path, row.status, row.answer, all, row.complaint)
		}
	}
}
