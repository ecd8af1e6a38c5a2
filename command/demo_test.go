package command

import (
	"afterhours/contract/checked"
	"afterhours/contract/program"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestDemo runs serve --demo in an empty folder and then the printed command, as the README
// shows: with a client of its own, and with curl if that is installed.
func TestDemo(t *testing.T) {
	p := program.Serve(t, filepath.Join(t.TempDir(), "data"), "--demo")
	var printed strings.Builder
	for !strings.HasSuffix(printed.String(), "}'\n") {
		printed.WriteString(p.Line() + "\n")
	}
	_, curl, found := strings.Cut(printed.String(), "curl ")
	if !found {
		t.Fatalf("no command: %s", printed.String())
	}
	url := regexp.MustCompile(`http://\S+`).FindString(curl)
	token := regexp.MustCompile(`Bearer ([^']+)'`).FindStringSubmatch(curl)[1]
	body := curl[strings.Index(curl, "-d '")+4 : strings.LastIndex(curl, "'")]
	client := checked.Client(t)
	for _, base := range []string{"/beta/me", "/v1.0/me", "/localtest/me", "/beta/users/" + demoUser, "/v1.0/users/" + demoUPN, "/localtest/users/" + demoUser} {
		status, _, text := checked.Send(t, client, "PATCH", strings.Replace(url, "/beta/me", base, 1), token, body)
		if status != http.StatusOK || !strings.Contains(text, `"duration":"-PT1M55.0810357S","afterHours":"-PT1M34.3242013S"`) {
			t.Errorf("%s: %d %s", base, status, text)
		}
	}
	if _, _, count := checked.Send(t, client, "GET", url[:strings.LastIndex(url, "/")]+"/$count", token, ""); count != "35" {
		t.Errorf("%s statistics, want 35", count)
	}
	if _, err := exec.LookPath("curl"); err == nil {
		if status, text := runCurl(t, "PATCH", curl); status != http.StatusOK || !strings.Contains(text, `"duration":"-PT1M55.0810357S"`) {
			t.Errorf("curl: %d %s", status, text)
		}
	}
	for _, addr := range []string{p.URL, strings.TrimPrefix(p.URL, "http://")} {
		if out := mustRun(t, "health", "--addr", addr); out != "ready" {
			t.Errorf("health: %q", out)
		}
	}
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v: %s", err, p.Log())
	}
	if _, err := run(t, "health", "--addr", p.URL); err == nil {
		t.Error("health of a server that has ended succeeds")
	}
}
