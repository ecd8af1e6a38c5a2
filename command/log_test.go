package command

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/handlers/auth"
	"afterhours/logs"
)

// TestLogWithoutReader: a server goes on if nobody reads its log, and if nobody ever will, and ends at
// SIGTERM. Its lines are more than a pipe holds.
func TestLogWithoutReader(t *testing.T) {
	for name, away := range map[string]func(reader *os.File) error{
		"stalled": func(*os.File) error { return nil },
		"closed":  (*os.File).Close,
	} {
		t.Run(name, func(t *testing.T) {
			reader, stderr, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			dir := t.TempDir()
			command := exec.Command(program.Path(t), "serve", "--addr", "127.0.0.1:0", "--data", dir)
			command.Stderr = stderr
			p, err := program.Start(command)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = p.Process.Kill() }()
			token := program.Run(t, "token", "--data", dir)
			if err := away(reader); err != nil {
				t.Fatal(err)
			}
			client := checked.Client(t)
			client.Timeout = time.Minute
			for range 1000 { // 200 KB of lines
				if status, _, text := checked.Send(t, client, http.MethodGet, p.URL+program.Statistics, token, ""); status != http.StatusOK {
					t.Fatalf("GET = %d %s", status, text)
				}
			}
			if status, _, text := checked.Send(t, client, http.MethodGet, p.URL+"/livez", "", ""); status != http.StatusOK {
				t.Errorf("/livez = %d %s", status, text)
			}
			begun := time.Now()
			err = p.End(syscall.SIGTERM)
			if took := time.Since(begun); err != nil || took > finishTimeout {
				t.Errorf("the server ended after %v with %v", took, err)
			}
		})
	}
}

// TestStartIsLogged: one line tells what the server trusts, where its data is, and no password.
func TestStartIsLogged(t *testing.T) {
	dir := t.TempDir()
	p := program.Serve(t, dir, "--durability", "normal", "--issuer", "https://id.example.com", "--audience", "api")
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var starts []string
	for line := range strings.Lines(p.Log()) {
		if strings.Contains(line, `"msg":"the server starts"`) {
			starts = append(starts, line)
		}
	}
	if len(starts) != 1 {
		t.Fatalf("%d lines: %s", len(starts), p.Log())
	}
	var start struct {
		Issuers, Audiences      []string
		Data, Store, Durability string
		MaxConnections          int `json:"max_connections"`
		OpenFiles               int `json:"open_files"`
	}
	if err := json.Unmarshal([]byte(starts[0]), &start); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(start.Issuers, []string{auth.LocalName, "https://id.example.com"}) || !slices.Equal(start.Audiences, []string{"api"}) ||
		start.Data != dir || !filepath.IsAbs(start.Data) || start.Store != "sqlite" || start.Durability != "normal" ||
		start.MaxConnections <= 0 || start.MaxConnections >= start.OpenFiles {
		t.Errorf("%+v", start)
	}
}

// TestStoreAddress: the log shows the store without user, password and options.
func TestStoreAddress(t *testing.T) {
	for given, want := range map[string]string{
		"sqlite": "sqlite", "memory": "memory", "postgres://": "postgres://",
		"postgres://user:secret@host1,host2:5432/db?password=secret": "postgres://host1,host2:5432/db",
		"postgresql:///db?host=/run/postgresql":                      "postgresql:///db",
		"postgres://user:%zz@host/db":                                "postgres",
	} {
		if got := (&StoreFlags{Store: given}).address(); got != want {
			t.Errorf("%s is shown as %s, want %s", given, got, want)
		}
	}
}

// TestConnectionErrorsAreFew: anybody can cause errors of connections, so few of them have a line.
func TestConnectionErrorsAreFew(t *testing.T) {
	var text bytes.Buffer
	out := logs.NewWriter(&text, logs.JSON)
	errors := newErrorLog(slog.New(slog.NewJSONHandler(out, nil)))
	const count = 10_000
	for range count {
		errors.Print("http: TLS handshake error: EOF")
	}
	time.Sleep(1500 * time.Millisecond) // the number comes after a second
	out.Close(time.Minute)
	lines, leftOut := 0, 0
	for line := range strings.Lines(text.String()) {
		var entry struct {
			LinesLeftOut int `json:"lines_left_out"`
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		if leftOut += entry.LinesLeftOut; entry.LinesLeftOut == 0 {
			lines++
		}
	}
	if lines+leftOut != count || lines > count/2 {
		t.Errorf("%d lines, and %d are said to be left out of %d", lines, leftOut, count)
	}
}
