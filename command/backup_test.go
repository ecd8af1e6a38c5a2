package command

import (
	"afterhours/contract/program"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestRestoreChecksFirst: a file that is no undamaged backup replaces nothing.
func TestRestoreChecksFirst(t *testing.T) {
	dir := t.TempDir()
	c := program.NewCreator(t, dir)
	p := program.Serve(t, dir)
	for range 100 {
		c.Want(p, http.StatusCreated, "focus")
	}
	backup := filepath.Join(dir, "backup")
	mustRun(t, "backup", "--data", dir, backup)
	if _, err := run(t, "backup", "--data", dir, backup); err == nil || !strings.Contains(err.Error(), "give the backup a new name") {
		t.Errorf("a second backup to one file returns %v", err)
	}
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"text": "no backup", "empty": "", "cut": string(content[:len(content)/2]), "damaged": string(content[:4096]) + strings.Repeat("rust", (len(content)-4096)/4),
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := run(t, "restore", "--data", dir, file); err == nil || !strings.Contains(err.Error(), "cannot be restored") {
			t.Errorf("restoring the file %s returns %v", name, err)
		}
	}
	c.WantAll(program.Serve(t, dir), http.StatusOK)

	elsewhere := filepath.Join(t.TempDir(), "new")
	mustRun(t, "restore", "--data", elsewhere, backup)
	c.Token = mustRun(t, "token", "--data", elsewhere)
	c.WantAll(program.Serve(t, elsewhere), http.StatusOK)
}

// TestRestoreBesideAServer: restore changes nothing while a server runs on the folder, and says
// what to do.
func TestRestoreBesideAServer(t *testing.T) {
	dir := t.TempDir()
	c := program.NewCreator(t, dir)
	p := program.Serve(t, dir)
	backup := filepath.Join(t.TempDir(), "backup.db")
	mustRun(t, "backup", "--data", dir, backup)
	c.Want(p, http.StatusCreated, "focus")
	_, err := run(t, "restore", "--data", dir, backup)
	if err == nil || !strings.Contains(err.Error(), "stop the server, restore, and start it again") || !strings.Contains(err.Error(), dir) || ExitCode(err) != 1 {
		t.Errorf("restore beside a server: %v", err)
	}
	c.WantAll(p, http.StatusOK)
}
