package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/auth"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/staged"
)

// statuses is the one table from an error to its status and code. The first matching row wins. An
// error without a row is a bug: 500. The codes are Graph's if Graph has one ("Microsoft Graph error
// responses and resource types").
var statuses = []struct {
	err    error
	status int
	code   gen.ErrorCode
}{
	{problem.ErrInvalid, http.StatusBadRequest, gen.ErrorCodeBadRequest},
	{staged.ErrSingle, http.StatusBadRequest, gen.ErrorCodeBadRequest},
	{store.ErrOwners, http.StatusBadRequest, gen.ErrorCodeBadRequest},
	{problem.ErrToken, http.StatusUnauthorized, gen.ErrorCodeInvalidAuthenticationToken},
	{problem.ErrForbidden, http.StatusForbidden, gen.ErrorCodeAuthorizationRequestDenied},
	{problem.ErrPolicy, http.StatusForbidden, gen.ErrorCodeUnknownError},
	{problem.ErrUnknown, http.StatusNotFound, gen.ErrorCodeResourceNotFound},
	{store.ErrNotFound, http.StatusNotFound, gen.ErrorCodeResourceNotFound},
	{problem.ErrMethod, http.StatusMethodNotAllowed, gen.ErrorCodeRequestBadRequest},
	{store.ErrForgotten, http.StatusGone, gen.ErrorCodeSyncStateNotFound},
	{store.ErrExists, http.StatusConflict, gen.ErrorCodeNameAlreadyExists},
	{problem.ErrPrecondition, http.StatusPreconditionFailed, gen.ErrorCodeResourceModified},
	{problem.ErrDependency, http.StatusFailedDependency, gen.ErrorCodeFailedDependency},
	{problem.ErrTimeout, http.StatusRequestTimeout, gen.ErrorCodeRequestTimeout},
	{problem.ErrTooLarge, http.StatusRequestEntityTooLarge, gen.ErrorCodeRequestEntityTooLarge},
	{problem.ErrMediaType, http.StatusUnsupportedMediaType, gen.ErrorCodeUnsupportedMediaType},
	{problem.ErrFormat, http.StatusNotAcceptable, gen.ErrorCodeNotAcceptable},
	{problem.ErrStopped, http.StatusBadRequest, gen.ErrorCodeRequestUnsupportedQuery},
	{problem.ErrNotImplemented, http.StatusNotImplemented, gen.ErrorCodeNotImplemented},
	{problem.ErrThrottled, http.StatusTooManyRequests, gen.ErrorCodeTooManyRequests},
	{problem.ErrUnavailable, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{store.ErrUnavailable, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{store.ErrDamaged, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{auth.ErrUnavailable, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{store.ErrClosed, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{store.ErrFull, http.StatusInsufficientStorage, gen.ErrorCodeQuotaLimitReached},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
	{context.Canceled, http.StatusServiceUnavailable, gen.ErrorCodeServiceNotAvailable},
}

// writeError responds to a request with an error. Every error leaves through here.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	req := requestOf(r)
	if reads(r) && errors.Is(err, store.ErrFull) {
		err = errors.Join(problem.ErrUnavailable, err) // no room for a temporary sort: 503, not 507
	}
	status, code := statusOf(err)
	var refused *problem.Problem
	_ = errors.As(err, &refused) // nil for any other error
	if !req.endsByFault() {
		req.code = code // that of a fault is any text
	}
	if refused != nil {
		req.target = s.loggedTarget(refused)
	}
	if errors.Is(err, problem.ErrToken) { // its message has no part of the token
		req.reason = refused.Message
	}
	s.setErrorHeaders(w.Header(), status, req, refused)
	if !req.endsByFault() && isFailure(status) && !gone(r) && !s.isTold(err) && s.mayLog(req) {
		s.log.LogAttrs(r.Context(), slog.LevelError, "failed",
			slog.String("request_id", req.ID), slog.String("error", err.Error()))
	}
	message := messageOf(err, status)
	if status == http.StatusNotFound {
		req.notFound = message
	}
	text, _ := json.Marshal(gen.Error{Error: s.errorBody(req, code, message, refused)}) // strings alone always marshal
	text = encode(w.Header(), r, text)
	w.WriteHeader(status)
	_, _ = w.Write(text) // an error here means that the caller has hung up
}

// isTold reports whether the log already has the cause of the error: the end of the server was asked for, the
// store tells it by Watch, or an earlier request met it. Damage stays until the next start, and so does that the server is
// not ready.
func (s *Server) isTold(err error) bool {
	if errors.Is(err, store.ErrTold) || errors.Is(err, errEnding) {
		return true
	}
	return errors.Is(err, store.ErrDamaged) && s.damaged.Swap(true)
}

// statusOf returns the row of the table for the error, or what a fault has in place of one.
func statusOf(err error) (int, gen.ErrorCode) {
	var onPurpose failedOnPurpose
	if errors.As(err, &onPurpose) {
		return onPurpose.Status, gen.ErrorCode(onPurpose.Code)
	}
	for _, row := range statuses {
		if errors.Is(err, row.err) {
			return row.status, row.code
		}
	}
	return http.StatusInternalServerError, gen.ErrorCodeInternalServerError
}

func (s *Server) setErrorHeaders(header http.Header, status int, req *request, refused *problem.Problem) {
	if refused != nil && refused.Challenge != "" {
		header["WWW-Authenticate"] = []string{refused.Challenge}
	}
	if refused != nil && refused.Unread {
		header.Set("Connection", "close")
	}
	if status == http.StatusServiceUnavailable && !req.endsByFault() {
		header.Set("Retry-After", "1")
	}
	if refused != nil && refused.Location != "" {
		header.Set("Location", refused.Location)
	}
	if refused != nil && refused.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(refused.RetryAfter))
	}
	if status == http.StatusTooManyRequests {
		header["x-ms-throttle-scope"] = []string{"Tenant_Application/ReadWrite/" + headerText(req.Caller.Application) + "/" + req.Caller.Tenant}
		header["x-ms-throttle-information"] = []string{"ResourceUnitLimitExceeded"}
	}
	header.Set("Content-Type", wire.Form{Level: wire.MetadataMinimal, Version: req.Form.Version}.ContentType())
}

// errorBody returns the one shape of errors. The problem is nil for an error whose text may hold
// internals.
func (s *Server) errorBody(req *request, code gen.ErrorCode, message string, refused *problem.Problem) gen.ErrorBody {
	body := gen.ErrorBody{Code: code, Message: message, InnerError: gen.InnerError{
		Date:      s.now().UTC().Format("2006-01-02T15:04:05"),
		RequestID: req.ID,
	}}
	if req.clientID != "" {
		body.InnerError.ClientRequestID = &req.clientID
	}
	if refused != nil && refused.Target != "" {
		body.Target = &refused.Target
	}
	if refused != nil && len(refused.Details) > 0 {
		body.Details = &refused.Details
	}
	return body
}

// isFailure reports whether the server is to blame for a status. 501 is for what a caller asks and the
// server never promised.
func isFailure(status int) bool {
	return status >= http.StatusInternalServerError && status != http.StatusNotImplemented
}

// gone reports whether the caller has hung up, which is not a failure of the server.
func gone(r *http.Request) bool { return errors.Is(r.Context().Err(), context.Canceled) }

// messageOf returns the message for the caller. For a failure of the server it only says where the
// reason is.
func messageOf(err error, status int) string {
	var refused *problem.Problem
	switch {
	case errors.As(err, &refused):
		return refused.Message
	case errors.Is(err, staged.ErrSingle):
		return "An atomicityGroup or a change set holds POST, PUT, PATCH and DELETE of statistics and their properties, and GET of one; send this request outside of it."
	case errors.Is(err, store.ErrOwners):
		return "This server's store cannot change the statistics of several users in one atomicityGroup or change set; send one for each user."
	case status == http.StatusNotFound:
		return "There is nothing at this address."
	case errors.Is(err, store.ErrStopped):
		return "The server has stopped writing, because something happened to its files. It must be started again; its log tells why."
	case errors.Is(err, store.ErrDamaged):
		return "The server's database is damaged, and this request needs the damaged part. The server's log tells more."
	case status == http.StatusServiceUnavailable:
		return "The server cannot do this now. Try again in a moment."
	case status == http.StatusInsufficientStorage:
		return "The server has no room left; nothing was written."
	}
	return "The server failed. The request-id finds the reason in its log."
}

// writeGinError is writeError for a handler of Gin: no handler after it runs.
func (s *Server) writeGinError(c *gin.Context, err error) {
	s.writeError(c.Writer, c.Request, err)
	c.Abort()
}

// bindFailed responds to a request that gen could not bind. Validation refuses such requests
// before, so this is for what validation misses.
func (s *Server) bindFailed(c *gin.Context, err error) {
	s.writeGinError(c, problem.Refuse(problem.ErrInvalid, "", "The request cannot be read: %s.", err))
}

// noRoute responds with 404 to a path that nothing serves, and with 501 to one that has a resource of OData which
// this server does not have (OData Protocol 9.3.1).
func (s *Server) noRoute(c *gin.Context) {
	if segment := s.spec.Unserved(c.Request.URL.EscapedPath()); segment != "" {
		s.writeGinError(c, problem.Refuse(problem.ErrNotImplemented, "",
			"OData has '%s' in this place of a path, but this server does not implement it; /openapi.yaml has all paths.", problem.Shown(segment)))
		return
	}
	s.writeGinError(c, problem.Refuse(problem.ErrUnknown, "",
		"Resource not found for the path '%s'. %s", problem.Shown(c.Request.URL.Path), s.pathAdvice(c.Request.URL)))
}

// probes are paths at which other servers tell whether they are well.
var probes = map[string]bool{
	"health": true, "healthz": true, "healthcheck": true, "live": true, "ready": true, "ping": true, "status": true,
}

// pathAdvice returns a sentence that says how to write a path that nothing serves.
func (s *Server) pathAdvice(address *url.URL) string {
	if advice, spelling := s.spec.KeyAdvice(address.Path); advice != "" {
		return advice + " " + problem.Shown(spelling) + "."
	}
	if probes[strings.ToLower(strings.Trim(address.Path, "/"))] {
		return "Ask /livez whether the server runs, and /readyz whether it is ready."
	}
	if prefix := s.spec.WithoutPrefix(address.EscapedPath()); prefix != "" {
		return "Leave out '" + problem.Shown(prefix) + "' at its beginning."
	}
	if name, after := s.spec.MissingSegment(address.Path); name != "" {
		return fmt.Sprintf("Put '%s' after '%s'.", name, problem.Shown(after))
	}
	if whole, isValue := strings.CutSuffix(address.EscapedPath(), "/$value"); isValue && len(s.spec.Methods(whole)) > 0 {
		return "Only a property has $value, as in activityStatistics/{id}/duration/$value."
	}
	if segment, meant := s.spec.Mistyped(address.Path); meant != "" {
		return fmt.Sprintf("Did you mean '%s' instead of '%s'?", meant, problem.Shown(segment))
	}
	if address.Path != "/" && len(s.spec.Methods(s.spec.Bases[0]+address.EscapedPath())) > 0 {
		return fmt.Sprintf("Put %s, the base of the API, before it.", s.spec.Bases[0])
	}
	return fmt.Sprintf("The API is at %s/me/analytics/activityStatistics; /openapi.yaml has all paths.", s.spec.Bases[0])
}

// noMethod responds with 405 and Allow, and with 404 if Gin took a $-segment for a key. Gin has set Allow
// if the path is not the contract's.
func (s *Server) noMethod(c *gin.Context) {
	path := c.Request.URL.EscapedPath()
	contract := s.contractAt(path)
	switch methods := contract.Methods(path); {
	case len(methods) > 0:
		c.Header("Allow", strings.Join(methods, ", "))
	case contract.IsBelowBase(path):
		c.Writer.Header().Del("Allow")
		s.noRoute(c)
		return
	}
	allowed := c.Writer.Header().Get("Allow")
	s.writeGinError(c, problem.Refuse(problem.ErrMethod, "",
		"Specified HTTP method is not allowed for the request target. Allowed here: %s.%s", allowed, methodAdvice(c.Request.Method, path, allowed)))
}

// methodAdvice returns a sentence with the method that a caller may mean, "" for none. Only a
// statistic and its properties allow DELETE, only they, analytics and settings PATCH.
func methodAdvice(method, path, allowed string) string {
	isWrite := method == http.MethodPut || method == http.MethodPost
	switch {
	case strings.HasSuffix(path, "/$ref"): // of a containment (OData 11.4.6; CSDL 8.4)
		return " A statistic is contained in its user's analytics, so that no reference to it is added or removed." +
			" POST to the collection creates a statistic, and DELETE of its URL removes it."
	case strings.Contains(path, "/settings/"):
		return " PATCH of settings changes its properties."
	case isWrite && strings.Contains(allowed, http.MethodDelete):
		return " PATCH changes a statistic, and POST to the collection creates one."
	case isWrite && strings.Contains(allowed, http.MethodPatch):
		return " PATCH changes what is here."
	case strings.Contains(allowed, "GET, HEAD, POST") && method != http.MethodPost:
		return " To change or delete a statistic, add its id to the path."
	}
	return ""
}

// recovered responds to a request whose handler panicked. If the response has begun, only the end of
// the connection can tell the caller.
func (s *Server) recovered(c *gin.Context, cause any) {
	err := fmt.Errorf("panic of a %T", cause) // its text may be personal data
	if failed, isRuntime := cause.(runtime.Error); isRuntime {
		err = failed
	}
	s.log.Error("panic", slog.String("request_id", requestOf(c.Request).ID),
		slog.String("cause", err.Error()), slog.String("stack", string(debug.Stack())))
	if c.Writer.Written() {
		panic(http.ErrAbortHandler)
	}
	s.writeGinError(c, err)
}
