package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	api "afterhours/control"
	"afterhours/handlers/auth"
	"afterhours/handlers/control"
	"afterhours/handlers/operations"
	"afterhours/handlers/signin"
	"afterhours/handlers/spec"
)

// controlAPI serves the operations of the control contract, by which tests steer the server.
type controlAPI struct {
	server  *Server
	service *control.Service
	signIn  *signin.Service // nil if nobody can sign in
	spec    *spec.Contract
	// verifier trusts the local issuer alone and knows real time: a test that moves the server's clock
	// must be able to move it back.
	verifier *auth.Verifier
}

var _ api.ServerInterface = (*controlAPI)(nil)

func newControlAPI(server *Server, config Config) (*controlAPI, error) {
	contract, err := spec.LoadPaths(api.Contract)
	if err != nil {
		return nil, fmt.Errorf("the control contract: %w", err)
	}
	verifier, err := auth.NewVerifier(time.Now, config.Issuer.Issuer())
	if err != nil {
		return nil, err
	}
	config.Control.Faults.Know(server.spec.OperationIDs())
	config.Control.OnClock(config.Verifier.Forget)
	config.Control.OnReplace(server.service.Forget)
	return &controlAPI{server: server, service: config.Control, signIn: config.SignIn, spec: contract, verifier: verifier}, nil
}

// mount adds the routes of the control contract to the router.
func (a *controlAPI) mount(routes gin.IRouter) {
	for _, base := range a.spec.Bases {
		api.RegisterHandlersWithOptions(routes, a, api.GinServerOptions{
			BaseURL:      base,
			ErrorHandler: func(c *gin.Context, err error, _ int) { a.server.bindFailed(c, err) },
		})
	}
}

// isBelowControl reports whether an escaped path begins with the base path of the control contract, after any number of
// slashes.
func isBelowControl(path string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	return first == "control"
}

// contractAt returns the contract in which an escaped path is spelled.
func (s *Server) contractAt(path string) *spec.Contract {
	if s.control != nil && isBelowControl(path) {
		return s.control.spec
	}
	return s.spec
}

// respond runs an operation and responds with its value in JSON, or with 204 if that is nil.
func (a *controlAPI) respond(c *gin.Context, status int, run func(context.Context) (any, error)) {
	a.server.serve(c, func(ctx context.Context, _ *operations.Request) (*operations.Response, error) {
		value, err := run(ctx)
		if err != nil || value == nil {
			return &operations.Response{Status: http.StatusNoContent}, err
		}
		body, err := json.Marshal(value)
		return &operations.Response{Status: status, ContentType: "application/json", Body: body}, err
	})
}

// respondTo is respond for an operation with a body of the control contract's type.
func respondTo[B any](a *controlAPI, c *gin.Context, status int, run func(context.Context, *B) (any, error)) {
	body := new(B)
	if err := requestOf(c.Request).body.Bind(body); err != nil {
		a.server.bindFailed(c, err)
		return
	}
	a.respond(c, status, func(ctx context.Context) (any, error) { return run(ctx, body) })
}
