package program

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Server is the program as a running server.
type Server struct {
	URL     string // scheme, host and port
	Process *os.Process

	command *exec.Cmd
	lines   *bufio.Scanner // of standard output
	log     *log           // nil if the command has a standard error of its own
}

// Serve starts a server on the data folder, on a free port, and waits until it listens.
// The server is killed at the end of the test, if it still runs.
func Serve(t testing.TB, data string, args ...string) *Server {
	t.Helper()
	args = append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data}, args...)
	if isNew(data) && !slices.Contains(args, "--store") && !slices.Contains(args, "--new") {
		args = append(args, "--new")
	}
	server, err := Start(exec.Command(Path(t), args...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.command.Wait() // an error if the test has ended the server
	})
	return server
}

// isNew reports whether the data folder has a key and no store, because a test has made its
// tokens before the first start.
func isNew(data string) bool {
	_, noKey := os.Stat(filepath.Join(data, "issuer.key"))
	_, noStore := os.Stat(filepath.Join(data, "afterhours.db"))
	return noKey == nil && noStore != nil
}

// Start starts a command line of serve and waits until the server listens. If the command
// has no standard error, Log returns what the server writes there.
func Start(command *exec.Cmd) (*Server, error) {
	s := &Server{command: command}
	if command.Stderr == nil {
		s.log = &log{}
		command.Stderr = s.log
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	s.Process, s.lines = command.Process, bufio.NewScanner(out)
	url, found := strings.CutPrefix(s.Line(), "listening on ")
	if !found {
		_ = s.End(os.Kill)
		return nil, fmt.Errorf("afterhours serve did not print where it listens: %s", s.Log())
	}
	s.URL = url
	return s, nil
}

// Line returns the next line that the server prints, "" if it has ended.
func (s *Server) Line() string {
	s.lines.Scan()
	return s.lines.Text()
}

// Log returns what the server has logged so far.
func (s *Server) Log() string {
	if s.log == nil {
		return ""
	}
	return s.log.String()
}

// Dial opens a connection, for bytes that an HTTP client would not send.
func (s *Server) Dial() (net.Conn, error) {
	_, address, _ := strings.Cut(s.URL, "://")
	return net.Dial("tcp", address)
}

// End sends the signal and waits for the end of the process. The error is nil if the
// process exits with 0.
func (s *Server) End(signal os.Signal) error {
	if err := s.Process.Signal(signal); err != nil {
		return err
	}
	for s.lines.Scan() { // Wait must not be called before all is read
		continue
	}
	return s.command.Wait()
}

// log keeps what a process writes, and can be read meanwhile.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

var _ io.Writer = (*log)(nil)

func (l *log) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
