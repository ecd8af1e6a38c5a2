package metrics_test

import (
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"afterhours/contract/program"
)

// limited is a server that lets callers send one request a second, with few connections.
type limited struct {
	*watched
	t *testing.T
}

func limitedServer(t *testing.T) *limited {
	t.Helper()
	dir := t.TempDir()
	server, err := program.Start(exec.Command("sh", "-c", `ulimit -n 128; exec "$0" "$@"`, program.Path(t), "serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0",
		"--store", "memory", "--data", dir, "--limit", "1"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill() })
	return &limited{watchServer(t, server, dir), t}
}

// connect opens a connection that stays open until the end of the test.
func (l *limited) connect() {
	connection, err := l.Dial()
	if err != nil {
		l.t.Error(err)
		return
	}
	l.t.Cleanup(func() { _ = connection.Close() })
}

// read sends a request that is throttled if it is not among the first.
func (l *limited) read() {
	l.ask(l.t, http.MethodGet, "/beta/me/analytics/settings", l.token, "")
}

// contractVersion returns the version of openapi.yaml.
func contractVersion(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(regexp.MustCompile(`(?m)^  version: (\S+)$`).FindSubmatch(text)[1])
}
