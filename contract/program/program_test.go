package program_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	_ "afterhours/command" // so that go test repeats these tests when the program changes
	"afterhours/contract/program"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// TestServe: a server runs until it is ended, and a client finds in it what it created.
func TestServe(t *testing.T) {
	data := t.TempDir()
	server := program.Serve(t, data)
	creator := program.NewCreator(t, data)
	creator.Want(server, http.StatusCreated, "focus_1")
	creator.WantAll(server, http.StatusOK)
	if err := server.End(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	if line := server.Line(); line != "" || !strings.Contains(server.Log(), `"msg":"request"`) {
		t.Errorf("at the end the server has printed %q and logged %s", line, server.Log())
	}
}

// TestStartFails: an error has the reason that the program gave.
func TestStartFails(t *testing.T) {
	_, err := program.Start(exec.Command(program.Path(t), "serve", "--store", "none", "--data", t.TempDir()))
	if err == nil || !strings.Contains(err.Error(), "it must be sqlite") {
		t.Errorf("Start: %v", err)
	}
	if _, err := program.TryRun(t, "fly"); err == nil || !strings.Contains(err.Error(), "unknown command") {
		t.Errorf("TryRun: %v", err)
	}
}

// TestWriteRows: import takes all rows.
func TestWriteRows(t *testing.T) {
	file := t.TempDir() + "/rows.jsonl"
	program.WriteRows(t, file, 101)
	if out := program.Run(t, "import", "--data", t.TempDir(), file); out != "101 created, 0 replaced, 0 unchanged, 0 refused" {
		t.Errorf("import printed %q", out)
	}
}
