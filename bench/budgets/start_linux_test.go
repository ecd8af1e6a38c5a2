package budgets_test

import (
	"flag"
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
)

var stored = flag.Int("stored", 20_000, "number of statistics in the store before the start")

const (
	// mostStart is the most processor time from the start of the process to its first response. On a machine with
	// nothing else to do, the response comes within about that time.
	mostStart = 300 * time.Millisecond
	// starts is how many starts are tried. The best one counts: others on the machine only make a start slower.
	starts = 10
	// loaded is how much longer than its processor time a start may take on a machine that does much else.
	loaded = 10
)

// collection is the path of the statistics of a user, and statistic that of one that fillStore stores.
const (
	collection = "/v1.0/users/00000000-0000-4000-8000-000000000000/analytics/activityStatistics"
	statistic  = collection + "/call_0001"
)

// fillStore returns a data folder with statistics, and a token of an application that may change them.
func fillStore(t *testing.T) (dir, token string) {
	t.Helper()
	dir = t.TempDir()
	rows := filepath.Join(t.TempDir(), "rows.jsonl")
	program.WriteRows(t, rows, *stored)
	program.Run(t, "import", "--data", dir, rows)
	return dir, program.Run(t, "token", "--data", dir, "--tenant", "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63", "--role", "Analytics.ReadWrite.All")
}

// TestStart: the server responds to its first request soon after its start, however many statistics it has.
func TestStart(t *testing.T) {
	dir, token := fillStore(t)
	client := checked.Client(t)
	processor, took := time.Hour, time.Hour
	for range starts {
		begun := time.Now()
		server := program.Serve(t, dir)
		if status, _, body := checked.Send(t, client, http.MethodGet, server.URL+statistic, token, ""); status != http.StatusOK {
			t.Fatalf("GET = %d %s", status, body)
		}
		took, processor = min(took, time.Since(begun)), min(processor, processorTime(t, server))
		if err := server.End(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the first response comes after %s, and %s of processor", took, processor)
	if most := mostStart * time.Duration(slack()); processor > most || took > loaded*most {
		t.Errorf("want %s of processor at most. A profile of handlers.New and command.New shows what takes it", most)
	}
}

// processorTime returns the processor time that the server has used so far, in ticks of 10 ms.
func processorTime(t *testing.T, server *program.Server) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", server.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name of the program may have spaces
	var user, system int
	if _, err := fmt.Sscan(strings.Join(strings.Fields(after)[11:13], " "), &user, &system); err != nil { // proc_pid_stat(5)
		t.Fatal(err)
	}
	return time.Duration(user+system) * time.Second / 100
}
