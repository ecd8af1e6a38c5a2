package command

import (
	"afterhours/contract/program"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDoctor: doctor finds a store undamaged while a server runs on it, and finds damage.
func TestDoctor(t *testing.T) {
	dir := t.TempDir()
	c := program.NewCreator(t, dir)
	p := program.Serve(t, dir)
	for range 100 {
		c.Want(p, http.StatusCreated, "focus")
	}
	if out := mustRun(t, "doctor", "--data", dir); out != "ok" {
		t.Errorf("while a server runs, doctor prints %q", out)
	}
	if err := p.End(os.Interrupt); err != nil {
		t.Fatal(err)
	}

	file, err := os.OpenFile(filepath.Join(dir, "afterhours.db"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte(strings.Repeat("rust", int(info.Size()/8))), info.Size()/2); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "doctor", "--data", dir); err == nil || !strings.Contains(err.Error(), "damaged") && !strings.Contains(err.Error(), "malformed") || ExitCode(err) != 1 {
		t.Errorf("of a damaged file, doctor returns %v", err)
	}
}
