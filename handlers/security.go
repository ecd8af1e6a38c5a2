package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"afterhours/handlers/auth"
	"afterhours/store"
)

// applicationScheme is the contract's security scheme of tokens without a user;
// every other scheme is one of tokens with a user.
const applicationScheme = "application"

// guard stands before every operation: nothing reaches one that the contract
// does not permit to this caller, or that is not of the contract's form. Routes
// that are not the contract's pass.
func (s *Server) guard(c *gin.Context) {
	known := requestOf(c.Request)
	known.route = c.FullPath()
	if err := checkHost(c.Request); err != nil {
		s.writeGinError(c, err)
		return
	}
	op := s.contract.operation(c.Request, c.FullPath())
	if op == nil {
		return
	}
	if methods := s.contract.methods(c.Request.URL.EscapedPath()); !slices.Contains(methods, c.Request.Method) {
		s.misrouted(c, methods)
		return
	}
	known.root = s.origin(c.Request) + "/" + strings.SplitN(c.FullPath(), "/", 3)[1]
	if len(op.security) > 0 {
		if err := s.authenticate(c, op, known); err != nil {
			s.writeGinError(c, err)
			return
		}
	}
	if err := s.validate(c, op); err != nil {
		s.writeGinError(c, err)
	}
}

// misrouted answers a request whose $-segment Gin took for a key.
func (s *Server) misrouted(c *gin.Context, methods []string) {
	if len(methods) == 0 {
		s.noRoute(c)
		return
	}
	s.noMethod(c)
}

// authenticate finds out who is calling and whether the contract permits the
// operation to them.
func (s *Server) authenticate(c *gin.Context, op *operation, known *request) error {
	token, err := bearerToken(c.Request.Header)
	if err != nil {
		return unauthenticated(err)
	}
	known.caller, err = s.verifier.Verify(c.Request.Context(), token)
	if err != nil {
		return unauthenticated(err)
	}
	if err := permitted(op.security, known.caller); err != nil {
		return err
	}
	s.learn(c, known.caller)
	return nil
}

// bearerToken returns the token of the one Authorization header. Of several, which
// one a proxy before the server judged could not be known.
func bearerToken(header http.Header) (string, error) {
	if len(header["Authorization"]) > 1 {
		return "", &auth.Error{Description: "The request has several Authorization headers; send one."}
	}
	return auth.BearerToken(header.Get("Authorization"))
}

// unauthenticated returns the problem of a token that is absent or refused, with
// the challenge of RFC 6750, section 3: without an error code if there was none.
func unauthenticated(err error) error {
	var refused *auth.Error
	switch {
	case errors.Is(err, auth.ErrNoToken):
		p := refuse(errToken, "Authorization", "Access token is empty. Send the header: Authorization: Bearer {token}.")
		p.challenge = `Bearer realm="afterhours"`
		return p
	case errors.As(err, &refused):
		p := refuse(errToken, "Authorization", "%s", refused.Description)
		p.challenge = fmt.Sprintf(`Bearer realm="afterhours", error="invalid_token", error_description=%q`,
			headerText(refused.Description))
		return p
	}
	return err
}

// headerText leaves out what may not stand in a quoted string of a header's
// parameter (RFC 6750, section 3).
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, text)
}

// permitted returns nil if the caller meets one of the alternatives.
func permitted(alternatives openapi3.SecurityRequirements, caller auth.Principal) error {
	var enough []string // the permissions of the caller's kind that would do
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
	if len(enough) == 0 {
		return refuse(errForbidden, "", "Insufficient privileges to complete the operation: "+
			"/me needs a user, and this token is of an application. Use /users/{user-id}.")
	}
	p := refuse(errForbidden, "", "Insufficient privileges to complete the operation. The token needs one of: %s.",
		strings.Join(enough, ", "))
	p.challenge = fmt.Sprintf(`Bearer realm="afterhours", error="insufficient_scope", scope=%q`, strings.Join(enough, " "))
	return p
}

// learn stores the user's principal name as an alias, so that /users/{name} finds
// them. A name that another user has already stays theirs, whoever came first: a
// token is no proof of a name, only of an object id. The command line moves names.
func (s *Server) learn(c *gin.Context, caller auth.Principal) {
	if caller.App || !s.contract.isName(caller.UPN) {
		return
	}
	user := store.User{Owner: ownerOf(caller), UPN: caller.UPN}
	if s.learned.Contains(user) {
		return
	}
	err := s.store.PutUser(c.Request.Context(), user, false)
	if err != nil { // the request itself can go on without
		s.log.Warn("the user's name is not learned: if it is another user's, afterhours user add moves it",
			"request_id", requestOf(c.Request).id, "error", err.Error())
	}
	if err == nil || errors.Is(err, store.ErrExists) {
		s.learned.Add(user, struct{}{})
	}
}

func ownerOf(caller auth.Principal) store.Owner {
	return store.Owner{Tenant: caller.Tenant, User: caller.User}
}
