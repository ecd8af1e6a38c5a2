package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// asProgram makes the test binary run the program instead of the tests, so that
// tests can start, signal and kill a real process.
const asProgram = "AFTERHOURS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is the program, running as a process of its own.
type process struct {
	t       *testing.T
	command *exec.Cmd
	url     string
	lines   *bufio.Scanner // standard output
	stderr  *bytes.Buffer
}

// startServe starts serve on the folder and waits until it listens.
func startServe(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	args = append([]string{"serve", "--addr", "127.0.0.1:0", "--data", dir}, args...)
	p := &process{t: t, command: exec.Command(os.Args[0], args...), stderr: new(bytes.Buffer)}
	p.command.Env = append(os.Environ(), asProgram+"=1")
	p.command.Stderr = p.stderr
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.command.Process.Kill() })
	p.lines = bufio.NewScanner(out)
	url, found := strings.CutPrefix(p.line(), "listening on ")
	if !found {
		t.Fatalf("serve did not say where it listens: %s", p.stderr)
	}
	p.url = url
	return p
}

func (p *process) line() string {
	p.lines.Scan()
	return p.lines.Text()
}

// dial opens a connection, for what a client of HTTP would not send.
func (p *process) dial() (net.Conn, error) {
	return net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
}

// end sends the signal and waits for the process to end.
func (p *process) end(signal os.Signal) error {
	p.t.Helper()
	if err := p.command.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
	for p.lines.Scan() {
		continue
	}
	return p.command.Wait()
}

// command runs a command line of the program in this process.
func command(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, func(string) string { return "" }, strings.NewReader(""), &out, io.Discard)
	return out.String(), err
}

func mustCommand(t *testing.T, args ...string) string {
	t.Helper()
	out, err := command(t, args...)
	if err != nil {
		t.Fatalf("afterhours %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSuffix(out, "\n")
}

// send sends a request and returns status, entity tag and body.
func send(t *testing.T, client *http.Client, method, url, token, body string) (int, string, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("ETag"), string(text)
}

// runCurl runs a printed command, without its first word, and holds the answer against
// the contract.
func runCurl(t *testing.T, method, arguments string) (status int, text string) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, regexp.MustCompile(`https?://\S+`).FindString(arguments), nil)
	out, err := exec.CommandContext(t.Context(), "bash", "-c", "curl -sSi --http1.1 "+arguments).CombinedOutput()
	if err != nil {
		t.Fatalf("curl %s: %v: %s", arguments, err, out)
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(out)), request)
	if err != nil {
		t.Fatalf("curl %s: %v: %s", arguments, err, out)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	checked.Answer(t, request, response, body)
	return response.StatusCode, string(body)
}
