package command

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/handlers/control"
)

// TestWhoMayControl: the flags decide whether the server has the control API.
func TestWhoMayControl(t *testing.T) {
	for _, one := range []struct {
		control         controlScope
		demo            bool
		addr, publicURL string
		want            controlScope
		isRefused       bool
	}{
		{controlUnset, false, "127.0.0.1:0", "", controlOff, false},
		{controlUnset, true, "127.0.0.1:0", "", controlLocal, false},
		{controlUnset, true, "0.0.0.0:0", "", controlOff, false},
		{controlUnset, true, "127.0.0.1:0", "https://graph.example.com", controlOff, false},
		{controlOff, true, "127.0.0.1:0", "", controlOff, false},
		{controlLocal, false, "127.0.0.1:0", "", controlLocal, false},
		{controlLocal, false, "[::1]:0", "", controlLocal, false},
		{controlLocal, false, "localhost:0", "http://localhost:8080", controlLocal, false},
		{controlLocal, false, ":0", "", controlOff, true},
		{controlLocal, false, "[::]:0", "", controlOff, true},
		{controlLocal, false, "0.0.0.0:0", "", controlOff, true},
		{controlLocal, false, "192.0.2.1:0", "", controlOff, true},
		{controlLocal, false, "graph.example.com:0", "", controlOff, true},
		{controlLocal, false, "127.0.0.1:0", "https://graph.example.com", controlOff, true},
		{controlAnywhere, false, "0.0.0.0:0", "https://graph.example.com", controlAnywhere, false},
	} {
		config := Config{Control: one.control, Demo: one.demo, Addr: one.addr, PublicURL: one.publicURL}
		if got, err := config.control(); got != one.want || (err != nil) != one.isRefused {
			t.Errorf("%+v: %q, %v", one, got, err)
		}
	}
}

// steer sends a request to the control API of a server.
func steer(t *testing.T, p *program.Server, token, method, path, body string) (status int, text string) {
	t.Helper()
	status, _, text = checked.Send(t, checked.Client(t), method, p.URL+path, token, body)
	return status, text
}

// TestControlOfADemo: a server with --demo goes back to the demo week, which follows the clock.
func TestControlOfADemo(t *testing.T) {
	dir := t.TempDir()
	token, role := mustRun(t, "token", "--data", dir), mustRun(t, "token", "--data", dir, "--role", control.Role)
	p := program.Serve(t, dir, "--demo")
	weekOf := func(now time.Time) string {
		return "/beta/me/analytics/activityStatistics/" + demoID("call", demoWeek(now))
	}
	now := time.Now()
	if status, text := steer(t, p, token, "DELETE", weekOf(now), ""); status != http.StatusNoContent {
		t.Fatalf("DELETE: %d %s", status, text)
	}
	if status, text := steer(t, p, role, "POST", "/control/reset", ""); status != http.StatusNoContent {
		t.Fatalf("reset: %d %s", status, text)
	}
	if status, text := steer(t, p, token, "GET", weekOf(now), ""); status != http.StatusOK {
		t.Errorf("after the reset: %d %s", status, text)
	}
	later := now.AddDate(0, 0, 7)
	steer(t, p, role, "PUT", "/control/clock", fmt.Sprintf(`{"now":%q}`, later.Format(time.RFC3339)))
	steer(t, p, role, "POST", "/control/reset", "")
	if status, text := steer(t, p, token, "GET", weekOf(later), ""); status != http.StatusUnauthorized {
		t.Errorf("a token of an hour, a week later: %d %s", status, text)
	}
	if status, text := steer(t, p, role, "PUT", "/control/clock", `{"now":null}`); status != http.StatusOK {
		t.Errorf("the control API does not follow real time: %d %s", status, text)
	}
	for week, want := range map[string]int{weekOf(later): http.StatusOK, weekOf(now): http.StatusNotFound} {
		if status, text := steer(t, p, token, "GET", week, ""); status != want {
			t.Errorf("%s: %d %s; want %d", week, status, text, want)
		}
	}
}

// TestServersWithoutControl: without --control, or if others reach the server, no route exists.
func TestServersWithoutControl(t *testing.T) {
	for _, args := range [][]string{{}, {"--demo", "--control=off"}, {"--demo", "--public-url", "https://graph.example.com"}} {
		dir := t.TempDir()
		role := mustRun(t, "token", "--data", dir, "--role", control.Role)
		p := program.Serve(t, dir, append(args, "--store", "memory")...)
		request, err := http.NewRequestWithContext(checked.As(t.Context(), "/nowhere"), "POST", p.URL+"/control/reset", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+role)
		response, err := checked.Client(t).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%v: %s", args, response.Status)
		}
	}
}

// TestWaitsEndWithTheServer: a request that waits for others does not delay the end of the server.
func TestWaitsEndWithTheServer(t *testing.T) {
	dir := t.TempDir()
	role := mustRun(t, "token", "--data", dir, "--role", control.Role)
	p := program.Serve(t, dir, "--control", "--store", "memory")
	if status, text := steer(t, p, role, "GET", "/control/clock", ""); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	answered := make(chan string)
	go func() {
		status, text := steer(t, p, role, "GET", "/control/requests?wait=PT30S", "")
		answered <- fmt.Sprint(status, " ", text)
	}()
	time.Sleep(200 * time.Millisecond)
	start := time.Now()
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if got := <-answered; !strings.HasPrefix(got, `200 {"value":[`) || time.Since(start) > finishTimeout-time.Second {
		t.Errorf("after %v: %s", time.Since(start), got)
	}
}

// TestDelaysEndWithTheServer: a request that a rule delays gets its response when the server ends.
func TestDelaysEndWithTheServer(t *testing.T) {
	dir := t.TempDir()
	role := mustRun(t, "token", "--data", dir, "--role", control.Role)
	user := mustRun(t, "token", "--data", dir)
	p := program.Serve(t, dir, "--control", "--store", "memory")
	if status, text := steer(t, p, role, "POST", "/control/faults", `{"delay":"PT30S"}`); status != http.StatusCreated {
		t.Fatalf("%d %s", status, text)
	}
	answered := make(chan int)
	go func() {
		status, _ := steer(t, p, user, "GET", program.Statistics, "")
		answered <- status
	}()
	for text := ""; !strings.Contains(text, `"applied":1`); time.Sleep(time.Millisecond) {
		_, text = steer(t, p, role, "GET", "/control/faults", "")
	}
	start := time.Now()
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if status := <-answered; status != http.StatusOK || time.Since(start) > finishTimeout-time.Second {
		t.Errorf("%d after %v", status, time.Since(start))
	}
}

// TestResetReturnsToTheSeed: the file of --seed is read once; a reset does not need it. The ready file has
// the token.
func TestResetReturnsToTheSeed(t *testing.T) {
	folder := t.TempDir()
	seed := filepath.Join(folder, "seed.jsonl")
	line := fmt.Sprintf(`{"tenant":%q,"user":%q,"statistic":{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"a","duration":"PT1H"}}`, demoTenant, demoUser)
	if err := os.WriteFile(seed, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startIn(t, folder, "--seed", seed, "--control", "--ready-file", "ready.json")
	ready := readReady(t, filepath.Join(folder, "ready.json"))
	if err := os.Remove(seed); err != nil {
		t.Fatal(err)
	}
	const item = "/beta/me/analytics/activityStatistics/a"
	if status, text := steer(t, p, ready.Token, "PATCH", item, `{"duration":"PT2H"}`); status != http.StatusOK {
		t.Fatalf("PATCH: %d %s", status, text)
	}
	if status, text := steer(t, p, ready.ControlToken, "POST", "/control/reset", ""); status != http.StatusNoContent {
		t.Fatalf("reset: %d %s", status, text)
	}
	if status, text := steer(t, p, ready.Token, "GET", item, ""); status != http.StatusOK || !strings.Contains(text, `"PT1H"`) {
		t.Errorf("after the reset: %d %s", status, text)
	}
}
