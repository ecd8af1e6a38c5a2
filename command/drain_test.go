package command

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// askReady returns the response of /readyz on a connection of its own.
func askReady(t *testing.T, url string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true
	response, err := checked.Client(t).Do(request)
	if err == nil {
		_ = response.Body.Close()
	}
	return response, err
}

// awaitDraining waits until a server that got SIGTERM is not ready.
func awaitDraining(t *testing.T, p *program.Server) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		response, err := askReady(t, p.URL)
		switch {
		case err != nil:
			t.Fatalf("the listener is closed before a probe could see that the server ends: %v", err)
		case response.StatusCode == http.StatusServiceUnavailable:
			return
		case time.Now().After(deadline):
			t.Fatal("the server stays ready after SIGTERM")
		}
	}
}

// TestDrainTime: after SIGTERM a server with --drain is not ready, serves on, asks its clients to close
// their connections, and then ends with 0. Its log has no error.
func TestDrainTime(t *testing.T) {
	dir := t.TempDir()
	token := mustRun(t, "token", "--data", dir)
	p := program.Serve(t, dir, "--store", "memory", "--drain", "4s")
	if response, err := askReady(t, p.URL); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("/readyz before the end: %v, %v", response, err)
	}
	begun := time.Now()
	awaitDraining(t, p)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+program.Statistics, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := checked.Client(t).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK || !response.Close {
		t.Errorf("a request meanwhile: %d, and the connection is to be closed: %t", response.StatusCode, response.Close)
	}
	if _, err := p.Process.Wait(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < 4*time.Second {
		t.Errorf("the server ended after %v", took)
	}
	log := p.Log()
	if !strings.Contains(log, `"msg":"serving for another 4s while /readyz is 503, then finishing the requests under way; a second signal stops now"`) || strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("the log is %s", log)
	}
}

// TestSecondSignalWhileDraining: a second signal ends the server at once.
func TestSecondSignalWhileDraining(t *testing.T) {
	p := program.Serve(t, t.TempDir(), "--store", "memory", "--drain", "1h")
	awaitDraining(t, p)
	if err := p.End(syscall.SIGTERM); err == nil || !strings.Contains(err.Error(), "signal: terminated") {
		t.Errorf("the server ended with %v", err)
	}
}
