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

// runAndKill runs a command line of the program and kills the process when wait returns.
func runAndKill(t *testing.T, wait func(), args ...string) {
	t.Helper()
	command := exec.Command(program.Path(t), args...)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	wait()
	_ = command.Process.Kill()
	_ = command.Wait()
}

// TestExchangeGoesOnAfterAKill: a killed import that is repeated stores all rows, and a
// killed export that is continued with --resume is the same as one that was not killed.
func TestExchangeGoesOnAfterAKill(t *testing.T) {
	const rows = 10_000
	dir, files := t.TempDir(), t.TempDir()
	in := filepath.Join(files, "in.jsonl")
	imported := exportedTag.ReplaceAllString(program.WriteRows(t, in, rows), "")
	program.Run(t, "user", "list", "--data", dir) // creates the store
	for range 3 {
		runAndKill(t, func() { waitForBytes(t, filepath.Join(dir, "afterhours.db-wal"), 200_000) }, "import", "--data", dir, in)
		out, err := program.TryRun(t, "export", "--data", dir)
		if stored := strings.Count(out, "\n"); err != nil || stored%1000 != 0 {
			t.Errorf("after a kill %d rows are stored, which are not complete steps of 1000: %v", stored, err)
		}
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
		runAndKill(t, func() { waitForBytes(t, killed, 1) }, "export", "--data", dir, killed)
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

// waitForBytes waits until the file has at least that size.
func waitForBytes(t *testing.T, name string, size int64) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < time.Minute; time.Sleep(time.Millisecond) {
		if info, err := os.Stat(name); err == nil && info.Size() >= size {
			return
		}
	}
	t.Errorf("%s has less than %d bytes after a minute", name, size)
}
