package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// Observe takes a request when its response is written: its operation, its status and how long it
// took. Several goroutines call it. A caller can choose neither of the texts:
//
//   - The operation is the operationId of a contract, or "other" for any other address.
//   - The status has three digits. It is "gone" if the caller hung up before the server failed, and
//     "fault" if a test has chosen it.
type Observe func(operation, status string, took time.Duration)

// observeRequest tells Config.Observe of the request, if there is one.
func (s *Server) observeRequest(r *http.Request, req *request, status int, took time.Duration) {
	if s.observe == nil {
		return
	}
	operation, text := "other", statusText(status)
	if req.operation != "" {
		operation = req.operation
	}
	switch {
	case req.endsByFault():
		text = "fault"
	case status >= http.StatusInternalServerError && gone(r):
		text = "gone"
	}
	s.observe(operation, text, took)
}

// statusTexts are the statuses of HTTP from 0 to 599 as texts, since each text would be one more allocation a request.
var statusTexts = func() (texts [600]string) {
	for status := range texts {
		texts[status] = strconv.Itoa(status)
	}
	return texts
}()

func statusText(status int) string {
	if 0 <= status && status < len(statusTexts) {
		return statusTexts[status]
	}
	return strconv.Itoa(status)
}

// CacheReads counts the statistics that a PATCH found in the cache of statistics, and those that it did
// not find there.
func (s *Server) CacheReads() (hits, misses uint64) { return s.service.CacheReads() }

// debugs reports whether the log has lines of the level debug now.
func (s *Server) debugs(ctx context.Context) bool { return s.log.Enabled(ctx, slog.LevelDebug) }

// details are what the line of a request also has at the level debug: the operation, who vouches for the
// caller, and how long the request waited for its place.
func (r *request) details() []slog.Attr {
	return []slog.Attr{
		slog.String("operation", r.operation), slog.String("issuer", r.Caller.Issuer), slog.Bool("application", r.Caller.App),
		slog.Float64("waited_ms", float64(r.waited.Microseconds())/1000),
	}
}
