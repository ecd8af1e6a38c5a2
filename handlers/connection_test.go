package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/store/memory"
)

// TestBodyTimeoutStartsAtFirstRead checks that the time before the server reads a body does not count
// against the client. The server may need it, for example, to fetch the keys of an issuer.
func TestBodyTimeoutStartsAtFirstRead(t *testing.T) {
	t.Parallel()
	ts := newTestServer(t, memory.New())
	var once sync.Once
	slowly, err := auth.NewVerifier(func() time.Time { // the first verification takes as long as a body may pause
		once.Do(func() { time.Sleep(4100 * time.Millisecond) })
		return time.Now()
	}, ts.issuer.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	ts = ts.anotherServer(func(c *handlers.Config) { c.Verifier = slowly })
	token := ts.userToken(megan, "Analytics.ReadWrite")
	connection, err := net.Dial("tcp", strings.TrimPrefix(ts.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	const body = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"a"}`
	_, _ = fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", collection, token, len(body))
	time.Sleep(100 * time.Millisecond) // the server must not read the body together with the headers
	_, _ = io.WriteString(connection, body)
	request := httptest.NewRequest("POST", collection, nil)
	response, err := http.ReadResponse(bufio.NewReader(connection), request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Errorf("%d %s %v", response.StatusCode, text, err)
	}
	checked.Answer(t, request, response, text)
}

// TestBodyThatStopsIsGivenUp checks that bytes that came early do not allow a longer pause.
func TestBodyThatStopsIsGivenUp(t *testing.T) {
	t.Parallel()
	ts := newTestServer(t, memory.New())
	connection, err := net.Dial("tcp", strings.TrimPrefix(ts.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	const size = 1 << 20
	_, _ = fmt.Fprintf(connection, "POST /beta/$batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n",
		ts.userToken(megan, "Analytics.Read"), size)
	if _, err := io.WriteString(connection, strings.Repeat(" ", size-1)); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if waited := time.Since(begun); response.StatusCode != http.StatusRequestTimeout || waited > 15*time.Second {
		t.Errorf("%d after %v, want 408 after 4 s", response.StatusCode, waited)
	}
}
