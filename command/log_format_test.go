package command

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// TestLogFormats: standard error is JSON unless it is a terminal. On a terminal it has lines for people,
// in colours unless the environment forbids them.
func TestLogFormats(t *testing.T) {
	const (
		json   = `^\{"time":.*"msg":"request".*"status":401.*\}$`
		plain  = `^\d\d:\d\d:\d\d\.\d{3} INF GET /v1.0/me/analytics/activityStatistics status=401 took=[\d.]+ms id=\S+ error=InvalidAuthenticationToken target=Authorization reason=".*no token after the word Bearer.*"$`
		colour = `^\x1b\[2m\d\d:\d\d:\d\d\.\d{3}\x1b\[0m \x1b\[92mINF\x1b\[0m GET /v1.0/me/analytics/activityStatistics \x1b\[2;33mstatus=\x1b\[22m401\x1b\[0m .*$`
	)
	for _, row := range []struct {
		name, environment, flags string
		onTerminal               bool
		want                     string
	}{
		{"a pipe", "TERM=xterm", "", false, json},
		{"a pipe with text", "TERM=xterm", "--log-format text", false, plain},
		{"a terminal", "TERM=xterm", "", true, colour},
		{"a terminal with JSON", "TERM=xterm AFTERHOURS_LOG_FORMAT=json", "", true, json},
		{"NO_COLOR", "TERM=xterm NO_COLOR=1", "", true, plain},
		{"an empty NO_COLOR", "TERM=xterm NO_COLOR=", "--log-format auto", true, colour},
		{"TERM=dumb", "TERM=dumb", "", true, plain},
	} {
		t.Run(row.name, func(t *testing.T) {
			line := "env -u NO_COLOR " + row.environment + " " + program.Path(t) + " serve --addr 127.0.0.1:0 --store memory --data " + t.TempDir() + " " + row.flags
			var screen *screen
			if row.onTerminal {
				screen = onTerminal(t, line)
			} else {
				screen = show(t, exec.Command("sh", "-c", "exec "+line+" 2>&1"))
			}
			url := screen.read(`^listening on (http://[\d.:]+)$`)[1]
			if status, _, text := checked.Send(t, checked.Client(t), http.MethodGet, url+program.Statistics, "", ""); status != http.StatusUnauthorized {
				t.Fatalf("GET = %d %s", status, text)
			}
			if line := screen.read(`^.*/v1.0/me/analytics/activityStatistics.*$`)[0]; !regexp.MustCompile(row.want).MatchString(line) {
				t.Errorf("the line is %q, want %s", line, row.want)
			}
		})
	}
}

// TestLogFileForPeople: a file has JSON, or text without colours if that is asked for.
func TestLogFileForPeople(t *testing.T) {
	for flag, want := range map[string]string{"auto": `{"time":`, "text": "INF the server starts"} {
		file := filepath.Join(t.TempDir(), "server.log")
		if _, err := program.TryRun(t, "exec", "--log-format", flag, "--log-file", file, "--", "true"); err != nil {
			t.Fatal(err)
		}
		if text := mustRead(t, file); !strings.Contains(text, want) || strings.Contains(text, "\x1b") {
			t.Errorf("--log-format %s: %s", flag, text)
		}
	}
}
