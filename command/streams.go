package command

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
)

const (
	// streamsPerConnection is how many requests of one HTTP/2 connection may be under way; its client
	// queues the others. net/http starts a goroutine for each stream as soon as it is opened, and 250 for
	// each of a thousand connections would take gigabytes.
	streamsPerConnection = 32
	// maxStreams is how many HTTP/2 requests of all connections may be under way before they are shared
	// out. A response that its client does not read holds some 25 KB.
	maxStreams = 500
)

// streams bounds the HTTP/2 requests under way. If there are maxStreams, a connection may begin another
// one only while it has less than its share. A request beyond that is reset: a response could not be
// sent before the client reads those that it has asked for already.
type streams struct {
	next http.Handler
	// No mutex: thousands of requests would queue for it whenever its holder is not scheduled.
	all         atomic.Int64 // requests under way
	connections atomic.Int64 // that have any
}

// streamCount is how many requests of a connection are under way.
type streamCount struct{ open atomic.Int64 }

type streamCountKey struct{}

// withStreamCount gives the requests of a connection a common count, as http.Server.ConnContext.
func withStreamCount(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, streamCountKey{}, &streamCount{})
}

func (s *streams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	count, ok := r.Context().Value(streamCountKey{}).(*streamCount)
	if r.ProtoMajor < 2 || !ok {
		s.next.ServeHTTP(w, r)
		return
	}
	if !s.begin(count) {
		panic(http.ErrAbortHandler) // resets the stream
	}
	defer s.end(count)
	s.next.ServeHTTP(w, r)
}

// begin counts a request of the connection, and reports whether there is room for it.
func (s *streams) begin(count *streamCount) bool {
	if s.all.Load() >= maxStreams && count.open.Load() >= max(1, maxStreams/max(1, s.connections.Load())) {
		return false
	}
	if count.open.Add(1) == 1 {
		s.connections.Add(1)
	}
	s.all.Add(1)
	return true
}

func (s *streams) end(count *streamCount) {
	s.all.Add(-1)
	if count.open.Add(-1) == 0 {
		s.connections.Add(-1)
	}
}
