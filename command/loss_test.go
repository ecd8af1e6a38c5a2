package command

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// wantRefused starts a server, which must end with an error that has the words.
func wantRefused(t *testing.T, words string, args ...string) {
	t.Helper()
	server, err := program.Start(exec.Command(program.Path(t), append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...))
	if err == nil {
		_ = server.End(os.Kill)
	}
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("serve %s: %v; want %q", strings.Join(args, " "), err, words)
	}
}

// TestMissingStore: a folder with the traces of a store, but without the store, is not taken
// for a new one. --new begins with an empty store, and is refused where there is one.
func TestMissingStore(t *testing.T) {
	for name, traces := range map[string][]string{
		"key": {"issuer.key"}, "lock": {"server.lock"}, "journal": {"afterhours.db-wal"},
		"empty file": {"issuer.key", "afterhours.db"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustRun(t, "token", "--data", dir) // a key
			key := filepath.Join(dir, "issuer.key")
			for _, trace := range traces {
				if trace == "issuer.key" {
					continue
				}
				if err := errors.Join(os.RemoveAll(key), os.WriteFile(filepath.Join(dir, trace), nil, 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			if name == "empty file" {
				mustRun(t, "token", "--data", dir)
			}
			state := "missing"
			if name == "empty file" {
				state = "empty"
			}
			words := filepath.Join(dir, "afterhours.db") + " is " + state + ", but the folder has " + traces[0]
			for range 2 {
				wantRefused(t, words, "--data", dir)
			}
			rows := filepath.Join(t.TempDir(), "rows.jsonl")
			program.WriteRows(t, rows, 1)
			for _, line := range []string{"doctor", "export", "user list", "backup " + dir + "/copy", "import " + rows} {
				if _, err := run(t, append(strings.Fields(line), "--data", dir)...); err == nil || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "serve --new") {
					t.Errorf("%s: %v", line, err)
				}
			}
			server := program.Serve(t, dir, "--new")
			program.NewCreator(t, dir).Want(server, http.StatusCreated, "focus")
			if err := server.End(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			wantRefused(t, "--new: there is a store already", "--data", dir, "--new")
			_ = program.Serve(t, dir)
		})
	}
	if _, err := run(t, "serve", "--new", "--store", "memory", "--data", t.TempDir()); ExitCode(err) != 2 {
		t.Errorf("--new --store memory: %v", err)
	}
}

// TestNewStoreAfterALoss: --new begins anew although commits of the lost store are known, and
// keeps the journal that it left.
func TestNewStoreAfterALoss(t *testing.T) {
	dir := t.TempDir()
	creator := program.NewCreator(t, dir)
	server := program.Serve(t, dir)
	creator.Want(server, http.StatusCreated, "focus")
	_ = server.End(os.Kill)
	if err := os.Remove(filepath.Join(dir, "afterhours.db")); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, "afterhours.db is missing, but the folder has server.lock, afterhours.db-count, afterhours.db-wal, issuer.key", "--data", dir)
	creator.Want(program.Serve(t, dir, "--new"), http.StatusCreated, "focus")
	if kept, err := filepath.Glob(filepath.Join(dir, "afterhours.db.replaced-*-wal")); err != nil || len(kept) != 1 {
		t.Errorf("the journal is kept as %v, %v", kept, err)
	}
}

// TestOpenFolder: a folder in which everybody may write is refused.
func TestOpenFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := t.TempDir()
	mustRun(t, "token", "--data", dir)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	words := "other users may write in the folder " + dir + " (its mode is 0777), and whoever does can replace the database and the key: run chmod o-w " + dir
	wantRefused(t, words, "--data", dir)
	for _, command := range []string{"doctor", "token", "export"} {
		if _, err := run(t, command, "--data", dir); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", command, err)
		}
	}
}

// TestLostJournal: the journal of a killed server is removed. The next start and doctor say how
// many commits are missing, until the loss is accepted.
func TestLostJournal(t *testing.T) {
	dir := t.TempDir()
	creator := program.NewCreator(t, dir)
	server := program.Serve(t, dir)
	for range 5 {
		creator.Want(server, http.StatusCreated, "focus")
	}
	if _, err := run(t, "doctor", "--data", dir, "--accept-loss"); err == nil || !strings.Contains(err.Error(), "in use by another server") {
		t.Errorf("beside a server, --accept-loss: %v", err)
	}
	_ = server.End(os.Kill)
	if err := os.Remove(filepath.Join(dir, "afterhours.db-wal")); err != nil {
		t.Fatal(err)
	}
	const words = "commits are missing"
	wantRefused(t, words, "--data", dir)
	if _, err := run(t, "doctor", "--data", dir); err == nil || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "doctor --accept-loss") || ExitCode(err) != 1 {
		t.Errorf("doctor: %v", err)
	}
	if _, stderr, err := runWith(t, nil, "", "doctor", "--data", dir, "--accept-loss"); err != nil || !strings.Contains(stderr, "accepted") {
		t.Errorf("doctor --accept-loss: %v, and says %q", err, stderr)
	}
	again := program.Serve(t, dir)
	creator.Made = nil
	creator.Want(again, http.StatusCreated, "focus")
	creator.WantAll(again, http.StatusOK)
}

// TestDamageAtTheStart: a server with a damaged file says so in its log, and is not ready.
func TestDamageAtTheStart(t *testing.T) {
	dir := t.TempDir()
	rows := filepath.Join(t.TempDir(), "rows.jsonl")
	program.WriteRows(t, rows, 5000)
	mustRun(t, "import", "--data", dir, rows)
	path := filepath.Join(dir, "afterhours.db")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(content[len(content)/2:len(content)/2+3000], strings.Repeat("rust", 1000))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	server := program.Serve(t, dir)
	for range 3 {
		if status, _, text := checked.Send(t, checked.Client(t), http.MethodGet, server.URL+"/readyz", "", ""); status != http.StatusServiceUnavailable {
			t.Errorf("/readyz = %d %s", status, text)
		}
	}
	if log := server.Log(); strings.Count(log, "the database is damaged") != 1 {
		t.Errorf("the log is %s", log)
	}
}
