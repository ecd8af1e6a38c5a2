package command

import (
	"afterhours/contract/checked"
	"afterhours/contract/program"
	"net/http"
	"strings"
	"testing"
)

// TestUsers adds and removes names while a server runs, which sees each change at once.
func TestUsers(t *testing.T) {
	dir := t.TempDir()
	p := program.Serve(t, dir)
	app := mustRun(t, "token", "--data", dir, "--role", "Analytics.ReadWrite.All")
	byName := p.URL + "/beta/users/jane@example.com/analytics/activityStatistics/$count"
	if status, _, text := checked.Send(t, checked.Client(t), "GET", byName, app, ""); status != http.StatusNotFound {
		t.Errorf("before: %d %s", status, text)
	}
	const jane = "0F8FAD5B-d9cb-469f-a165-70867728950e"
	mustRun(t, "user", "add", "--data", dir, "--id", jane, "--upn", "Jane@Example.com")
	if status, _, text := checked.Send(t, checked.Client(t), "GET", byName, app, ""); status != http.StatusOK || text != "0" {
		t.Errorf("after: %d %s", status, text)
	}
	if got := mustRun(t, "user", "list", "--data", dir); got != strings.ToLower(jane)+" jane@example.com" {
		t.Errorf("list: %q", got)
	}
	mustRun(t, "user", "remove", "--data", dir, "--upn", "JANE@example.com")
	if status, _, _ := checked.Send(t, checked.Client(t), "GET", byName, app, ""); status != http.StatusNotFound {
		t.Errorf("after remove: %d", status)
	}
	if _, err := run(t, "user", "remove", "--data", dir, "--upn", "jane@example.com"); err == nil {
		t.Error("removing a name twice succeeds")
	}
}
