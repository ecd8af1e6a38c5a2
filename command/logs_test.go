package command

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// The log must contain none of these.
const (
	secretUser = "5ec2e700-0000-4000-8000-000000000001"
	secretUPN  = "secret.name@example.com"
	secretBody = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"secret-id","timeZoneUsed":"secret zone",
		"startDate":"1987-06-05","endDate":"1987-06-05","duration":"PT7H7M7.7070707S"}`
)

// TestLogsTellNothing makes every operation succeed and fail in many ways, at last on a
// damaged store. Every line of the log must be one JSON object, and contain nothing of a
// token, a user, a query, a header or a statistic. The path of a request without a route is
// the only text of a caller.
func TestLogsTellNothing(t *testing.T) {
	dir := t.TempDir()
	p := program.Serve(t, dir)
	user := mustRun(t, "token", "--data", dir, "--user", secretUser, "--upn", secretUPN, "--scope", "Analytics.ReadWrite")
	namesake := mustRun(t, "token", "--data", dir, "--upn", secretUPN) // with a name that belongs to another user
	app := mustRun(t, "token", "--data", dir, "--role", "Analytics.ReadWrite.All")
	tokens := []string{user, namesake, app, "secret-token", "", "secret.secret.secret", user + "x"}
	client := checked.Client(t)
	count := 0
	ask := func(method, path, token, body string) (int, string) {
		t.Helper()
		count++
		status, _, answer := checked.Send(t, client, method, p.URL+path, token, body)
		return status, answer
	}
	for _, one := range checked.Operations(t) {
		for _, path := range secretPaths(one) {
			for _, token := range tokens {
				for _, body := range []string{secretBody, `{"timeZoneUsed":"secret`, `{"secret":1}`, `{"requests":[{"id":"secret","method":"GET","url":"/me/analytics/typo?secret=1"}]}`} {
					ask(one.Method, path, token, body)
					ask(one.Method, path+"?$filter=timeZoneUsed%20eq%20%27secret%27", token, body)
				}
			}
		}
	}
	for _, hostile := range hostileLines(user) {
		count++
		shout(t, p, hostile)
	}

	if status, answer := ask("PATCH", program.Statistics+"/secret-id?$select=id", user, secretBody[:len(secretBody)-1]+`,"@odata.id":"secret"}`); status != http.StatusOK && status != http.StatusNotFound {
		t.Errorf("PATCH = %d %s", status, answer)
	}
	_, _ = ask("POST", program.Statistics, user, secretBody)
	for _, damage := range []string{"start_date = 'secret date'", "start_date = 'secret' || char(10) || '{}'"} {
		damageStore(t, dir, damage)
		for _, path := range []string{"", "/secret-id", "/secret-id/startDate", "/secret-id/startDate/$value"} {
			if status, answer := ask("GET", program.Statistics+path, user, ""); status != http.StatusInternalServerError || strings.Contains(answer, "secret date") {
				t.Errorf("GET of a damaged statistic = %d %s", status, answer)
			}
		}
	}

	time.Sleep(1500 * time.Millisecond) // the number of lines that were left out comes after a second
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	log := p.Log()
	parts := strings.Split(user, ".")
	for _, secret := range append(parts, "secret", secretUser, "PT7H7M", "256277070707", "1987-06-05", "Bearer eyJ", "\x1b", "u001b", "127.0.0.1") {
		if at := strings.Index(log, secret); at >= 0 {
			t.Errorf("%q is in the log: %s", secret, log[max(0, at-200):min(len(log), at+200)])
		}
	}
	requests := 0
	for line := range strings.Lines(log) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Errorf("%v: %s", err, line)
		}
		if leftOut, tells := entry["lines_left_out"].(float64); tells {
			requests += int(leftOut)
		}
		if entry["msg"] == "request" {
			requests++
			for _, optional := range []string{"path", "error", "target", "reason"} { // only path may have what a caller invented
				delete(entry, optional)
			}
			if names := slices.Sorted(maps.Keys(entry)); strings.Join(names, " ") != "client_request_id level method msg request_id route status time took_ms" {
				t.Errorf("a line has %v", names)
			}
		}
		if strings.Contains(fmt.Sprint(entry), "FORGED") {
			t.Errorf("a line has what a caller forged: %s", line)
		}
	}
	if requests < count { // requests in a batch have lines of their own
		t.Errorf("%d lines for %d requests", requests, count)
	}
}

// secretPaths returns the paths of an operation, with the user's id and with the name.
func secretPaths(operation checked.Operation) []string {
	var paths []string
	for _, name := range []string{secretUser, secretUPN} {
		paths = append(paths, operation.Path("{user-id}", name, "{activityStatistics-id}", "secret-id", "{property}", "timeZoneUsed", "{settings-property}", "hasLicense"))
	}
	return slices.Compact(paths) // the same twice if the path has no user
}

// hostileLines returns requests that try to add lines of their own to the log.
func hostileLines(token string) []string {
	var all []string
	for _, line := range []string{
		"GET /%0a{%22level%22:%22FORGED%22} HTTP/1.1", `GET /{"level":"FORGED"}%1b[2J HTTP/1.1`, "FORGED /beta/me HTTP/1.1", "GET http://FORGED/beta/me/analytics HTTP/1.1",
		"GET " + program.Statistics + "/a%0d%0aFORGED%1b[31m HTTP/1.1", "GET " + program.Statistics + "?$filter=FORGED%0aFORGED HTTP/1.1", "GET /beta/users/FORGED%0a/analytics HTTP/1.1",
	} {
		for _, header := range []string{`User-Agent: FORGED","level":"ERROR`, `client-request-id: FORGED","status":"200`, "client-request-id: FORGED FORGED", `Prefer: FORGED="`, `SdkVersion: FORGED{`, "X-Forwarded-For: FORGED"} {
			all = append(all, line+"\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "+token+"\r\n"+header+"\r\n\r\n")
		}
	}
	return all
}

// shout sends the bytes of a request and checks the response against the contract.
func shout(t *testing.T, p *program.Server, bytes string) {
	t.Helper()
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(bytes)))
	if err != nil {
		t.Fatal(err)
	}
	connection, err := p.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_, _ = io.WriteString(connection, bytes)
	response, err := http.ReadResponse(bufio.NewReader(connection), request)
	if err != nil {
		t.Fatalf("%.60q: %v", bytes, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusInternalServerError {
		t.Errorf("%.60q: %d %v", bytes, response.StatusCode, err)
	}
	if given := response.Header.Get("client-request-id"); given != "" {
		t.Errorf("%.60q: client-request-id %q is echoed", bytes, given)
	}
	checked.Answer(t, request.WithContext(t.Context()), response, body)
}

// damageStore changes all statistics in the file of a running server.
func damageStore(t *testing.T, dir, set string) {
	t.Helper()
	file, err := sql.Open("sqlite", filepath.Join(dir, "afterhours.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := file.ExecContext(t.Context(), "UPDATE statistics SET "+set); err != nil {
		t.Fatal(err)
	}
}
