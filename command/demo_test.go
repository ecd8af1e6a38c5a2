package command

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store"
	"afterhours/store/edm"
)

// TestDemo runs serve --demo in an empty folder and then the printed commands, as the README
// shows: with a client of its own, and with curl if that is installed.
func TestDemo(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := program.Serve(t, data, "--demo")
	printed := readIntroduction(t, p)
	week := demoWeek(time.Now())
	if want := fmt.Sprintf("\nloaded 35 statistics of the week %s to %s for megan@example.com\nthe negative call of %s is Graph's own example\n", week, week.AddDays(6), week.AddDays(3)); !strings.HasPrefix(printed.text, want) {
		t.Errorf("printed is %s\nwant %s", printed.text, want)
	}
	token := strings.TrimSpace(strings.TrimPrefix(printed.token, "TOKEN="))
	panel := fmt.Sprintf("\n  week  %[1]s/#token=%[2]s\n  docs  %[1]s/docs#token=%[2]s\n  stop  Ctrl-C\n", p.URL, token)
	if strings.Count(printed.text, token) != 3 || !strings.Contains(printed.text, panel) {
		t.Errorf("printed is %s\nwant the token for the shell, and %s", printed.text, panel)
	}
	client := checked.Client(t)
	for _, base := range []string{"/beta/me", "/v1.0/me", "/localtest/me", "/beta/users/" + demoUser, "/v1.0/users/" + demoUPN, "/localtest/users/" + demoUser} {
		status, _, text := checked.Send(t, client, "PATCH", strings.Replace(printed.url, "/beta/me", base, 1), token, printed.body)
		if status != http.StatusOK || !strings.Contains(text, `"duration":"-PT1M55.0810357S","afterHours":"-PT1M34.3242013S"`) {
			t.Errorf("%s: %d %s", base, status, text)
		}
	}
	if _, _, count := checked.Send(t, client, "GET", p.URL+program.Statistics+"/$count", token, ""); count != "35" {
		t.Errorf("%s statistics, want 35", count)
	}
	if _, err := exec.LookPath("curl"); err == nil {
		if status, text := runCurl(t, "GET", printed.token, printed.read); status != http.StatusOK || !strings.Contains(text, `"activity":"Call"`) {
			t.Errorf("curl: %d %s", status, text)
		}
		if status, text := runCurl(t, "PATCH", printed.token, printed.patch); status != http.StatusOK || !strings.Contains(text, `"duration":"-PT1M55.0810357S"`) {
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

// TestDemoAgain: a second start says how many statistics were there, and leaves them as they were.
func TestDemoAgain(t *testing.T) {
	data := t.TempDir()
	c := program.NewCreator(t, data)
	week := demoWeek(time.Now())
	first := program.Serve(t, data, "--demo")
	item := first.URL + program.Statistics + "/" + demoID(store.Focus, week.AddDays(1))
	if status, _, text := checked.Send(t, c.Client, "DELETE", item, c.Token, ""); status != http.StatusNoContent {
		t.Fatalf("DELETE: %d %s", status, text)
	}
	if err := first.End(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	printed := readIntroduction(t, program.Serve(t, data, "--demo"))
	if want := fmt.Sprintf("\nloaded 1 statistic of the week %s to %s for megan@example.com; already there and left unchanged: 34\n", week, week.AddDays(6)); !strings.HasPrefix(printed.text, want) {
		t.Errorf("printed is %s\nwant %s", printed.text, want)
	}
}

// TestDemoWeek: on each working day the numbers are those that a person could have, and only the
// call of Graph's own example is negative.
func TestDemoWeek(t *testing.T) {
	after := store.DefinitionOf("afterHours")
	for day := range 7 {
		working, sum := day >= 1 && day <= 5, edm.Duration(0)
		for _, one := range demoTypes {
			record := demoRecord(one.name, one.activity, demoWeek(time.Now()), day)
			duration := record.Duration.Value
			if one.name == store.Call && day == graphExampleDay {
				if duration.String() != "-PT1M55.0810357S" || after.Duration(&record).Value.String() != "-PT1M34.3242013S" {
					t.Errorf("Graph's example is %v", record)
				}
				continue
			}
			if sum += duration; (duration > 0) != working {
				t.Errorf("%s of day %d: %s", one.name, day, duration)
			}
			for _, part := range store.Durations() {
				if value := part.Duration(&record); value.Valid != part.Of(one.name) || value.Value < 0 || value.Value > duration {
					t.Errorf("%s of %s of day %d is %v, of %s in all", part.Name, one.name, day, value, duration)
				}
			}
			read, sent := store.DefinitionOf("readEmail").Duration(&record).Value, store.DefinitionOf("sentEmail").Duration(&record).Value
			if one.name == store.Email && read+sent != duration {
				t.Errorf("reading %s and writing %s are not %s", read, sent, duration)
			}
		}
		if hours := sum / (60 * ticksPerMinute); working != (hours >= 5) || hours > 9 {
			t.Errorf("day %d has %s", day, sum)
		}
	}
}
