package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestBytesOnTheWire holds each usual response, with its headers, to a number of bytes. A header more, or a longer
// one, costs on every response: whoever needs it raises the number here. The Host has the length of a real one.
func TestBytesOnTheWire(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	var items []string
	for n := range 20 {
		items = append(items, fmt.Sprintf(`{"id":"%d","method":"PATCH","url":"/me/analytics/activityStatistics/%s","headers":{"Content-Type":"application/json"},"body":%s}`, n, seedID, seedBody))
	}
	token := "Authorization: Bearer " + c.token
	for _, row := range []struct {
		name, line, body string
		headers          []string
		status, bytes    int
	}{
		{"PATCH", "PATCH " + seedItem, seedBody, []string{token}, 200, 960},
		{"PATCH, minimal", "PATCH " + seedItem, seedBody, []string{token, "Prefer: return=minimal"}, 204, 390},
		{"GET", "GET " + seedItem, "", []string{token}, 200, 960},
		{"GET, nothing new", "GET " + seedItem, "", []string{token, "If-None-Match: *"}, 304, 360},
		{"list of 35", "GET " + collection + "?$top=35", "", []string{token}, 200, 10450},
		{"list of 35 in gzip", "GET " + collection + "?$top=35", "", []string{token, "Accept-Encoding: gzip"}, 200, 2000},
		{"count", "GET " + collection + "/$count", "", []string{token}, 200, 370},
		{"batch of 20", "POST /beta/$batch", `{"requests":[` + strings.Join(items, ",") + `]}`, []string{token}, 200, 19700},
		{"batch of 20 in gzip", "POST /beta/$batch", `{"requests":[` + strings.Join(items, ",") + `]}`, []string{token, "Accept-Encoding: gzip"}, 200, 1800},
		{"a wrong body", "PATCH " + seedItem, `{"duration":"x"}`, []string{token}, 400, 830},
		{"no token", "GET " + seedItem, "", nil, 401, 710},
		{"nothing there", "GET " + collection + "/none", "", []string{token}, 404, 590},
	} {
		request := fmt.Sprintf("%s HTTP/1.1\r\nHost: graph.example.com\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s",
			row.line, len(row.body), strings.Join(append(row.headers, ""), "\r\n"), row.body)
		if status, size := c.sizeOf(request); status != row.status || size > row.bytes {
			t.Errorf("%s: %d of %d bytes; want %d of %d at most", row.name, status, size, row.status, row.bytes)
		}
	}
}

// sizeOf sends a request on a connection of its own, and returns the status of the response and its bytes.
func (ts *testServer) sizeOf(request string) (status, size int) {
	ts.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(ts.url, "http://"))
	if err != nil {
		ts.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		ts.t.Fatal(err)
	}
	var received countedBytes
	response, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &received)), nil)
	if err != nil {
		ts.t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		ts.t.Fatal(err)
	}
	return response.StatusCode, int(received)
}

// countedBytes is the number of bytes that were written to it.
type countedBytes int

func (n *countedBytes) Write(part []byte) (int, error) {
	*n += countedBytes(len(part))
	return len(part), nil
}
