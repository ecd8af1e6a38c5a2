package handlers

import (
	"net/http"

	"afterhours/traces"
)

// beginSpan begins the span of a request, or of a request of a batch below that of the batch. The span is
// nil without traces.
func (s *Server) beginSpan(r *http.Request) (*http.Request, *traces.Span) {
	switch {
	case s.tracer == nil:
		return r, nil
	case batchOf(r.Context()) != nil:
		return s.tracer.Item(r)
	}
	return s.tracer.Request(r)
}

// endSpan ends the span of a request by the response that w has recorded.
func (s *Server) endSpan(span *traces.Span, r *http.Request, w *statusRecorder) {
	if span != nil {
		span.EndResponse(tracedMethod(r.Method), s.template(r.Method, w.req.route), w.sent())
	}
}

// traceRefusal makes a span for the error with which a batch itself responds to one of its requests.
func (s *Server) traceRefusal(outer *http.Request, method string, err error) {
	if s.tracer != nil {
		_, span := s.tracer.Item(outer)
		status, _ := statusOf(err)
		span.EndResponse(tracedMethod(method), "", status)
	}
}

// tracedMethod returns the method, or "" if HTTP has none of that name.
func tracedMethod(name string) string {
	if isMethod(name) {
		return name
	}
	return ""
}

// template returns a route as its contract writes it: /me/x/{id} for /beta/me/x/:id, and /control/x/{id} for
// /control/x/:id. Any other route stays as Gin writes it.
func (s *Server) template(method, route string) string {
	if op := s.spec.Operation(method, route); op != nil {
		return op.Route.Path
	}
	if s.control != nil {
		if op := s.control.spec.Operation(method, route); op != nil {
			return s.control.spec.Bases[0] + op.Route.Path
		}
	}
	return route
}
