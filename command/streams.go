package command

import (
	"context"
	"net"
	"net/http"
	"sync"
)

const (
	// streamsPerConnection is how many requests of one HTTP/2 connection may be under way. RFC 9113,
	// 6.5.2, recommends no less.
	streamsPerConnection = 100
	// maxStreams is how many HTTP/2 requests of all connections may be under way before they are shared
	// out. A response that its client does not read holds some 25 KB.
	maxStreams = 2000
)

// streams bounds the HTTP/2 requests under way. If there are maxStreams, a connection may begin another
// one only while it has less than its share. A request beyond that is reset: a response could not be
// sent before the client reads those that it has asked for already.
type streams struct {
	next http.Handler

	mu          sync.Mutex // protects the fields below and all counts
	all         int        // requests under way
	connections int        // that have any
}

// streamCount is how many requests of a connection are under way.
type streamCount struct{ open int }

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
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= maxStreams && count.open >= max(1, maxStreams/max(1, s.connections)) {
		return false
	}
	if count.open == 0 {
		s.connections++
	}
	count.open++
	s.all++
	return true
}

func (s *streams) end(count *streamCount) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	count.open--
	if count.open == 0 {
		s.connections--
	}
}
