package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	lru "github.com/hashicorp/golang-lru/v2"

	"afterhours/gen"
	"afterhours/handlers/auth"
	"afterhours/handlers/batch"
	"afterhours/store"
)

// Config is what a Server is made of. Every field but PublicURL and SDKQuirks is
// required.
type Config struct {
	Store    store.Store
	Verifier *auth.Verifier
	// Issuer is the local issuer, whose discovery document and keys are served.
	Issuer *auth.LocalIssuer
	// Contract is the text of openapi.yaml, which is served as it is.
	Contract []byte
	// PublicURL is the scheme, host and port by which clients reach the server,
	// for the links in answers; "" takes them from each request.
	PublicURL string
	// SDKQuirks accepts what official SDKs send beyond OData, and answers some as
	// they need it; see quirks.
	SDKQuirks bool
	Logger    *slog.Logger
	Now       func() time.Time
}

// Server answers the contract's operations over a store. It is an http.Handler.
type Server struct {
	store     store.Store
	verifier  *auth.Verifier
	contract  *contract
	publicURL string
	log       *slog.Logger
	now       func() time.Time
	instance  string
	quirks    quirks
	model     []byte // the $metadata document
	batches   *batch.Runner
	engine    *gin.Engine
	turns     turns
	recent    *recent
	// learned holds the aliases that this process has seen in tokens, so that
	// each is stored once and not at every request.
	learned *lru.Cache[store.User, struct{}]
}

// learnedAliases bounds the memory of Server.learned: about 4 MiB.
const learnedAliases = 16384

// New returns a server over the configuration, or an error that says what of the
// configuration or of the embedded contract is wrong.
func New(config Config) (*Server, error) {
	contract, err := loadContract()
	if err != nil {
		return nil, fmt.Errorf("the embedded contract: %w", err)
	}
	if config.PublicURL != "" {
		if err := checkPublicURL(config.PublicURL); err != nil {
			return nil, err
		}
	}
	learned, err := lru.New[store.User, struct{}](learnedAliases)
	if err != nil {
		return nil, err
	}
	model, err := newMetadata(contract)
	if err != nil {
		return nil, fmt.Errorf("the model of the embedded contract: %w", err)
	}
	server := &Server{
		quirks:    quirks{config.SDKQuirks},
		model:     model,
		store:     config.Store,
		verifier:  config.Verifier,
		contract:  contract,
		publicURL: strings.TrimSuffix(config.PublicURL, "/"),
		log:       config.Logger,
		now:       config.Now,
		instance:  newRequestID()[:8],
		learned:   learned,
		recent:    newRecent(),
	}
	server.batches = server.newBatchRunner()
	server.engine = server.newEngine(config)
	return server, nil
}

func checkPublicURL(text string) error {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" ||
		strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.Fragment != "" {
		return fmt.Errorf("public URL %q: write scheme, host and port alone, as in https://graph.example.com", text)
	}
	return nil
}

// newEngine builds the router: the generated routes once under each base path of
// the contract, and beside them what a server of any kind offers.
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

	for _, base := range s.contract.bases {
		s.register(engine, base)
	}
	engine.GET("/openapi.yaml", serveBytes("application/yaml", config.Contract))
	engine.GET("/.well-known/jwks.json", serveBytes("application/json", config.Issuer.JWKS()))
	engine.GET("/.well-known/openid-configuration", func(c *gin.Context) {
		c.Data(http.StatusOK, "application/json", config.Issuer.Discovery(s.origin(c.Request)))
	})
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		engine.Handle(method, "/livez", serveBytes("text/plain", []byte("ok")))
		engine.Handle(method, "/readyz", s.ready)
	}
	return engine
}

// register puts the generated routes under a base path, with every door of theirs
// through which an error can leave leading to writeError.
func (s *Server) register(engine gin.IRouter, base string, around ...gen.StrictMiddlewareFunc) {
	strict := gen.NewStrictHandlerWithOptions(s, around, gen.StrictGinServerOptions{
		RequestErrorHandlerFunc:  s.bindFailed,
		HandlerErrorFunc:         s.writeGinError,
		ResponseErrorHandlerFunc: s.answerFailed,
	})
	gen.RegisterHandlersWithOptions(engine, strict, gen.GinServerOptions{
		BaseURL:      base,
		ErrorHandler: func(c *gin.Context, err error, _ int) { s.bindFailed(c, err) },
	})
}

func serveBytes(contentType string, content []byte) gin.HandlerFunc {
	return func(c *gin.Context) { c.Data(http.StatusOK, contentType, content) }
}

// readyTimeout is how long a probe waits for the store: less than probes wait.
const readyTimeout = 2 * time.Second

// ready answers whether the server can do its work now: 200, or 503 as an error.
func (s *Server) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyTimeout)
	defer cancel()
	if err := s.store.Check(ctx); err != nil {
		s.writeGinError(c, errors.Join(errUnavailable, err))
		return
	}
	c.Data(http.StatusOK, "text/plain", []byte("ok"))
}

// origin returns the scheme, host and port by which the client reached the
// server. Forwarding headers are not believed: behind a proxy, PublicURL tells.
func (s *Server) origin(r *http.Request) string {
	if s.publicURL != "" {
		return s.publicURL
	}
	host := r.Host
	if address, known := r.Context().Value(http.LocalAddrContextKey).(net.Addr); host == "" && known {
		host = address.String() // HTTP/1.0 needs no Host
	}
	if r.TLS != nil {
		return "https://" + host
	}
	return "http://" + host
}
