package command

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestAdminSlowBodies: bodies that do not come keep nobody out, whether or not their senders have the token.
func TestAdminSlowBodies(t *testing.T) {
	_, url := serveAdmin(t, t.TempDir())
	for _, request := range []string{"GET /metrics HTTP/1.1\r\nHost: evil.example", "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1", "PUT /log-level HTTP/1.1\r\nHost: 127.0.0.1"} {
		t.Run(request[:len("GET /metrics")], func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(time.Minute))
			if _, err := io.WriteString(conn, request+"\r\nContent-Length: 1000\r\n\r\n{"); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, conn); err != nil {
				t.Errorf("%q: the connection is still open: %v", request, err)
			}
		})
	}
}
