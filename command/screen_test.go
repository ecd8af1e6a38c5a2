package command

import (
	"bufio"
	"io"
	"os/exec"
	"regexp"
	"testing"

	"afterhours/contract/program"
)

// screen is what a process shows, for a test to read line by line, and its keyboard.
type screen struct {
	t        *testing.T
	keyboard io.Writer
	lines    *bufio.Scanner // without the carriage returns of a terminal
}

// onTerminal runs a line of a shell in a pseudo-terminal until the test ends.
func onTerminal(t *testing.T, line string) *screen {
	t.Helper()
	if _, err := exec.LookPath("script"); err != nil {
		program.Missing(t, "script is not installed, which gives a process a terminal")
	}
	return show(t, exec.Command("script", "-qec", line, "/dev/null"))
}

// show runs a command until the test ends.
func show(t *testing.T, command *exec.Cmd) *screen {
	t.Helper()
	keyboard, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill() // an error if it has ended
		_ = command.Wait()
	})
	return &screen{t, keyboard, bufio.NewScanner(out)}
}

// read reads up to the next line that the pattern matches and returns the match with its groups.
func (s *screen) read(pattern string) []string {
	s.t.Helper()
	found := regexp.MustCompile(pattern)
	for s.lines.Scan() {
		if match := found.FindStringSubmatch(s.lines.Text()); match != nil {
			return match
		}
	}
	s.t.Fatalf("the terminal never shows %s", pattern)
	return nil
}
