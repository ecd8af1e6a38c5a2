package handlers

import (
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"afterhours/handlers/problem"
	"afterhours/traces"
)

// logRequest writes one line: no token, no query, no value, no name of a person.
func (s *Server) logRequest(r *http.Request, req *request, status int, start time.Time, took time.Duration) {
	if !s.mayLog(req) {
		return
	}
	level := slog.LevelInfo
	expected := req.endsByFault() || isProbe(req.route) && s.isDraining()
	if isFailure(status) && !gone(r) && !expected {
		level = slog.LevelError
	}
	handler := s.log.Handler()
	if !handler.Enabled(r.Context(), level) {
		return
	}
	// Not by LogAttrs: it finds its caller in the stack, which no format of the log shows, and takes as long as the line.
	line := slog.NewRecord(start.Add(took), level, "request", 0)
	line.AddAttrs(slog.String("method", method(r)), slog.String("route", req.route), slog.Int("status", status),
		slog.Float64("took_ms", float64(took.Microseconds())/1000), slog.String("request_id", req.ID), slog.String("client_request_id", req.clientID))
	if req.route == "" {
		line.AddAttrs(slog.String("path", loggedPath(r)))
	}
	if s.tracer != nil {
		line.AddAttrs(slog.String("trace_id", traces.ID(r.Context())))
	}
	if req.code != "" {
		line.AddAttrs(slog.String("error", string(req.code)))
	}
	if rule := req.rule(); rule != "" {
		line.AddAttrs(slog.String("fault", rule))
	}
	if req.target != "" {
		line.AddAttrs(slog.String("target", req.target))
	}
	if req.reason != "" {
		line.AddAttrs(slog.String("reason", req.reason))
	}
	if s.debugs(r.Context()) {
		line.AddAttrs(req.details()...)
	}
	_ = handler.Handle(r.Context(), line) // an error here means that the log cannot be written
}

// mayLog reports whether the log has room for a line about the request. It always has for a caller
// with a valid token. Anybody else could fill the disk.
func (s *Server) mayLog(req *request) bool { return req.Caller.Tenant != "" || s.strangers.Allow() }

// method returns the request's method if HTTP has it, else "other". An invented one could put text of the
// caller into the log.
func method(r *http.Request) string {
	if isMethod(r.Method) {
		return r.Method
	}
	return "other"
}

// isMethod reports whether HTTP has a method of that name.
func isMethod(name string) bool {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}

// keyed finds the ids and names in a path, which are of a person or of a person's statistic.
var keyed = regexp.MustCompile(`/(users|activityStatistics|userrealm|UserRealm)/[^/]+`)

// pathMax is how many characters of a path the log shows.
const pathMax = 200

// loggedPath returns the path of a request that has no route, escaped and cut. Ids and names after
// users, userrealm and activityStatistics are replaced as in a route.
func loggedPath(r *http.Request) string {
	path := keyed.ReplaceAllString(r.URL.EscapedPath(), "/$1/:id")
	return path[:min(len(path), pathMax)] // an escaped path is ASCII
}

// loggedTarget returns the target of a problem for the log. It replaces names that the contract does
// not have, which are the caller's text.
func (s *Server) loggedTarget(refused *problem.Problem) string {
	target := refused.Target
	if target == "" && len(refused.Details) > 0 {
		target = *refused.Details[0].Target
	}
	segments := strings.Split(target, "/")
	for i, name := range segments {
		if !plain.MatchString(name) && !s.hasName(name) {
			segments[i] = "other"
		}
	}
	return strings.Join(segments, "/")
}

// hasName reports whether a contract that the server serves has the name.
func (s *Server) hasName(name string) bool {
	return s.spec.HasName(name) || s.control != nil && s.control.spec.HasName(name)
}

// plain are the segments of targets that are no names of the contract: none, a place in a list, and
// parts of HTTP.
var plain = regexp.MustCompile(`^([0-9]{0,4}|query|Host|Authorization|Content-Type|Content-Encoding)$`)
