package handlers_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/logs"
	"afterhours/store/memory"
)

// logOf returns the lines of the log.
func logOf(t *testing.T, text string) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for line := range strings.Lines(text) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		lines = append(lines, entry)
	}
	return lines
}

// TestLogLines: the line of a request tells its route or else its path, and the reason of a refusal.
// It tells nothing that only the caller knows.
func TestLogLines(t *testing.T) {
	ts := newTestServer(t, memory.New())
	var log bytes.Buffer
	server, token := newServer(t, ts.store, ts.issuer, &log), ts.userToken(megan, "Analytics.ReadWrite")
	long := "/" + strings.Repeat("x", 300)
	for _, c := range []struct {
		method, path, token, body      string
		route, logged, problem, target string // "" for a field that is absent, or the empty route
	}{
		{"GET", "/livez", "", "", "/livez", "", "", ""},
		{"GET", collection, token, "", "/beta/me/analytics/activityStatistics", "", "", ""},
		{"GET", collection, "", "", "/beta/me/analytics/activityStatistics", "", "InvalidAuthenticationToken", "Authorization"},
		{"GET", collection + "?$filter=secret", token, "", "/beta/me/analytics/activityStatistics", "", "BadRequest", "$filter"},
		{"GET", collection + "?secret=1", token, "", "/beta/me/analytics/activityStatistics", "", "BadRequest", "other"},
		{"POST", collection, token, `{"@odata.type":"#microsoft.graph.callActivityStatistics","secret":1}`, "/beta/me/analytics/activityStatistics", "", "BadRequest", "other"},
		{"POST", collection, token, `{"@odata.type":"#microsoft.graph.callActivityStatistics","duration":"secret"}`, "/beta/me/analytics/activityStatistics", "", "BadRequest", "duration"},
		{"GET", collection + "/secret", token, "", "/beta/me/analytics/activityStatistics/:activityStatistics-id", "", "ResourceNotFound", ""},
		{"DELETE", "/livez", "", "", "", "/livez", "Request_BadRequest", ""},
		{"GET", "/no%0awhere%1b/%22", "", "", "", "/no%0Awhere%1B/%22", "ResourceNotFound", ""},
		{"GET", long, "", "", "", long[:200], "ResourceNotFound", ""},
		{"GET", "/beta/users/secret@example.com/typo/activityStatistics/secret/x", token, "", "", "/beta/users/:id/typo/activityStatistics/:id/x", "ResourceNotFound", ""},
		{"GET", "/beta/users('secret@example.com')/typo", token, "", "", "/beta/users/:id/typo", "ResourceNotFound", ""},
	} {
		log.Reset()
		request := httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.body))
		request.Header.Set("Content-Type", "application/json")
		if c.token != "" {
			request.Header.Set("Authorization", "Bearer "+c.token)
		}
		status := checked.Serve(t, server, request).Code
		lines := logOf(t, log.String())
		line := lines[len(lines)-1]
		got := func(name string) string { text, _ := line[name].(string); return text }
		took, isNumber := line["took_ms"].(float64)
		if len(lines) != 1 || line["status"] != float64(status) || got("route") != c.route || got("path") != c.logged || got("error") != c.problem ||
			got("target") != c.target || !isNumber || took < 0 || took > 60_000 || strings.Contains(log.String(), "secret") {
			t.Errorf("%s %.60s: %s", c.method, c.path, log.String())
		}
	}
}

// TestLogTellsWhyATokenIsRefused: the line of a refused token has the words that the caller got, and no part of the token.
func TestLogTellsWhyATokenIsRefused(t *testing.T) {
	ts := newTestServer(t, memory.New())
	var log bytes.Buffer
	server, token := newServer(t, ts.store, ts.issuer, &log), ts.userToken(megan, "Analytics.Read")
	for _, c := range []struct{ token, want string }{
		{"", "Access token is empty"},
		{token + "x", "signature"},
		{"secret", "three parts"},
		{token, ""},
	} {
		log.Reset()
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, collection, nil)
		if c.token != "" {
			request.Header.Set("Authorization", "Bearer "+c.token)
		}
		checked.Serve(t, server, request)
		lines := logOf(t, log.String())
		reason, has := lines[0]["reason"].(string)
		if len(lines) != 1 || has != (c.want != "") || !strings.Contains(reason, c.want) || strings.Contains(log.String(), "secret") {
			t.Errorf("%.10s: %s", c.token, log.String())
		}
	}
}

// TestStrangersCannotFillTheLog sends many requests without a valid token. Only the first of them and
// the number of the others are logged, while each request with a token has its line.
func TestStrangersCannotFillTheLog(t *testing.T) {
	ts := newTestServer(t, memory.New())
	var log bytes.Buffer
	out := logs.NewWriter(&log, logs.JSON)
	server, token := newServer(t, ts.store, ts.issuer, out), ts.userToken(megan, "Analytics.ReadWrite")
	ask := func(path, token string) {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		checked.Serve(t, server, request)
	}
	const floods, honest = 3000, 5
	for range floods / 3 {
		ask(collection, "")
		ask(collection, token+"x")
		ask("/openapi.yaml", "")
	}
	for range honest {
		ask(collection, token)
	}
	time.Sleep(1500 * time.Millisecond) // the number comes after a second
	out.Close(time.Minute)
	statuses, leftOut := map[float64]int{}, 0
	for _, line := range logOf(t, log.String()) {
		if status, isRequest := line["status"].(float64); isRequest {
			statuses[status]++
		} else if count, tells := line["lines_left_out"].(float64); tells {
			leftOut += int(count)
		}
	}
	strangers := statuses[http.StatusUnauthorized] + statuses[http.StatusOK] - honest
	if strangers+leftOut != floods || strangers > floods/2 {
		t.Errorf("%d lines and %d left out of %d: %v", strangers, leftOut, floods, slices.Collect(maps.Keys(statuses)))
	}
}
