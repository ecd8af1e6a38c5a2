package handlers

import (
	"errors"
	"net"
	"net/http"
	"strings"
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
	body  limits.Body   // takes nothing without a body
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
	h.body.Free()
}

// limited returns for whom the request is done, as limits know it.
func limited(caller auth.Principal) limits.Caller {
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

// callerOf returns the caller that the token of a request names. Strangers cannot keep the caller of a known token
// waiting.
func (s *Server) callerOf(r *http.Request, verifier *auth.Verifier) (auth.Principal, error) {
	if caller, ok := knownCaller(r.Header, verifier); ok {
		return caller, nil
	}
	token, err := bearerToken(r.Header)
	if err != nil {
		return auth.Principal{}, err
	}
	if caller, ok := verifier.Known(token); ok { // in another spelling of the header
		return caller, nil
	}
	leave, err := s.limits.Verify(r.Context(), addressOf(r))
	if err != nil {
		return auth.Principal{}, busy(err)
	}
	defer leave()
	return verifier.Verify(r.Context(), token)
}

// knownCaller returns the caller of a token that is verified already, if the header has its usual spelling. The token
// is one that bearerToken took before, so that its form need not be judged again.
func knownCaller(header http.Header, verifier *auth.Verifier) (auth.Principal, bool) {
	lines := header["Authorization"]
	if len(lines) != 1 {
		return auth.Principal{}, false
	}
	token, ok := strings.CutPrefix(lines[0], "Bearer ")
	if !ok {
		return auth.Principal{}, false
	}
	return verifier.Known(token)
}

// serveStranger serves an answer that needs no token. A request in a batch has the batch's place.
func (s *Server) serveStranger(c *gin.Context) {
	if requestOf(c.Request).batch == nil {
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
	if req.batch == nil && !req.isControl {
		req.held.body = s.limits.Body(limited(req.Caller))
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
	if whole := req.batch; whole != nil && (!op.IsLong || whole.outer.held.place.IsLong()) {
		if op.IsLong {
			req.held.turn, err = whole.wait(r.Context())
		}
		return busy(err)
	}
	caller, take := limited(req.Caller), s.limits.Write
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
	wait := s.limits.Spend(limited(req.Caller), requests)
	if wait == 0 {
		return nil
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	p := problem.Refuse(problem.ErrThrottled, "", "Please retry again later. The limit of requests a second for each caller is %d; try again after %d s.",
		s.limits.PerSecond(), seconds)
	p.RetryAfter = seconds
	return p
}
