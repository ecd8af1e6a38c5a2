package command

import (
	"bufio"
	"bytes"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"afterhours/contract/program"
)

// screen is what a process shows, for a test to read line by line, and its keyboard.
type screen struct {
	t        *testing.T
	keyboard io.Writer
	shown    *bufio.Reader
	stop     func() // kills the process
}

// onTerminal runs a line of a shell in a pseudo-terminal until the test ends.
func onTerminal(t *testing.T, line string) *screen {
	t.Helper()
	if _, err := exec.LookPath("script"); err != nil {
		program.Missing(t, "script is not installed, which gives a process a terminal")
	}
	s := show(t, exec.Command("script", "-qec", line, "/dev/null"))
	t.Cleanup(func() { // before script is killed, which would leave a process behind that ignores the hangup
		_, _ = io.WriteString(s.keyboard, "\x03") // Ctrl-C
		s.end(10 * time.Second)
	})
	return s
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
	kill := func() { _ = command.Process.Kill() } // an error if it has ended
	t.Cleanup(func() {
		kill()
		_ = command.Wait()
	})
	return &screen{t, keyboard, bufio.NewReader(out), kill}
}

// end waits until the process has ended, and kills it if that takes longer than patience.
func (s *screen) end(patience time.Duration) {
	late := time.AfterFunc(patience, s.stop)
	defer late.Stop()
	_, _ = io.Copy(io.Discard, s.shown)
}

// read reads up to the next line that the pattern matches and returns the match with its groups.
func (s *screen) read(pattern string) []string {
	s.t.Helper()
	found := regexp.MustCompile(pattern)
	for {
		line, err := s.shown.ReadString('\n')
		if match := found.FindStringSubmatch(strings.TrimRight(line, "\r\n")); match != nil {
			return match
		}
		if err != nil {
			s.t.Fatalf("the terminal never shows %s", pattern)
		}
	}
}

// until reads up to the end of the text and returns all that it has read. It fails the test after a minute without it.
func (s *screen) until(text string) string {
	s.t.Helper()
	var shown bytes.Buffer
	late := time.AfterFunc(time.Minute, s.stop)
	defer late.Stop()
	for !bytes.HasSuffix(shown.Bytes(), []byte(text)) {
		next, err := s.shown.ReadByte()
		if err != nil {
			s.t.Fatalf("the terminal never shows %q, but %q", text, shown.String())
		}
		shown.WriteByte(next)
	}
	return shown.String()
}
