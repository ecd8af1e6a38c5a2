package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// TestCommandLine: what is wrong with a command line is said, and where.
func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	for _, row := range []struct {
		args, message string
		code          int
	}{
		{"serve --prot 1", "unknown flag: --prot", 2},
		{"serve --store postgres://nobody:secret@127.0.0.1:1/none?connect_timeout=1", "127.0.0.1", 1},
		{"serve --store mongodb", "must be sqlite, memory or a URL", 2},
		{"serve --durability some", "must be full or normal", 2},
		{"serve --addr nowhere", "--addr", 1},
		{"serve --public-url graph.example.com", "write scheme, host and port", 1},
		{"serve --audience x", "none is given", 2},
		{"serve --issuer https://a.example,https://b.example --audience x", "one absolute URL", 1},
		{"token --expires 500ms", "needs a lifetime", 1},
		{"user add --upn q@x --id", "flag needs an argument", 2},
		{"user add --upn q@x --id " + demoUser + " --tenant x", "--tenant \"x\" is no GUID", 2},
		{"user add --upn " + demoUser + " --id " + demoUser, "no user principal name", 2},
		{"user add --upn a/b --id " + demoUser, "no user principal name", 2},
		{"user list --store memory", "keeps nothing", 2},
		{"user", "say add, list or remove", 2},
		{"user bogus", "unknown command", 2},
		{"serve extra", "unknown command", 2},
		{"serve --tls-cert a", "needs --tls-key", 2},
		{"serve --tls-key a", "needs --tls-cert", 2},
		{"serve --tls-dev --tls-cert a --tls-key b", "not both", 2},
		{"serve --store memory --tls-cert nothing --tls-key nothing", "no such file", 1},
		{"serve --store memory --tls-dev --addr graph.microsoft.com:0", "give --tls-cert", 1},
		{"health --ca nothing", "--ca", 1},
		{"token --tenant me", "tenant must be a GUID", 1},
		{"token --role A --scope B", "not both", 1},
		{"user add --id x --upn y", "--id \"x\" is no GUID", 2},
		{"user add --upn y", "required flag(s) \"id\" not set", 2},
		{"fly", "unknown command", 2},
		{"health --addr http://127.0.0.1:1", "refused", 1},
	} {
		args := strings.Fields(row.args)
		if args[0] != "health" && args[0] != "fly" && !strings.HasSuffix(row.args, "--id") {
			args = append(args, "--data", dir)
		}
		_, err := command(t, args...)
		if err == nil || !strings.Contains(err.Error(), row.message) || exitCode(err) != row.code {
			t.Errorf("%s: %v, exit code %d", row.args, err, exitCode(err))
		}
	}
	if out := mustCommand(t, "version"); !strings.HasPrefix(out, "afterhours ") {
		t.Errorf("version: %s", out)
	}
	environment := func(name string) string {
		return map[string]string{"AFTERHOURS_DATA": dir, "AFTERHOURS_EXPIRES": "soon"}[name]
	}
	err := run(context.Background(), []string{"token"}, environment, strings.NewReader(""), io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "AFTERHOURS_EXPIRES") {
		t.Errorf("a bad environment variable: %v", err)
	}
}

// TestUsers: names given on the command line, beside a running server.
func TestUsers(t *testing.T) {
	dir := t.TempDir()
	p := startServe(t, dir)
	app := mustCommand(t, "token", "--data", dir, "--role", "Analytics.ReadWrite.All")
	byName := p.url + "/beta/users/jane@example.com/analytics/activityStatistics/$count"
	if status, _, text := send(t, checked.Client(t), "GET", byName, app, ""); status != http.StatusNotFound {
		t.Errorf("before: %d %s", status, text)
	}
	const jane = "0F8FAD5B-d9cb-469f-a165-70867728950e"
	mustCommand(t, "user", "add", "--data", dir, "--id", jane, "--upn", "Jane@Example.com")
	if status, _, text := send(t, checked.Client(t), "GET", byName, app, ""); status != http.StatusOK || text != "0" {
		t.Errorf("after: %d %s", status, text)
	}
	if got := mustCommand(t, "user", "list", "--data", dir); got != strings.ToLower(jane)+" jane@example.com" {
		t.Errorf("list: %q", got)
	}
	mustCommand(t, "user", "remove", "--data", dir, "--upn", "JANE@example.com")
	if status, _, _ := send(t, checked.Client(t), "GET", byName, app, ""); status != http.StatusNotFound {
		t.Errorf("after remove: %d", status)
	}
	if _, err := command(t, "user", "remove", "--data", dir, "--upn", "jane@example.com"); err == nil {
		t.Error("removing a name twice succeeds")
	}
}
