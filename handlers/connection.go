package handlers

import (
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"afterhours/handlers/problem"
)

// The slowest body that the server accepts. A client that sends one byte now and then would hold its
// connection forever. A body may pause for bodyTimeout, must bring bodyRate bytes for each second
// beyond that, and must end within bodyDeadline. Bytes that came early allow no longer pause: a body
// that stops before its end would keep its memory.
const (
	bodyTimeout  = 4 * time.Second
	bodyRate     = 8 << 10
	bodyDeadline = 30 * time.Second
	// readSoon is how late the first Read of a body may be at the client's expense.
	readSoon = 10 * time.Millisecond
)

// pacedBody is a body with a minimum rate. It sets the deadline of the connection at once and not
// at the first Read: after a 401, for example, no handler reads the body, and net/http reads it
// before the next request under the same deadline. A first Read that comes late starts the clock again,
// because the time before it was the server's, as to fetch the keys of an issuer.
type pacedBody struct {
	io.ReadCloser
	connection http.ResponseController
	begun      time.Time
	reading    bool
	received   int
}

// pace gives r's body a minimum rate. The body is a part of req. That of a request in a batch is here already.
func pace(w http.ResponseWriter, r *http.Request, req *request) {
	if r.Body == nil || r.Body == http.NoBody || req.batch != nil {
		return
	}
	req.reading = pacedBody{ReadCloser: r.Body, connection: *http.NewResponseController(w)}
	req.reading.begin()
	r.Body = &req.reading
}

func (b *pacedBody) begin() {
	b.begun = time.Now()
	_ = b.connection.SetReadDeadline(b.begun.Add(bodyTimeout))
}

// pause lifts the deadline until the next begin, for a server that does not read.
func (b *pacedBody) pause() { _ = b.connection.SetReadDeadline(time.Time{}) }

func (b *pacedBody) Read(p []byte) (int, error) {
	if !b.reading {
		b.reading = true
		if time.Since(b.begun) > readSoon { // else one more deadline would cost more than it gives
			b.begin()
		}
	}
	n, err := b.ReadCloser.Read(p)
	b.received += n
	if errors.Is(err, io.EOF) { // the response has no read deadline
		_ = b.connection.SetReadDeadline(time.Time{})
	} else {
		b.setDeadline()
	}
	return n, err
}

// setDeadline extends the deadline by the time that the received bytes allow, but not beyond a pause
// of bodyTimeout.
func (b *pacedBody) setDeadline() {
	pause := time.Since(b.begun) + bodyTimeout
	allowed := bodyTimeout + time.Duration(b.received)*time.Second/bodyRate
	_ = b.connection.SetReadDeadline(b.begun.Add(min(pause, allowed, bodyDeadline)))
}

// closeAfterChunks closes the connection after the response to a chunked request. A chunked request
// that also had a Content-Length may be request smuggling (RFC 9112, 6.1); net/http hides which, so
// close after every chunked one.
func closeAfterChunks(w http.ResponseWriter, r *http.Request) {
	if len(r.TransferEncoding) > 0 {
		w.Header().Set("Connection", "close")
	}
}

// hostForm is the form of a Host header: a name or an address, and a port. Links in responses begin
// with it.
var hostForm = regexp.MustCompile(`^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)

// checkHost returns a problem if no link can begin with the request's Host. Host may be absent
// (HTTP/1.0).
func checkHost(r *http.Request) error {
	if r.Host == "" || isUsualHost(r.Host) || hostForm.MatchString(r.Host) {
		return nil
	}
	return problem.Refuse(problem.ErrInvalid, "Host", "'Host' is '%s'; it must be a name or an address, with a port if there is one, as in graph.example.com:8080.", problem.Shown(r.Host))
}

// isUsualHost reports whether a Host is a name with a port or without one. Each such Host has the form hostForm, which
// takes longer to match.
func isUsualHost(host string) bool {
	name, port, hasPort := strings.Cut(host, ":")
	if name == "" || len(name) > 253 || hasPort && (port == "" || len(port) > 5) {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return strings.Trim(port, "0123456789") == ""
}

// joinLines makes one line of a header that was sent in several (RFC 9110, 5.3).
func joinLines(header http.Header, name string) {
	if lines := header[name]; len(lines) > 1 {
		header[name] = []string{strings.Join(lines, ", ")}
	}
}
