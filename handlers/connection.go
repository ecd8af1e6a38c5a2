package handlers

import (
	"errors"
	"io"
	"net/http"
	"regexp"
	"time"
)

// How slowly a body may come: a client that sends a byte now and then holds a
// connection as well as an honest one. It may be silent for bodyPatience, must send
// bodyPace in each second beyond that, and be done within bodyLongest.
const (
	bodyPatience = 4 * time.Second
	bodyPace     = 8 << 10
	bodyLongest  = 30 * time.Second
)

// pacedBody is a body that must come at a pace. The connection's deadline is set as
// soon as there is one, and not by the first Read alone: what no handler reads, as after
// a 401, net/http does before the next request, with the same patience. The first Read
// begins anew, since what came before it the server has taken, as to fetch an issuer's keys.
type pacedBody struct {
	io.ReadCloser
	connection *http.ResponseController
	begun      time.Time
	reading    bool
	received   int
}

// paced returns r's body as one that must come at a pace.
func paced(w http.ResponseWriter, r *http.Request) io.ReadCloser {
	if r.Body == nil || r.Body == http.NoBody {
		return r.Body
	}
	body := &pacedBody{ReadCloser: r.Body, connection: http.NewResponseController(w)}
	body.begin()
	return body
}

func (b *pacedBody) begin() {
	b.begun = time.Now()
	b.setDeadline()
}

func (b *pacedBody) Read(p []byte) (int, error) {
	if !b.reading {
		b.reading = true
		b.begin()
	}
	n, err := b.ReadCloser.Read(p)
	b.received += n
	if errors.Is(err, io.EOF) { // and how long the answer takes is another matter
		_ = b.connection.SetReadDeadline(time.Time{})
	} else {
		b.setDeadline()
	}
	return n, err
}

// setDeadline moves the deadline on by what was received. Within a batch there is no
// connection, and nothing to do.
func (b *pacedBody) setDeadline() {
	patience := bodyPatience + time.Duration(b.received)*time.Second/bodyPace
	_ = b.connection.SetReadDeadline(b.begun.Add(min(patience, bodyLongest)))
}

// closeBehindChunks ends the connection with the answer to a request in chunks. Of one
// that had a Content-Length as well, a proxy may have seen the end elsewhere, and what
// follows be another client's (RFC 9112, 6.1); net/http does not tell which had.
func closeBehindChunks(w http.ResponseWriter, r *http.Request) {
	if len(r.TransferEncoding) > 0 {
		w.Header().Set("Connection", "close")
	}
}

// hostForm is what may stand in Host: a name or an address, and a port. Links in answers
// begin with it, so that nothing else of the caller's may come into them.
var hostForm = regexp.MustCompile(`^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)

// checkHost returns a problem if the request's Host is of no form that a link can
// begin with. It may be absent (HTTP/1.0).
func checkHost(r *http.Request) error {
	if r.Host == "" || hostForm.MatchString(r.Host) {
		return nil
	}
	return refuse(errInvalid, "Host", "Host is '%s'; it must be a name or an address, and a port if there is one.", shown(r.Host))
}
