package command

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// TestExecPassesSignalsOn: the command gets each signal, and the server serves until the command
// ends by itself.
func TestExecPassesSignalsOn(t *testing.T) {
	e := startExec(t, t.TempDir(), nil, "--store", "sqlite", "--", "sh", "-c",
		`trap 'echo INT' INT; trap 'echo TERM; exit 5' TERM; echo $AFTERHOURS_URL; echo $AFTERHOURS_TOKEN; while :; do sleep 0.02; done`)
	url, token := e.line(), e.line()
	for range 2 {
		if err := e.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if line := e.line(); line != "INT" {
			t.Errorf("after SIGINT the command says %q", line)
		}
		if status, _, text := checked.Send(t, checked.Client(t), "POST", url+program.Statistics, token, `{"@odata.type":"#microsoft.graph.focusActivityStatistics"}`); status != http.StatusCreated {
			t.Errorf("after SIGINT: %d %s", status, text)
		}
	}
	if err := e.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if line := e.line(); line != "TERM" {
		t.Errorf("after SIGTERM the command says %q", line)
	}
	if code := e.end(); code != 5 || e.stderr.Len() > 0 {
		t.Errorf("exit code %d: %s", code, e.stderr.String())
	}
	wantGone(t, url)
}

// TestExecOnATerminal: Ctrl-C reaches the command once.
func TestExecOnATerminal(t *testing.T) {
	if _, err := exec.LookPath("script"); err != nil {
		program.Missing(t, "script is not installed, which gives a process a terminal")
	}
	const command = `'trap "echo INT" INT; trap "exit 0" TERM; echo ready $$; while :; do sleep 0.02; done'`
	terminal := exec.Command("script", "-qec", program.Path(t)+" exec -- sh -c "+command, "/dev/null")
	keyboard, err := terminal.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	screen, err := terminal.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := terminal.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Process.Kill(); _ = terminal.Wait() }()
	var pid, interrupts int
	for lines := bufio.NewScanner(screen); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "ready %d", &pid); err == nil {
			_, _ = io.WriteString(keyboard, "\x03")
		}
		if strings.Contains(lines.Text(), "INT") {
			interrupts++
			time.Sleep(300 * time.Millisecond) // for a second one
			if process, err := os.FindProcess(pid); err == nil {
				_ = process.Signal(syscall.SIGTERM)
			}
		}
	}
	if interrupts != 1 {
		t.Errorf("the command got %d interrupts", interrupts)
	}
}

// TestNoServerOutlivesExec: exec is killed by SIGKILL, and its server is gone with it.
func TestNoServerOutlivesExec(t *testing.T) {
	e := startExec(t, t.TempDir(), nil, "--", "sh", "-c", "echo $AFTERHOURS_URL; exec cat")
	url := e.line()
	wantAlive(t, url)
	if err := e.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	wantGone(t, url)
	e.end() // of the command, whose standard input is closed
}
