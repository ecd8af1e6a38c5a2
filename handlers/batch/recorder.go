package batch

import (
	"bytes"
	"net/http"
	"strings"
)

// recorder records a response as net/http would have sent it.
type recorder struct {
	header http.Header
	sent   http.Header // the headers when the status was written; nil before
	isLate bool        // whether header is a copy of sent, for changes that have no effect
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}, status: http.StatusOK} }

// Header returns the headers. It must be called anew after the status is written: changes then have no effect.
func (w *recorder) Header() http.Header {
	if w.sent != nil && !w.isLate {
		w.header, w.isLate = w.sent.Clone(), true // rarely, and the copy of each response would cost more than its status
	}
	return w.header
}

// WriteHeader records the status. The first one that is not 1xx counts.
func (w *recorder) WriteHeader(status int) {
	isInterim := status >= 100 && status < 200
	if w.sent == nil && !isInterim {
		w.status, w.sent = status, w.header
	}
}

// Write appends to the body. It never fails.
func (w *recorder) Write(part []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(part)
}

func (w *recorder) succeeded() bool { return w.status >= 200 && w.status < 300 }

// headers returns the headers of the response.
func (w *recorder) headers() http.Header {
	if w.sent == nil {
		return w.header
	}
	return w.sent
}

// get returns the first value of the header with the canonical name, "" if there is
// none. The handler may have spelt the name in another case.
func (w *recorder) get(canonical string) string {
	for name, values := range w.headers() {
		if strings.EqualFold(name, canonical) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}
