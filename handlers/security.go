package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/auth"
	"afterhours/handlers/input"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// applicationScheme is the contract's security scheme for tokens without a user. Every other scheme
// is for tokens with a user.
const applicationScheme = "application"

// guard runs before every operation. A request reaches its operation only if the contract permits
// the operation to the caller and the request has the contract's form. Routes that are not the
// contract's pass.
func (s *Server) guard(c *gin.Context) {
	req := requestOf(c.Request)
	req.route = c.FullPath()
	if err := checkHost(c.Request); err != nil {
		s.writeGinError(c, err)
		return
	}
	contract := s.spec
	op := contract.Operation(c.Request.Method, c.FullPath())
	if op == nil && s.control != nil {
		contract = s.control.spec
		op = contract.Operation(c.Request.Method, c.FullPath())
		req.isControl = op != nil
	}
	if op == nil {
		if !isProbe(c.FullPath()) {
			s.serveStranger(c)
		}
		return
	}
	if address := c.Request.URL; contract.IsAmbiguous(address.Path, address.RawPath) {
		if methods := contract.Methods(address.EscapedPath()); !slices.Contains(methods, c.Request.Method) {
			s.misrouted(c, methods)
			return
		}
	}
	req.operation = op.OperationID
	base, _, _ := strings.Cut(c.FullPath()[1:], "/")
	req.Root = s.urlOf(c.Request, c.FullPath()[:1+len(base)])
	if whole := req.batch; whole != nil {
		defer whole.end()
		if err := whole.begin(c.Request.Context()); err != nil {
			s.writeGinError(c, err)
			return
		}
	}
	defer req.held.free()
	if err := s.admit(c, op, req); err != nil {
		s.writeGinError(c, err)
		return
	}
	if len(op.Security) == 0 {
		s.serveStranger(c)
		return
	}
	c.Next()
}

// misrouted responds to a request whose $-segment Gin took for a key.
func (s *Server) misrouted(c *gin.Context, methods []string) {
	if len(methods) == 0 {
		requestOf(c.Request).route = ""
		s.noRoute(c)
		return
	}
	s.noMethod(c)
}

// admit authenticates the caller if the operation requires it, lets the request fail if a test asked
// for that, takes a place for the request, and validates it.
func (s *Server) admit(c *gin.Context, op *spec.Operation, req *request) error {
	var text []byte
	if len(op.Security) > 0 {
		if err := s.authenticate(c.Request, op, req); err != nil {
			return err
		}
	}
	if s.control != nil && !req.isControl {
		if err := s.applyFault(c.Request, op, req); err != nil {
			return err
		}
	}
	if len(op.Security) > 0 {
		var err error
		if text, err = s.receive(c.Request, op, req); err != nil {
			return err
		}
		if err = s.enter(c.Request, op, req, len(text)); err != nil {
			return err
		}
		s.service.Learn(c.Request.Context(), &req.Request)
		if op.TakesQuery() {
			if err = s.takeQuery(c.Request, req, text); err != nil {
				return err
			}
		}
	}
	cast := ""
	if req.Cast != nil {
		cast = req.Cast.Name
	}
	var err error
	if req.body, err = input.Validate(c.Request, op, &c.Params, cast, text, s.quirks); err != nil || req.isControl {
		return s.withOptionFaults(err, op, req, c.Request.URL)
	}
	return negotiate(c.Request, op, req)
}

// withOptionFaults adds the faults of the query options to those that validation found.
func (s *Server) withOptionFaults(err error, op *spec.Operation, req *request, address *url.URL) error {
	if err == nil {
		return nil
	}
	var refused *problem.Problem
	if !errors.As(err, &refused) || !problem.IsInvalid(err) || refused.Unread {
		return err
	}
	faults := refused.Faults()
	for _, fault := range s.service.OptionFaults(&req.Request, op, address.Query()) {
		if !slices.ContainsFunc(faults, func(known gen.ErrorDetail) bool { return *known.Target == *fault.Target }) {
			faults = append(faults, fault)
		}
	}
	if len(faults) == len(refused.Faults()) {
		return err
	}
	return problem.Invalid(faults...)
}

// authenticate sets the caller of the request. The error is a 401, a 403 if the contract does not
// permit the operation to the caller, or a 429 if the caller sends more requests than it may.
func (s *Server) authenticate(r *http.Request, op *spec.Operation, req *request) error {
	verifier := s.verifier
	if req.isControl {
		verifier = s.control.verifier
	}
	var err error
	if whole := req.batch; whole != nil && !req.isControl {
		req.Caller = whole.outer.Caller // package batch gives each request the token of the batch
	} else if req.Caller, err = s.callerOf(r, verifier); err != nil {
		return unauthenticated(err)
	}
	if err := permitted(op.Security, req.Caller); err != nil {
		return err
	}
	if req.isControl || req.batch != nil {
		return nil // the batch has paid for all of its requests, and the control API has no limit
	}
	return s.spend(req, 1)
}

// bearerToken returns the token of the Authorization header. Several headers are refused, because a
// proxy in front of the server may have judged another one.
func bearerToken(header http.Header) (string, error) {
	if len(header["Authorization"]) > 1 {
		return "", &auth.Error{Description: "The request has several Authorization headers; send one."}
	}
	return auth.BearerToken(header.Get("Authorization"))
}

// unauthenticated returns the problem of an absent or refused token, with the challenge of RFC 6750,
// section 3. The challenge has no error code if there was no token.
func unauthenticated(err error) error {
	var refused *auth.Error
	switch {
	case errors.Is(err, auth.ErrNoToken):
		p := problem.Refuse(problem.ErrToken, "Authorization", "Access token is empty. Send the header: Authorization: Bearer {token}.")
		p.Challenge = `Bearer realm="afterhours"`
		return p
	case errors.As(err, &refused):
		p := problem.Refuse(problem.ErrToken, "Authorization", "%s", refused.Description)
		p.Challenge = fmt.Sprintf(`Bearer realm="afterhours", error="invalid_token", error_description=%q`,
			headerText(refused.Description))
		return p
	}
	return withIssuer(err)
}

// withIssuer adds to an error of an issuer that cannot be reached a message that names it. The reason
// stays in the error for the log.
func withIssuer(err error) error {
	var unavailable *auth.UnavailableError
	if !errors.As(err, &unavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", problem.Refuse(auth.ErrUnavailable, "Authorization",
		"The server cannot fetch the keys of the token's issuer %s now. Try again in a moment; the server's log says why.", unavailable.Issuer), err)
}

// headerText drops the characters that a quoted string of a header's parameter may not have (RFC
// 6750, section 3).
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, text)
}

// permitted returns nil if the caller meets one of the alternatives, else a 403.
func permitted(alternatives openapi3.SecurityRequirements, caller auth.Principal) error {
	var enough []string // the permissions for the caller's kind of token
	for _, alternative := range alternatives {
		for scheme, permissions := range alternative {
			if (scheme == applicationScheme) != caller.App {
				continue
			}
			if !slices.ContainsFunc(permissions, func(permission string) bool { return !caller.Has(permission) }) {
				return nil
			}
			enough = append(enough, permissions...)
		}
	}
	if len(enough) == 0 && !caller.App {
		return problem.Refuse(problem.ErrForbidden, "", "Insufficient privileges to complete the operation: "+
			"the token is of a user, and the operation needs one of an application.")
	}
	if len(enough) == 0 {
		return problem.Refuse(problem.ErrForbidden, "", "Insufficient privileges to complete the operation: "+
			"/me needs a user, and this token is of an application. Use /users/{user-id}.")
	}
	p := problem.Refuse(problem.ErrForbidden, "", "Insufficient privileges to complete the operation. The token needs one of: %s.%s",
		strings.Join(enough, ", "), mintAdvice(caller, enough))
	p.Challenge = fmt.Sprintf(`Bearer realm="afterhours", error="insufficient_scope", scope=%q`, strings.Join(enough, " "))
	return p
}

// mintAdvice returns a sentence that says how to get a token with the last of the permissions, "" if
// this server did not mint the caller's token.
func mintAdvice(caller auth.Principal, enough []string) string {
	if caller.Issuer != auth.LocalName {
		return ""
	}
	flag := "--scope"
	if caller.App {
		flag = "--role"
	}
	return fmt.Sprintf(" For a token that has it, run afterhours token %s %s.", flag, enough[len(enough)-1])
}
