package handlers

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// TestJoinedConn checks which pieces of a response wait for the rest of its body.
func TestJoinedConn(t *testing.T) {
	const header = "HTTP/1.1 200 OK\r\n\r\n"
	for _, test := range []struct {
		name   string
		body   int // as the handler says
		pieces []string
		held   string // what the client gets before the last piece
	}{
		{"the header and a part of the body", 9, []string{header[:4] + "12345", "6789"}, ""},
		{"three pieces", 9, []string{header[:4] + "123", "456", "789"}, header[:4] + "123456"},
		{"the whole response", 3, []string{header + "123", "the next response"}, header + "123"},
		{"no body is known", 0, []string{header, "123"}, header},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, client := connected(t)
			server.body = test.body
			last := len(test.pieces) - 1
			for i, piece := range test.pieces {
				if i == last {
					wantReceived(t, client, test.held)
				}
				if n, err := server.Write([]byte(piece)); n != len(piece) || err != nil {
					t.Fatalf("Write of %q = %d, %v", piece, n, err)
				}
			}
			wantReceived(t, client, strings.TrimPrefix(strings.Join(test.pieces, ""), test.held))
		})
	}
}

// TestJoinedConnFails checks that the writer of the last piece gets the error.
func TestJoinedConnFails(t *testing.T) {
	server, _ := connected(t)
	server.body = 9
	if _, err := server.Write([]byte("held")); err != nil {
		t.Fatal(err)
	}
	_ = server.Close()
	if n, err := server.Write([]byte("rest")); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("Write to a closed connection = %d, %v", n, err)
	}
}

// connected returns both ends of a connection of JoinWrites.
func connected(t *testing.T) (server *joinedConn, client net.Conn) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener = JoinWrites(listener)
	defer func() { _ = listener.Close() }()
	if client, err = new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = client.Close(), accepted.Close() })
	return accepted.(*joinedConn), client
}

// wantReceived fails unless the client gets this text and then nothing for a while.
func wantReceived(t *testing.T, client net.Conn, want string) {
	t.Helper()
	text := make([]byte, len(want)+1)
	_ = client.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.ReadFull(client, text[:len(want)]); err != nil || string(text[:len(want)]) != want {
		t.Fatalf("the client got %q, %v; want %q", text, err, want)
	}
	_ = client.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if n, err := client.Read(text); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the client got %q, %v after %q; want nothing", text[:n], err, want)
	}
}
