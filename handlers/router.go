package handlers

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// newEngine builds the router: the generated routes under each base path of the contract, and the
// routes that any server has.
func (s *Server) newEngine(config Config) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false // nothing is ever redirected
	engine.HandleMethodNotAllowed = true // 405 with Allow instead of 404
	engine.UseRawPath = true             // an escaped slash stays within its segment
	engine.ForwardedByClientIP = false
	engine.Use(gin.CustomRecoveryWithWriter(nil, s.recovered), s.guard)
	engine.NoRoute(s.noRoute)
	engine.NoMethod(s.noMethod)

	routes := readable{engine}
	for _, base := range s.spec.Bases {
		gen.RegisterHandlersWithOptions(routes, s, gen.GinServerOptions{
			BaseURL:      base,
			ErrorHandler: func(c *gin.Context, err error, _ int) { s.bindFailed(c, err) },
		})
	}
	if s.control != nil {
		s.control.mount(routes)
	}
	if config.SignIn != nil {
		s.mountSignIn(routes, config.SignIn)
	}
	routes.GET("/openapi.yaml", s.serveLazily(func() *static { return newStatic("application/yaml", config.Contract) }))
	routes.GET("/.well-known/jwks.json", s.serveStatic(newStatic("application/json", config.Issuer.JWKS())))
	routes.GET("/.well-known/openid-configuration", func(c *gin.Context) { // the same for each Host
		s.serveStatic(newUncompressed("application/json", config.Issuer.Discovery(s.origin(c.Request))))(c)
	})
	s.mountPages(routes, config)
	routes.GET("/livez", func(c *gin.Context) { c.Data(http.StatusOK, "text/plain", []byte("ok")) })
	routes.GET("/readyz", s.ready)
	return engine
}

// readable is a router that serves HEAD wherever it serves GET (RFC 9110, 9.3.2). The handler is the
// same: net/http drops the body of a response to HEAD.
type readable struct{ gin.IRouter }

func (r readable) GET(path string, handlers ...gin.HandlerFunc) gin.IRoutes {
	r.HEAD(path, handlers...)
	return r.IRouter.GET(path, handlers...)
}

// readyTimeout is how long /readyz waits for the store. Usual probes wait longer.
const readyTimeout = 2 * time.Second

// errEnding is the answer to probes of a server that drains. Someone wants it, so the log has no error.
var errEnding = problem.Refuse(problem.ErrUnavailable, "", "The server is about to end. Send requests to another one.")

// ready responds with 200 if the server can do its work now, and will go on to. Else it is 503.
func (s *Server) ready(c *gin.Context) {
	if s.isDraining() {
		s.writeGinError(c, errEnding)
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyTimeout)
	defer cancel()
	err := s.store.Check(ctx)
	if err == nil && s.damaged.Load() {
		err = store.ErrDamaged
	}
	if err != nil {
		s.writeGinError(c, errors.Join(problem.ErrUnavailable, err))
		return
	}
	c.Data(http.StatusOK, "text/plain", []byte("ok"))
}

func (s *Server) isDraining() bool { return s.draining != nil && s.draining() }

// origin returns the scheme, host and port by which the client reached the server. Forwarding
// headers are not trusted: with a proxy in front, PublicURL is needed.
func (s *Server) origin(r *http.Request) string { return s.urlOf(r, "") }

// urlOf returns the URL of a path of this server.
func (s *Server) urlOf(r *http.Request, path string) string {
	if s.publicURL != "" {
		return s.publicURL + path
	}
	host := r.Host
	if host == "" { // HTTP/1.0 needs none
		if address, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
			host = address.String()
		}
	}
	if r.TLS != nil {
		return "https://" + host + path
	}
	return "http://" + host + path
}
