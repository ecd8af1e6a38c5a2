package command

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// halfSent is a request whose body is not complete.
type halfSent struct {
	connection net.Conn
	answers    *bufio.Reader
	rest       string
}

// sendHalf sends a POST to the server except for the end of its body.
func sendHalf(t *testing.T, url, token string) halfSent {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	const body = `{"@odata.type":"#microsoft.graph.focusActivityStatistics"}`
	fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		program.Statistics, token, len(body))
	answers := bufio.NewReader(connection)
	status, _ := answers.ReadString('\n') // once the server has begun with the request
	if empty, err := answers.ReadString('\n'); err != nil || !strings.Contains(status, "100 Continue") {
		t.Fatalf("%q, %q, %v", status, empty, err)
	}
	_, _ = io.WriteString(connection, body[:10])
	return halfSent{connection, answers, body[10:]}
}

// finish sends the rest, and fails unless the server answers it.
func (h halfSent) finish(t *testing.T) {
	t.Helper()
	_, _ = io.WriteString(h.connection, h.rest)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, program.Statistics, nil)
	response, err := http.ReadResponse(h.answers, request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Errorf("the request under way is answered %d %s, %v", response.StatusCode, body, err)
	}
	checked.Answer(t, request, response, body)
}

// TestStoppingIsLogged: after SIGTERM the log says how many requests the end waits for.
func TestStoppingIsLogged(t *testing.T) {
	dir := t.TempDir()
	token := mustRun(t, "token", "--data", dir)
	p := program.Serve(t, dir, "--store", "memory")
	half := sendHalf(t, p.URL, token)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	const want = `"msg":"finishing 1 request; a second signal stops now"`
	for deadline := time.Now().Add(8 * time.Second); !strings.Contains(p.Log(), want); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log has no %s: %s", want, p.Log())
		}
	}
	half.finish(t)
}

// TestStoppingIsTold: Ctrl-C on a terminal says how many requests the end waits for, and how to
// stop at once.
func TestStoppingIsTold(t *testing.T) {
	dir := t.TempDir()
	token := mustRun(t, "token", "--data", dir)
	terminal := onTerminal(t, program.Path(t)+" serve --addr 127.0.0.1:0 --store memory --data "+dir)
	half := sendHalf(t, terminal.read(`listening on (http://[\d.:]+)`)[1], token)
	_, _ = io.WriteString(terminal.keyboard, "\x03")
	terminal.read("finishing 1 request; Ctrl-C again to stop now")
	half.finish(t)
}
