package handlers

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"afterhours/handlers/auth"
	"afterhours/store"
)

// request is what the server knows of a request beside its HTTP form.
type request struct {
	// id is the server's name for the request, clientID the caller's ("" if it
	// gave none that can be echoed).
	id, clientID string
	// cast is the type that the URL asks for, nil without one.
	cast *entityType
	// form is how the answer writes statistics.
	form form
	// root is the URL of the API that the client used, as http://host:port/beta.
	root string
	// caller is who was found to be calling; zero before that.
	caller auth.Principal
	// route is the route as the contract writes it, for the log; "" for none.
	route string
	// store and turns are the server's, or those of the group that it is one of.
	store store.Store
	turns *turns
	// recent is the server's, nil in a group, whose view is not what is stored.
	recent *recent
}

type requestKey struct{}

// requestOf returns what ServeHTTP put beside r.
func requestOf(r *http.Request) *request {
	return r.Context().Value(requestKey{}).(*request)
}

// casts says whether the URL asks for the type, or for none.
func (r *request) casts(stored store.Type) bool { return r.cast == nil || r.cast.stored == stored }

// castSegment is the cast in the URLs of an answer, "" for none.
func (r *request) castSegment() string {
	if r.cast == nil {
		return ""
	}
	return "/" + strings.TrimPrefix(r.cast.name, "#")
}

// begin returns the context of the request that an operation serves, and what is
// known of it. It leaves behind the context that Gin passes, which is pooled and
// must not outlive the request, as the context of a queued write may.
func begin(ctx context.Context) (context.Context, *request) {
	r := ctx.(*gin.Context).Request
	return r.Context(), requestOf(r)
}

// clientRequestID is what of a caller's own name is echoed: nothing that could
// break a header or a line of the log.
var clientRequestID = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

func newRequestID() string { return uuid.Must(uuid.NewV7()).String() }

// answerWithin is how long a request may wait, for others or for the store, before it is
// answered 503: a good deal less than the connection is kept open for an answer.
const answerWithin = 45 * time.Second

// ServeHTTP answers one request: it gives it a name, sets the headers that every
// answer carries, and sends it on in its canonical form.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := s.now()
	ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
	defer cancel()
	known := &request{id: newRequestID(), form: s.formOfRequest(r), store: s.store, turns: &s.turns, recent: s.recent}
	if group := groupOf(r.Context()); group != nil {
		known.store, known.turns, known.recent = group.view, &group.turns, nil
	}
	if given := r.Header.Get("client-request-id"); clientRequestID.MatchString(given) {
		known.clientID = given
	}
	s.setHeaders(w.Header(), known)
	closeBehindChunks(w, r)
	answered := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	r = s.canonical(ctx, r, known)
	r.Body = paced(w, r)
	if !s.shareAcrossOrigins(answered, r) {
		s.engine.ServeHTTP(answered, r)
	}
	s.logRequest(r, known, answered.status, s.now().Sub(start))
}

// setHeaders sets the headers that every answer has. They are written to directly,
// to spell their names as Graph does.
func (s *Server) setHeaders(header http.Header, known *request) {
	header["request-id"] = []string{known.id}
	if known.clientID != "" {
		header["client-request-id"] = []string{known.clientID}
	}
	header["OData-Version"] = []string{"4.0"}
	header["x-ms-ags-diagnostic"] = []string{fmt.Sprintf(
		`{"ServerInfo":{"DataCenter":"Afterhours","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":%q}}`, s.instance)}
	if strings.HasPrefix(s.publicURL, "https://") { // never for localhost, where other servers are
		header.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// canonical returns r with the canonical spelling of its URL, and with the context and
// known in it. Header lines that may be repeated are joined (RFC 9110, 5.3).
func (s *Server) canonical(ctx context.Context, r *http.Request, known *request) *http.Request {
	path, raw, cast := s.contract.canonicalURL(r.URL.EscapedPath())
	known.cast = cast
	r = r.WithContext(context.WithValue(ctx, requestKey{}, known))
	address := *r.URL
	// The path is another text even if it is the same: what remembers an id that is cut
	// out of it shall not keep the whole line of the request, of up to 32 KiB.
	address.Path, address.RawPath, address.RawQuery = path, raw, s.contract.canonicalQuery(r.URL.RawQuery)
	r.URL = &address
	for _, name := range []string{"Prefer", "If-Match", "If-None-Match", "Content-Type", "Content-Encoding"} {
		joinLines(r.Header, name)
	}
	if lines := r.Header["Client-Request-Id"]; len(lines) > 1 {
		r.Header["Client-Request-Id"] = lines[:1]
	}
	return r
}

// logRequest writes one line: no token, no query, no name of a person.
func (s *Server) logRequest(r *http.Request, known *request, status int, took time.Duration) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError && !gone(r) {
		level = slog.LevelError
	}
	s.log.LogAttrs(r.Context(), level, "request",
		slog.String("method", method(r)), slog.String("route", known.route), slog.Int("status", status),
		slog.Duration("took", took), slog.String("request_id", known.id), slog.String("client_request_id", known.clientID))
}

// method returns the request's method if HTTP knows it, so that a made-up one
// cannot put text of the caller's into the log.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return r.Method
	}
	return "other"
}

// statusRecorder remembers the status of the answer for the log.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach what lies below.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
