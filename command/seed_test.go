package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// goodRow is a row of a seed: a call of the demo user.
const goodRow = `{"tenant":"` + demoTenant + `","user":"` + demoUser + `","statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"c1","duration":"PT1H"}}` + "\n"

// seedFile writes a seed and returns its path.
func seedFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSeed: the server begins with the rows that generate makes, of either format, and says how
// many there are.
func TestSeed(t *testing.T) {
	for _, format := range []string{"jsonl", "csv"} {
		file := seedFile(t, "weeks."+format, program.Run(t, "generate", "--users", "3", "--weeks", "2", "--format", format)+"\n")
		data := t.TempDir()
		p := program.Serve(t, data, "--store", "memory", "--seed", file)
		_, rows, _ := strings.Cut(mustRead(t, "testdata/generated.csv"), demoTenant+",") // of the same seed
		user, _, _ := strings.Cut(rows, ",")
		status, _, text := checked.Send(t, checked.Client(t), "GET", p.URL+program.Statistics+"/$count", mustRun(t, "token", "--data", data, "--user", user), "")
		if status != http.StatusOK || text != "70" {
			t.Errorf("%s: %s has %d %s statistics; want 70", format, user, status, text)
		}
		if err := p.End(syscall.SIGTERM); err != nil { // and the log is whole
			t.Error(err)
		}
		if log := p.Log(); !strings.Contains(log, `"msg":"loaded the seed","file":"`+file+`","created":210,"replaced":0,"unchanged":0`) {
			t.Errorf("%s: the log does not say what was loaded: %s", format, log)
		}
	}
}

// TestSeedReplaces: a row of the seed replaces what the store has, also a statistic of the demo,
// and all else stays.
func TestSeedReplaces(t *testing.T) {
	data, file := t.TempDir(), seedFile(t, "seed.jsonl", goodRow)
	token := mustRun(t, "token", "--data", data)
	p := program.Serve(t, data, "--demo", "--seed", file)
	item := program.Statistics + "/c1"
	if status, _, text := checked.Send(t, checked.Client(t), "PATCH", p.URL+item, token, `{"duration":"PT2H"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	again := program.Serve(t, data, "--seed", file)
	if _, _, text := checked.Send(t, checked.Client(t), "GET", again.URL+item, token, ""); !strings.Contains(text, `"duration":"PT1H"`) {
		t.Errorf("%s; want the duration of the seed", text)
	}
	if _, _, text := checked.Send(t, checked.Client(t), "GET", again.URL+program.Statistics+"/$count", token, ""); text != "36" {
		t.Errorf("%s statistics; want 36", text)
	}
}

// TestSeedRefused: a row that is refused ends the start, the error names it, and nothing is stored.
func TestSeedRefused(t *testing.T) {
	bad := strings.Replace(goodRow, "PT1H", "1 hour", 1)
	data := t.TempDir()
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"seed.jsonl", goodRow + bad + goodRow + bad, []string{"2 of 4 rows are refused, so none is stored: line 2: 'duration' is '1 hour'", "line 4: 'duration' is "}},
		{"seed.jsonl", strings.Repeat(bad, 9), []string{"9 of 9 rows", "line 5: "}},
		{"seed.csv", "PersonId,StatisticType,StatisticId,Duration\n" + demoUser + ",call,c1,1 hour\n", []string{"1 of 1 rows are refused", "line 2: Duration is '1 hour'"}},
		{"seed.json", goodRow, []string{"it must be JSON Lines or CSV; end the name in .jsonl or .csv"}},
		{"seed.csv", "Colour\nred\n", []string{"seed.csv: ", "Colour"}},
	} {
		file := seedFile(t, test.name, test.text)
		_, err := program.Start(exec.Command(program.Path(t), "serve", "--addr", "127.0.0.1:0", "--data", data, "--seed", file))
		for _, want := range append(test.want, "--seed "+file) {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(fmt.Sprint(err), "line 6") {
				t.Errorf("%v; want %s", err, want)
			}
		}
	}
	if _, err := run(t, "serve", "--addr", "127.0.0.1:0", "--store", "memory", "--seed", filepath.Join(data, "none")); err == nil || !strings.Contains(err.Error(), "--seed: there is no file ") {
		t.Errorf("a file that is not there: %v", err)
	}
	if files, err := os.ReadDir(data); err != nil || len(files) > 0 {
		t.Errorf("the refused starts left %v, %v", files, err)
	}
}

// TestSeedWithoutEnd: a start that waits for its seed can be given up.
func TestSeedWithoutEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no /dev/zero")
	}
	app := &App{config: Config{Contract: contractText(t), Seed: "/dev/zero"}}
	if err := app.readSeed(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
