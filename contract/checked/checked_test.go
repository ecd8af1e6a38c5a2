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

// Parts of requests and responses.
const (
	id       = "01a20c5f-3e4f-7e6d-ad37-534eabbb7eb1"
	settings = `{"hasGraphMailbox":true,"hasLicense":true,"hasOptedOut":false}`
	failure  = `{"error":{"code":"BadRequest","message":"m","innerError":{"date":"2026-11-24T00:00:00","request-id":"` + id + `"}}}`
)

// TestServe: a response that breaks the contract fails the test, in a batch too, and a
// response that keeps it does not.
func TestServe(t *testing.T) {
	const (
		batch   = `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/settings"}]}`
		headers = `"headers":{"Content-Type":"application/json","request-id":"` + id + `","OData-Version":"4.0","x-ms-ags-diagnostic":"{}"}`
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
		checkRow(t, row.path, "application/json", row.body, row.status, "application/json", row.answer, row.complaint)
	}
}

// checkRow serves a request and its response, and fails the test unless the complaint about the response has the part, "" for
// no complaint.
func checkRow(t *testing.T, path, contentType, body string, status int, answerType, answer, complaint string) {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("Content-Type", contentType)
	var all complaints
	checked.Serve(&all, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["request-id"] = []string{id}
		w.Header()["x-ms-ags-diagnostic"] = []string{"{}"}
		w.Header().Set("OData-Version", "4.0")
		w.Header().Set("Content-Type", answerType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}), request)
	if all := strings.Join(all, "\n"); (all == "") != (complaint == "") || !strings.Contains(all, complaint) {
		t.Errorf("%s %d %s: complaints %q, want %q", path, status, answer, all, complaint)
	}
}

// TestServeMultipart is TestServe for multipart batches, also those that stopped or of which a change set failed.
func TestServeMultipart(t *testing.T) {
	const form = "multipart/mixed; boundary=b"
	part := func(boundary, contentID, text string) string {
		return "--" + boundary + "\r\nContent-Type: application/http\r\nContent-ID: " + contentID + "\r\n\r\n" + text + "\r\n"
	}
	set := func(parts ...string) string {
		return "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n" + strings.Join(parts, "") + "--c--\r\n"
	}
	get := func(id string) string { return part("b", id, "GET me/analytics/settings HTTP/1.1\r\n\r\n") }
	patch := func(id string) string { return part("c", id, "PATCH me/analytics/settings HTTP/1.1\r\n\r\n{}") }
	answer := func(boundary, contentID string, status int, body string) string {
		return part(boundary, contentID, fmt.Sprintf("HTTP/1.1 %d x\r\nContent-Type: application/json\r\nrequest-id: %s\r\nOData-Version: 4.0\r\n"+
			"x-ms-ags-diagnostic: {}\r\nContent-Length: %d\r\n\r\n%s", status, id, len(body), body))
	}
	for _, row := range []struct{ sent, answer, complaint string }{
		{get("1") + get("2"), answer("b", "1", 200, settings) + answer("b", "2", 400, failure), ""},
		{get("1") + get("2"), answer("b", "1", 400, failure), ""},
		{get("1"), answer("b", "1", 200, settings) + answer("b", "2", 200, settings), "2 responses to 1"},
		{get("1") + get("2"), answer("b", "2", 200, settings), `is to "2"`},
		{get("1"), answer("b", "1", 200, `{"hasLicense":true}`), `the response to "1"`},
		{get("1"), answer("b", "1", 404, failure), "status"},
		{set(patch("1"), patch("2")) + get("3"), set(answer("c", "1", 200, settings), answer("c", "2", 200, settings)) + answer("b", "3", 200, settings), ""},
		{set(patch("1"), patch("2")) + get("3"), answer("b", "2", 412, failure) + answer("b", "3", 200, settings), ""},
		{set(patch("1"), patch("2")) + get("3"), answer("b", "2", 418, failure), "status"},
		{set(patch("1"), patch("2")) + get("3"), set(answer("c", "2", 200, settings)), `is to "2"`},
	} {
		checkRow(t, "/beta/$batch", form, row.sent+"--b--\r\n", 200, form, row.answer+"--b--\r\n", row.complaint)
	}
}
