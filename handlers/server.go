package handlers

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	api "afterhours/control"
	"afterhours/handlers/auth"
	"afterhours/handlers/batch"
	"afterhours/handlers/control"
	"afterhours/handlers/input"
	"afterhours/handlers/limits"
	"afterhours/handlers/operations"
	"afterhours/handlers/pages"
	"afterhours/handlers/signin"
	"afterhours/handlers/spec"
	"afterhours/handlers/wire"
	"afterhours/logs"
	"afterhours/store"
	"afterhours/traces"
)

// Config is the parts of a Server. Every field but PublicURL, SDKQuirks, QueryTime, Strict, Control,
// SignIn, Observe, Tracer and Draining is required.
type Config struct {
	Store    store.Store
	Verifier *auth.Verifier
	// Issuer is the local issuer, whose discovery document and keys are served.
	Issuer *auth.LocalIssuer
	// Contract is the text of openapi.yaml. The server enforces the same bytes that it serves.
	Contract []byte
	// PublicURL is the scheme, host and port of the links in responses. "" takes them from each
	// request.
	PublicURL string
	// SDKQuirks accepts what official SDKs send beyond OData; see input.Quirks.
	SDKQuirks bool
	// QueryTime is how long a list or a count may take, 0 for DefaultQueryTime.
	QueryTime time.Duration
	// Limits say who may hold how much of the server.
	Limits *limits.Limits
	// Strict refuses the writes that break the contract's x-strict-rules.
	Strict bool
	// Control serves the control contract. nil leaves its routes out.
	Control *control.Service
	// SignIn serves the endpoints of sign-in. nil leaves its routes out.
	SignIn *signin.Service
	// PageProviders are the issuers at which people sign in to the week page.
	PageProviders []pages.Provider
	// Observe takes every request.
	Observe Observe
	// Tracer has a span for each request. nil has none, and costs nothing.
	Tracer *traces.Tracer
	// Draining reports whether the server is about to end, so that /readyz is 503. nil never does.
	Draining func() bool
	Logger   *slog.Logger
	Now      func() time.Time
}

// DefaultQueryTime is how long a list or a count may take unless Config says otherwise.
const DefaultQueryTime = time.Second

// Server serves the operations of the contract over a store. It is an http.Handler.
type Server struct {
	store     store.Store
	verifier  *auth.Verifier
	spec      *spec.Contract
	service   *operations.Service
	publicURL string
	log       *slog.Logger
	now       func() time.Time
	draining  func() bool // nil for never
	// diagnostic is the line of the header x-ms-ags-diagnostic, the same for all responses.
	diagnostic []string
	quirks     input.Quirks
	batches    *batch.Runner
	control    *controlAPI // nil without the control contract
	limits     *limits.Limits
	observe    Observe        // nil for nobody
	tracer     *traces.Tracer // nil for no spans
	strangers  *logs.Quota    // of lines about requests without a valid token
	engine     *gin.Engine
	damaged    atomic.Bool // whether a request has met damage in the store
}

// New returns a server. The error says what in the configuration or in the contract is wrong.
func New(config Config) (*Server, error) {
	contract, err := spec.Load(config.Contract)
	if err != nil {
		return nil, fmt.Errorf("the contract: %w", err)
	}
	if err := CheckPublicURL(config.PublicURL); err != nil {
		return nil, err
	}
	service, err := operations.New(operations.Config{
		Store:     config.Store,
		Contract:  contract,
		Log:       config.Logger,
		Now:       config.Now,
		QueryTime: cmp.Or(config.QueryTime, DefaultQueryTime),
		Strict:    config.Strict,
	})
	if err != nil {
		return nil, err
	}
	server := &Server{
		quirks:    input.Quirks(config.SDKQuirks),
		store:     config.Store,
		verifier:  config.Verifier,
		spec:      contract,
		service:   service,
		publicURL: strings.TrimSuffix(config.PublicURL, "/"),
		log:       config.Logger,
		now:       config.Now,
		draining:  config.Draining,
		diagnostic: []string{fmt.Sprintf(
			`{"ServerInfo":{"DataCenter":"Afterhours","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":%q}}`, newRequestID(time.Now())[:8])},
		limits:  config.Limits,
		observe: config.Observe,
		tracer:  config.Tracer,
	}
	server.strangers = logs.NewQuota(func(leftOut int) {
		server.log.Warn("requests without a valid token are too many to log each", "lines_left_out", leftOut)
	})
	server.batches = server.newBatchRunner()
	if config.Control != nil {
		if server.control, err = newControlAPI(server, config); err != nil {
			return nil, err
		}
	}
	server.engine = server.newEngine(config)
	return server, nil
}

// CheckPublicURL returns an error if the text cannot be Config.PublicURL. The error does not repeat
// the text.
func CheckPublicURL(text string) error {
	if text == "" {
		return nil
	}
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" || parsed.User != nil ||
		strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.Fragment != "" {
		return errors.New("it must be scheme, host and port alone, as in https://graph.example.com")
	}
	return nil
}

// ServeHTTP responds to one request. It names the request, sets the headers of every response, and
// routes the request in its canonical form.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now() // not by s.now, which may be moved
	r, span := s.beginSpan(r)
	r, req := s.accept(r, start)
	defer req.context.end()
	req.at = s.now()
	s.setHeaders(w.Header(), req)
	closeAfterChunks(w, r)
	recorder := &req.recorder
	*recorder = statusRecorder{ResponseWriter: w, req: req, status: http.StatusOK}
	defer s.endSpan(span, r, recorder)
	pace(w, r, req)
	if !s.shareAcrossOrigins(recorder, r) {
		s.engine.ServeHTTP(recorder, r)
	}
	took := time.Since(start)
	s.logRequest(r, req, recorder.sent(), start, took)
	s.observeRequest(r, req, recorder.sent(), took)
	if s.control != nil {
		s.control.record(r, req, recorder.sent(), took)
	}
	if req.fault != nil {
		s.sendFaulty(w, r, req.fault, recorder.status, recorder.body)
	}
}

// Lines of headers that all responses share. Nothing can be appended to them in place.
var (
	version40         = []string{string(wire.Version40)}
	version401        = []string{string(wire.Version401)}
	transportSecurity = []string{"max-age=31536000"}
)

// setHeaders sets the headers that every response has. It writes to the map directly, to spell their
// names as Graph does.
func (s *Server) setHeaders(header http.Header, req *request) {
	req.ids = [...]string{req.ID, req.clientID}
	header["request-id"] = req.ids[0:1:1]
	if req.clientID != "" {
		header["client-request-id"] = req.ids[1:2:2]
	}
	header["OData-Version"] = version40
	if req.Form.Version == wire.Version401 {
		header["OData-Version"] = version401
	}
	header["x-ms-ags-diagnostic"] = s.diagnostic
	if strings.HasPrefix(s.publicURL, "https://") { // never for localhost, which has other servers too
		header["Strict-Transport-Security"] = transportSecurity
	}
}

// statusRecorder keeps the status of the response for the log. It keeps the whole response if the
// request has a fault.
type statusRecorder struct {
	http.ResponseWriter
	req    *request
	status int
	body   []byte
}

func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	if w.req.fault == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *statusRecorder) Write(part []byte) (int, error) {
	if w.req.fault != nil {
		w.body = append(w.body, part...)
		return len(part), nil
	}
	return w.ResponseWriter.Write(part)
}

// sent returns the status of the response, 0 if a fault lets none be sent.
func (w *statusRecorder) sent() int {
	if w.req.fault != nil && w.req.fault.Connection == api.Reset {
		return 0
	}
	return w.status
}

// Unwrap returns the wrapped writer to http.ResponseController.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
