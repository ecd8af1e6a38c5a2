package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/staged"
)

// What can be wrong with a request, besides what the store says.
var (
	errInvalid      = errors.New("the request breaks the contract")
	errUnknown      = errors.New("nothing at this address")
	errMethod       = errors.New("method not allowed")
	errToken        = errors.New("no valid token")
	errForbidden    = errors.New("not permitted")
	errPolicy       = errors.New("policy not satisfied")
	errPrecondition = errors.New("precondition failed")
	errDependency   = errors.New("failed dependency")
	errTimeout      = errors.New("body too slow")
	errTooLarge     = errors.New("body too large")
	errMediaType    = errors.New("unsupported media type")
	errUnavailable  = errors.New("unavailable")
)

// answers is the one table from an error to its status and code; the first row
// that errors.Is decides, and what has no row is the server's fault. The codes
// are Graph's where Graph has one ("Microsoft Graph error responses").
var answers = []struct {
	err    error
	status int
	code   gen.ErrorCode
}{
	{errInvalid, http.StatusBadRequest, gen.ErrorCodeBadRequest},
	{staged.ErrSingle, http.StatusBadRequest, gen.ErrorCodeBadRequest},
	{errToken, http.StatusUnauthorized, gen.ErrorCodeInvalidAuthenticationToken},
	{errForbidden, http.StatusForbidden, gen.ErrorCodeAuthorizationRequestDenied},
	{errPolicy, http.StatusForbidden, gen.ErrorCodeUnknownError},
	{errUnknown, http.StatusNotFound, gen.ErrorCodeResourceNotFound},
	{store.ErrNotFound, http.StatusNotFound, gen.ErrorCodeResourceNotFound},
	{errMethod, http.StatusMethodNotAllowed, gen.ErrorCodeRequestBadRequest},
	{store.ErrExists, http.StatusConflict, gen.ErrorCodeNameAlreadyExists},
	{errPrecondition, http.StatusPreconditionFailed, gen.ErrorCodeResourceModified},
	{errDependency, http.StatusFailedDependency, gen.ErrorCodeFailedDependency},
	{errTimeout, http.StatusRequestTimeout, gen.ErrorCodeRequestTimeout},
	{errTooLarge, http.StatusRequestEntityTooLarge, gen.ErrorCodeRequestEntityTooLarge},
	{errMediaType, http.StatusUnsupportedMediaType, gen.ErrorCodeUnsupportedMediaType},
	{errUnavailable, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{store.ErrUnavailable, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{auth.ErrUnavailable, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{store.ErrClosed, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{store.ErrFull, http.StatusInsufficientStorage, gen.ErrorCodeQuotaLimitReached},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{context.Canceled, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
}

// problem is an error with what the caller is told of it. Errors that are no
// problem are told by their kind alone, so that nothing of the inside leaks.
type problem struct {
	kind    error
	message string
	target  string
	details []gen.ErrorDetail
	// challenge is the WWW-Authenticate header, "" for none.
	challenge string
}

func (p *problem) Error() string { return p.message }
func (p *problem) Unwrap() error { return p.kind }

// refuse returns a problem of the kind with a message for a person.
func refuse(kind error, target, format string, values ...any) *problem {
	return &problem{kind: kind, target: target, message: fmt.Sprintf(format, values...)}
}

// writeError answers a request with an error: the only place that does.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	known := requestOf(r)
	if r.Method == http.MethodGet && errors.Is(err, store.ErrFull) {
		err = errors.Join(errUnavailable, err) // room to sort, and not for a write
	}
	status, code := http.StatusInternalServerError, gen.ErrorCodeInternalServerError
	for _, answer := range answers {
		if errors.Is(err, answer.err) {
			status, code = answer.status, answer.code
			break
		}
	}
	body := gen.ErrorBody{Code: code, Message: messageOf(err, status), InnerError: gen.InnerError{
		Date:      s.now().UTC().Format("2006-01-02T15:04:05"),
		RequestID: known.id,
	}}
	if known.clientID != "" {
		body.InnerError.ClientRequestID = &known.clientID
	}
	var told *problem
	if errors.As(err, &told) {
		if told.target != "" {
			body.Target = &told.target
		}
		if len(told.details) > 0 {
			body.Details = &told.details
		}
		if told.challenge != "" {
			w.Header()["WWW-Authenticate"] = []string{told.challenge}
		}
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if status >= http.StatusInternalServerError && !gone(r) {
		s.log.LogAttrs(r.Context(), slog.LevelError, "failed",
			slog.String("request_id", known.id), slog.String("error", err.Error()))
	}
	text, _ := json.Marshal(gen.Error{Error: body}) // strings alone: always marshals
	w.Header().Set("Content-Type", form{level: metadataMinimal}.contentType())
	w.WriteHeader(status)
	_, _ = w.Write(text) // a caller that has gone is told nothing
}

// gone says whether the caller has hung up, which is no failure of the server's.
func gone(r *http.Request) bool { return errors.Is(r.Context().Err(), context.Canceled) }

// messageOf returns what the caller is told, which for the server's own faults is
// no more than where the reason can be found.
func messageOf(err error, status int) string {
	var told *problem
	switch {
	case errors.As(err, &told):
		return told.message
	case errors.Is(err, staged.ErrSingle):
		return "An atomicityGroup holds POST, PATCH and DELETE of statistics, and GET of one; send this request outside of it."
	case status == http.StatusNotFound:
		return "There is nothing at this address."
	case status == http.StatusServiceUnavailable:
		return "The server cannot do this now. Try again in a moment."
	case status == http.StatusInsufficientStorage:
		return "The server has no room left; nothing was written."
	}
	return "The server failed. The request-id finds the reason in its log."
}

func (s *Server) writeGinError(c *gin.Context, err error) {
	s.writeError(c.Writer, c.Request, err)
	c.Abort()
}

// bindFailed answers a request that gen could not bind, which validation should
// have refused before.
func (s *Server) bindFailed(c *gin.Context, err error) {
	s.writeGinError(c, refuse(errInvalid, "", "The request cannot be read: %s.", err))
}

// answerFailed answers a request whose answer could not be written. Where its
// beginning was, the connection is broken, and there is nobody to tell.
func (s *Server) answerFailed(c *gin.Context, err error) {
	if !c.Writer.Written() {
		s.writeGinError(c, err)
	}
}

func (s *Server) noRoute(c *gin.Context) {
	s.writeGinError(c, refuse(errUnknown, "",
		"Resource not found for the path '%s'. The API is at %s/me/analytics/activityStatistics; /openapi.yaml tells all of it.",
		shown(c.Request.URL.Path), s.contract.bases[0]))
}

// noMethod answers 405 with Allow; for what is not the contract's Gin has set it.
func (s *Server) noMethod(c *gin.Context) {
	if methods := s.contract.methods(c.Request.URL.EscapedPath()); len(methods) > 0 {
		c.Header("Allow", strings.Join(methods, ", "))
	}
	s.writeGinError(c, refuse(errMethod, "",
		"Specified HTTP method is not allowed for the request target. Allowed here: %s.", c.Writer.Header().Get("Allow")))
}

// recovered answers a request whose handler panicked, unless its answer is under
// way already, when only the connection's end can tell the caller.
func (s *Server) recovered(c *gin.Context, cause any) {
	err := fmt.Errorf("panic of a %T", cause) // what it says may be somebody's data
	if failed, isRuntime := cause.(runtime.Error); isRuntime {
		err = failed
	}
	s.log.Error("panic", slog.String("request_id", requestOf(c.Request).id),
		slog.String("cause", err.Error()), slog.String("stack", string(debug.Stack())))
	if c.Writer.Written() {
		panic(http.ErrAbortHandler)
	}
	s.writeGinError(c, err)
}

// shown returns a caller's text as a message repeats it: at most 60 characters.
func shown(text string) string {
	const most = 60
	count := 0
	for i := range text {
		if count == most {
			return text[:i] + "…"
		}
		count++
	}
	return text
}
