package handlers

import (
	"crypto/rand"
	"encoding/binary"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/faults"
	"afterhours/handlers/input"
	"afterhours/handlers/operations"
	"afterhours/handlers/spec"
	"afterhours/handlers/wire"
)

// request is what the server knows of a request besides its HTTP form. It is allocated once a request, with all
// that lives as long.
type request struct {
	operations.Request
	// at is when the request came, by the server's clock.
	at time.Time
	// clientID is the client-request-id, "" if the caller gave none that may be echoed.
	clientID string
	// route is the route as Gin writes it, for the log; "" for none.
	route string
	// operation is the operationId of the route, "" if it is of no contract.
	operation string
	// waited is how long the request waited for its place.
	waited time.Duration
	// notFound is the message of a 404, for the journal; "" for any other response.
	notFound string
	// isControl is true if the route is of the control contract.
	isControl bool
	// code and target are of the error that the response has, for the log; "" for none.
	code   gen.ErrorCode
	target string
	// reason says why the token was refused, for the log; "" for none.
	reason string
	// body is the validated body.
	body input.Body
	// fault is what a test lets happen to the request, nil for nothing.
	fault *faults.Fault
	// batch is the batch that the request belongs to, nil for none.
	batch *running
	// held is what the request holds of the server.
	held held
	// context, url, reading and recorder are what the HTTP request and the response get in place of their own.
	context  requestContext
	url      url.URL
	reading  pacedBody
	recorder statusRecorder
	// ids are the lines of the headers with ID and clientID.
	ids [2]string
}

// rule returns the rule of the request's fault, "" for none.
func (r *request) rule() string {
	if r.fault == nil {
		return ""
	}
	return r.fault.Rule
}

// endsByFault reports whether a fault is what ends the request, and not its operation.
func (r *request) endsByFault() bool {
	return r.fault != nil && (r.fault.Status != 0 || r.fault.Connection == api.Reset)
}

type requestKey struct{}

// requestOf returns the request that accept put into r's context.
func requestOf(r *http.Request) *request {
	return r.Context().Value(requestKey{}).(*request)
}

// isClientID reports whether a client-request-id may be echoed: 1 to 64 letters, digits and hyphens. It cannot break
// a header or a line of the log.
func isClientID(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-':
		default:
			return false
		}
	}
	return text != "" && len(text) <= 64
}

// newRequestID returns a UUID of version 7 (RFC 9562, 5.7). uuid.NewV7 allocates it twice, and locks to count within
// a millisecond.
func newRequestID(at time.Time) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli())<<16)
	_, _ = rand.Read(id[6:]) // it never fails
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// requestTimeout is how long a request may wait for other requests or for the store before its
// response is 503. The connection stays open longer than that.
const requestTimeout = 45 * time.Second

// accept returns r with the canonical spelling of its URL, and with a new request in its context, which must be
// ended. Header lines that may be repeated are joined.
func (s *Server) accept(r *http.Request, start time.Time) (*http.Request, *request) {
	escaped := r.URL.EscapedPath()
	contract := s.contractAt(escaped)
	query := contract.CanonicalQuery(r.URL.RawQuery)
	aliases := spec.Aliases(query)
	// The path is a copy even if unchanged: a cached id sliced from it would keep the whole request line (32 KiB) in
	// memory.
	path, raw, cast := contract.CanonicalURL(contract.WithKeys(escaped, aliases))
	req := &request{
		Request: operations.Request{
			ID:      newRequestID(start),
			Cast:    cast,
			Aliases: aliases,
			Group:   atomicityGroupOf(r.Context()),
		},
		batch: batchOf(r.Context()),
		url:   *r.URL,
	}
	if given := input.Line(r.Header, "Client-Request-Id"); isClientID(given) {
		req.clientID = given
	}
	req.context.parent, req.context.req, req.context.deadline = r.Context(), req, start.Add(requestTimeout)
	req.url.Path, req.url.RawPath, req.url.RawQuery = path, raw, query
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		req.url.Path, req.url.RawPath = contract.WithApply(path, raw, query)
	}
	r = r.WithContext(&req.context)
	r.URL = &req.url
	for _, name := range []string{"Prefer", "If-Match", "If-None-Match", "Content-Type", "Content-Encoding", "Accept",
		input.VersionHeader, input.MaxVersionHeader} {
		joinLines(r.Header, name)
	}
	req.Form = s.formOf(r.Header)
	req.Asks40 = input.Line(r.Header, input.MaxVersionHeader) != "" && req.Form.Version == wire.Version40
	if lines := r.Header["Client-Request-Id"]; len(lines) > 1 {
		r.Header["Client-Request-Id"] = lines[:1]
	}
	return r, req
}

// formOf returns the form that the headers ask for, without the format, which depends on the operation.
func (s *Server) formOf(header http.Header) wire.Form {
	version, _ := wire.VersionUpTo(input.Line(header, input.MaxVersionHeader)) // CheckProtocol refuses what is none
	return wire.Form{
		Level:     wire.MetadataMinimal,
		Version:   version,
		OmitNulls: operations.OmitsNulls(input.Line(header, "Prefer")),
		Duration:  s.quirks.Durations(input.Line(header, "Sdkversion")),
	}
}

// negotiate judges what the request asks of the response, and sets its format.
func negotiate(r *http.Request, op *spec.Operation, req *request) error {
	if err := input.CheckProtocol(r.Header); err != nil {
		return err
	}
	format, err := input.Negotiate(r, op)
	if err != nil {
		return err
	}
	req.Media = format.Media
	req.Form.Take(format)
	return nil
}
