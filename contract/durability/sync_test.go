package durability_test

import (
	"afterhours/contract/program"
	"afterhours/store/storetest/strace"
	"bufio"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

var traced = flag.Int("traced", 200, "how many writes TestNoAnswerBeforeTheSync traces")

// TestNoAnswerBeforeTheSync: in a trace of the server's system calls, the journal is written
// and then synced before each answer of 201.
func TestNoAnswerBeforeTheSync(t *testing.T) {
	dir := t.TempDir()
	c := program.NewCreator(t, dir)
	p := program.Serve(t, dir)
	trace := filepath.Join(t.TempDir(), "trace")
	tracer := strace.Command(t, "-f", "-y", "-s", "16", "-o", trace, "-e", "trace=write,pwrite64,fsync,fdatasync", "-p", strconv.Itoa(p.Process.Pid))
	out, err := tracer.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tracer.Start(); err != nil {
		t.Fatal(err)
	}
	if lines := bufio.NewScanner(out); !lines.Scan() || !strings.Contains(lines.Text(), "attached") {
		t.Fatalf("strace says %q", lines.Text())
	}
	for range *traced {
		c.Want(p, http.StatusCreated, "focus")
	}
	_ = p.End(syscall.SIGTERM)
	_ = tracer.Wait()

	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	answers, state, syncing := 0, "nothing", ""
	for line := range strings.Lines(string(text)) {
		thread, call, _ := strings.Cut(line, " ")
		switch journal := strings.Contains(call, "afterhours.db-wal>"); {
		case journal && strings.Contains(call, "pwrite64("):
			state = "written"
		case journal && strings.Contains(call, "sync(") && state == "written":
			state, syncing = "being synced", thread
			if !strings.Contains(call, "<unfinished") {
				state = "synced"
			}
		case state == "being synced" && thread == syncing && strings.Contains(call, "sync resumed>"):
			state = "synced"
		case strings.Contains(call, `"HTTP/1.1 201`):
			answers++
			if state != "synced" {
				t.Fatalf("answer %d left when the journal was %s", answers, state)
			}
			state = "nothing"
		}
	}
	if answers != *traced {
		t.Errorf("the trace has %d answers of %d", answers, *traced)
	}
}
