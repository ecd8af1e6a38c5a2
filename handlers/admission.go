package handlers

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"afterhours/handlers/auth"
	"afterhours/handlers/input"
	"afterhours/handlers/limits"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// held is what a request holds of the server until its response is written. A request in a batch
// shares the place of the batch.
type held struct {
	body  *limits.Body  // nil without a body
	place *limits.Place // nil before it is taken
	turn  func()        // ends the turn of a long request in its batch; nil for any other
}

// free gives everything back.
func (h *held) free() {
	if h.turn != nil {
		h.turn()
	}
	if h.place != nil {
		h.place.Close()
	}
	if h.body != nil {
		h.body.Free()
	}
}

// callerOf returns for whom the request is done.
func callerOf(caller auth.Principal) limits.Caller {
	return limits.Caller{Tenant: caller.Tenant, User: caller.User, Application: caller.Application}
}

// addressOf returns the network address of a request, without its port.
func addressOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// isProbe reports whether the route is a probe, which no limit may refuse.
func isProbe(route string) bool { return route == "/livez" || route == "/readyz" }

// verify returns the caller that the token names. Strangers cannot keep the caller of a known token
// waiting.
func (s *Server) verify(r *http.Request, verifier *auth.Verifier, token string) (auth.Principal, error) {
	if caller, ok := verifier.Known(token); ok {
		return caller, nil
	}
	leave, err := s.limits.Verify(r.Context(), addressOf(r))
	if err != nil {
		return auth.Principal{}, busy(err)
	}
	defer leave()
	return verifier.Verify(r.Context(), token)
}

// serveStranger serves an answer that needs no token. A request in a batch has the batch's place.
func (s *Server) serveStranger(c *gin.Context) {
	if batchOf(c.Request.Context()) == nil {
		leave, err := s.limits.Stranger(c.Request.Context(), addressOf(c.Request))
		if err != nil {
			s.writeGinError(c, busy(err))
			return
		}
		defer leave()
	}
	c.Next()
}

// receive reads the text of the request's body, nil if the operation has none.
func (s *Server) receive(r *http.Request, op *spec.Operation, req *request) ([]byte, error) {
	if op.RequestBody == nil {
		return nil, nil
	}
	hold := func(int64) error { return nil } // the body of a batch is held already, and tests are not limited
	if batchOf(r.Context()) == nil && !req.isControl {
		req.held.body = s.limits.Body(callerOf(req.Caller))
		hold = req.held.body.Hold
	}
	return input.ReadBody(r, op, s.quirks, hold)
}

// enter takes the place in which the request is worked on. A large body is long work, because it takes
// memory and time to decode.
func (s *Server) enter(r *http.Request, op *spec.Operation, req *request, bodySize int) (err error) {
	if req.isControl {
		return nil // a test must be able to steer a server that is busy
	}
	if whole := batchOf(r.Context()); whole != nil && (!op.IsLong || whole.outer.held.place.IsLong()) {
		if op.IsLong {
			req.held.turn, err = whole.wait(r.Context())
		}
		return busy(err)
	}
	caller, take := callerOf(req.Caller), s.limits.Write
	switch {
	case op.IsLong || bodySize > limits.SmallBody:
		take = s.limits.Long
	case op.Route.Method == http.MethodGet:
		take = s.limits.Read
	}
	if s.debugs(r.Context()) {
		asked := time.Now()
		defer func() { req.waited = time.Since(asked) }()
	}
	req.held.place, err = take(r.Context(), caller)
	return busy(err)
}

// busy returns the problem of a request for which there is no place, and any other error unchanged.
func busy(err error) error {
	if errors.Is(err, limits.ErrBusy) {
		return problem.Refuse(problem.ErrUnavailable, "", "The server has too much to do now, and nothing was done. Try again in a moment.")
	}
	return err
}

// spend takes requests from the caller's rate, all or none.
func (s *Server) spend(req *request, requests int) error {
	wait := s.limits.Spend(callerOf(req.Caller), requests)
	if wait == 0 {
		return nil
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	p := problem.Refuse(problem.ErrThrottled, "", "Please retry again later. The limit of requests a second for each caller is %d; try again after %d s.",
		s.limits.PerSecond(), seconds)
	p.RetryAfter = seconds
	return p
}
