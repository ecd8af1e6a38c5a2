package handlers

import (
	"context"
	"net"
	"net/http"
)

// JoinWrites returns the listener with connections that send a long response by one system call. net/http sends a body
// that does not fit into its buffer of 4 KiB in two pieces: the buffer, which begins with the header, and then the rest.
// The second system call, and a client that wakes up twice, cost a sixth of a list of 50 statistics. WithConnection must
// be a part of the server's ConnContext. The listener is for plain connections: TLS makes its own pieces.
func JoinWrites(listener net.Listener) net.Listener { return joinedListener{listener} }

type joinedListener struct{ net.Listener }

func (l joinedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if plain, ok := conn.(*net.TCPConn); ok {
		return &joinedConn{TCPConn: plain}, err
	}
	return conn, err
}

// joinedConn is a connection that can keep the first piece of a response until the rest comes.
// One goroutine at a time may write.
type joinedConn struct {
	*net.TCPConn
	body int    // the size in bytes of the body that is being written, 0 once its first piece has come
	held []byte // the first piece, nil for none
}

// Write implements net.Conn. The piece that begins with the header and is no longer than the body lacks an end of the
// body, which net/http writes next.
func (c *joinedConn) Write(piece []byte) (int, error) {
	body, held := c.body, c.held
	c.body, c.held = 0, nil
	switch {
	case len(piece) <= body:
		c.held = append([]byte(nil), piece...) // net/http uses the memory again
	case held != nil:
		pieces := net.Buffers{held, piece}
		if _, err := pieces.WriteTo(c.TCPConn); err != nil {
			return 0, err
		}
	default:
		return c.TCPConn.Write(piece)
	}
	return len(piece), nil
}

type connectionKey struct{}

// WithConnection lets the handlers know the connection of a request, if it is one of JoinWrites.
func WithConnection(ctx context.Context, conn net.Conn) context.Context {
	if joined, ok := conn.(*joinedConn); ok {
		return context.WithValue(ctx, connectionKey{}, joined)
	}
	return ctx
}

// joinFrom is the size in bytes from which a body may not fit into net/http's buffer together with the header.
const joinFrom = 2 << 10

// writeWhole writes the whole body of a response. A body in several pieces goes into one system call, if it is not
// within a batch and has no fault: those are written to memory first. An error means that the caller has hung up.
func writeWhole(w http.ResponseWriter, r *http.Request, body []byte) {
	if req := requestOf(r); len(body) >= joinFrom && req.batch == nil && req.fault == nil {
		if joined, ok := r.Context().Value(connectionKey{}).(*joinedConn); ok {
			joined.body = len(body)
			defer func() { joined.body = 0 }() // net/http writes no body to a HEAD
		}
	}
	_, _ = w.Write(body)
}
