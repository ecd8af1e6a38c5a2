package handlers

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"

	api "afterhours/control"
	"afterhours/handlers/faults"
	"afterhours/handlers/input"
	"afterhours/handlers/wire"
)

// faultyResponse is a whole response before it is sent with a fault.
type faultyResponse struct {
	*faults.Fault
	request *http.Request
	header  http.Header
	status  int
	body    []byte
}

// sendFaulty sends a response with its fault. It does not return if the fault ends the connection.
func (s *Server) sendFaulty(w http.ResponseWriter, r *http.Request, fault *faults.Fault, status int, body []byte) {
	response := &faultyResponse{fault, r, w.Header(), status, body}
	isWithin := batchOf(r.Context()) != nil // then the connection is the batch's
	if fault.Connection == api.Reset && !isWithin {
		resetConnection(w)
	}
	response.changeBody(s.origin(r) + r.URL.RequestURI())
	if len(response.body) >= compressFrom && !isWithin && fault.Header.Get("Content-Encoding") == "" {
		response.body = encodeLarge(response.header, r, response.body)
	}
	response.changeHeader()
	hasBody := len(response.body) > 0 && r.Method != http.MethodHead
	if fault.Connection == api.Cut && !isWithin {
		drain(r)
		if hasBody {
			w.WriteHeader(status)
			_, _ = w.Write(response.body[:len(response.body)/2])
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
	_, _ = w.Write(response.body) // an error here means that the caller has hung up
}

// changeHeader sets the headers of the fault. The header may have names in Graph's spelling.
func (f *faultyResponse) changeHeader() {
	set := maps.Clone(f.Header)
	if set == nil {
		set = http.Header{}
	}
	if f.Rule != "" {
		set[faults.ResponseHeader] = []string{f.Rule}
	}
	if f.ContentType != nil {
		set["Content-Type"] = []string{*f.ContentType}
		if *f.ContentType == "" {
			set["Content-Type"] = nil // net/http must not guess one
		}
	}
	if f.status != http.StatusNoContent && f.status != http.StatusNotModified {
		set["Content-Length"] = []string{strconv.Itoa(len(f.body))}
	}
	for name := range f.header {
		for changed := range set {
			if strings.EqualFold(name, changed) {
				delete(f.header, name)
			}
		}
	}
	maps.Copy(f.header, set)
}

// changeBody changes a body in JSON, or in multipart, as the fault says. The address is that of the request.
func (f *faultyResponse) changeBody(address string) {
	contentType := f.header.Get("Content-Type")
	isJSON := strings.HasPrefix(contentType, "application/json")
	switch {
	case f.Body == api.Malformed && (isJSON || strings.HasPrefix(contentType, "multipart/mixed")):
		f.body = f.body[:len(f.body)/2]
	case isJSON && (f.Body == api.EmptyPage || f.Body == api.RepeatedNextLink):
		f.changePage(address)
	}
}

// changePage changes a page of statistics. The link of both kinds leads to the same request, so that
// nothing is lost to a client that follows it after the fault. It is the only link: a page with a delta link is the
// last one.
func (f *faultyResponse) changePage(address string) {
	var page map[string]json.RawMessage
	if f.status != http.StatusOK || json.Unmarshal(f.body, &page) != nil {
		return
	}
	prefix := "@odata."
	if version, _ := wire.VersionUpTo(f.request.Header.Get(input.MaxVersionHeader)); version == wire.Version401 {
		prefix = "@"
	}
	delete(page, prefix+"deltaLink")
	page[prefix+"nextLink"], _ = json.Marshal(address) // a string always marshals, and so does what was JSON
	if f.Body == api.EmptyPage {
		page["value"] = json.RawMessage("[]")
	}
	f.body, _ = json.Marshal(page)
}

// drain reads what has come of the request's body. A connection that is closed with bytes unread is
// reset, which would take the response back.
func drain(r *http.Request) {
	const most = 256 << 10 // as net/http does before it closes
	_, _ = io.CopyN(io.Discard, r.Body, most)
}

// resetConnection ends the connection at once: by RST over HTTP/1, and by the reset of the stream over
// HTTP/2. It does not return.
func resetConnection(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if secured, isTLS := conn.(*tls.Conn); isTLS {
			conn = secured.NetConn() // without the last words of TLS
		}
		if lingering, ok := conn.(*net.TCPConn); ok {
			_ = lingering.SetLinger(0)
		}
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}
