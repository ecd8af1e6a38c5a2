package durability_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"afterhours/contract/program"
)

var exportedTag = regexp.MustCompile(`"@odata.etag":"[^ ]*?",`)

// runAndKill runs a command line of the program and kills the process when the file has at least that size. It
// reports whether the process was killed: on a busy machine the process may end first.
func runAndKill(t *testing.T, file string, size int64, args ...string) (killed bool) {
	t.Helper()
	command := exec.Command(program.Path(t), args...)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		if info, err := os.Stat(file); err == nil && info.Size() >= size {
			_ = command.Process.Kill()
			return <-ended != nil
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("%s: %v", args[0], err)
			}
			return false
		case <-time.After(time.Millisecond):
		}
	}
}

// TestExchangeGoesOnAfterAKill: a killed import that is repeated stores all rows, and a
// killed export that is continued with --resume is the same as one that was not killed.
func TestExchangeGoesOnAfterAKill(t *testing.T) {
	const rows = 10_000
	dir, files := t.TempDir(), t.TempDir()
	in := filepath.Join(files, "in.jsonl")
	imported := exportedTag.ReplaceAllString(program.WriteRows(t, in, rows), "")
	program.Run(t, "user", "list", "--data", dir) // creates the store
	kills := 0
	for range 3 {
		if runAndKill(t, filepath.Join(dir, "afterhours.db-wal"), 200_000, "import", "--data", dir, in) {
			kills++
		}
		out, err := program.TryRun(t, "export", "--data", dir)
		if stored := strings.Count(out, "\n"); err != nil || stored%1000 != 0 {
			t.Errorf("after a kill %d rows are stored, which are not complete steps of 1000: %v", stored, err)
		}
	}
	if kills == 0 {
		t.Error("each import ended before it could be killed")
	}
	out := program.Run(t, "import", "--data", dir, in)
	var created, unchanged int
	if _, err := fmt.Sscanf(out, "%d created, 0 replaced, %d unchanged, 0 refused", &created, &unchanged); err != nil || created+unchanged != rows {
		t.Errorf("import printed %q", out)
	}

	for _, format := range []string{"jsonl", "csv"} {
		whole, killed := filepath.Join(files, "whole."+format), filepath.Join(files, "killed."+format)
		program.Run(t, "export", "--data", dir, whole)
		want := read(t, whole)
		if format == "jsonl" && exportedTag.ReplaceAllString(want, "") != imported {
			t.Error("the export is not what was imported")
		}
		runAndKill(t, killed, 1, "export", "--data", dir, killed)
		program.Run(t, "export", "--data", dir, "--resume", killed)
		if got := read(t, killed); got != want {
			t.Errorf("%s: the continued export has %d bytes, the other %d, and they differ", format, len(got), len(want))
		}
		program.Run(t, "export", "--data", dir, "--resume", killed)
		if got := read(t, killed); got != want {
			t.Errorf("%s: --resume changed a complete export", format)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
