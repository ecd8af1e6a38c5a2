package command

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/handlers/control"
	"afterhours/handlers/limits"
	"afterhours/handlers/signin"
	"afterhours/metrics"
	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/traces"
)

// Limits of one connection and of the end. They cut off slow clients, which would
// otherwise hold connections for ever.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 620 * time.Second // longer than a proxy keeps a connection: load balancers of Google Cloud do for 600 s
	maxHeaderBytes    = 32 << 10          // a token may take 16 KiB
	finishTimeout     = 10 * time.Second
)

// Config describes a server. The flags of serve fill it.
type Config struct {
	StoreFlags
	IssuerFlags
	AdminFlags
	Contract  []byte       // openapi.yaml, which the server shows and enforces
	Addr      string       // to listen on, as in --addr
	Listener  net.Listener // to accept connections from instead of Addr; nil for none
	Demo      bool         // store the documented week for the demo user
	Seed      string       // file of rows that Start stores, in a format of import; "" for none
	Control   controlScope
	Clients   string        // file of the clients that may sign in; "" for any client
	ReadyFile string        // to write when the server serves; "" for none
	PublicURL string        // by which clients reach the server; "" for the one they connect to
	SDKQuirks bool          // accept and send what official SDKs need beyond OData
	QueryTime time.Duration // of a list or a count, as in --query-time; 0 for the default
	Strict    bool          // refuse the writes that break the contract's x-strict-rules
	TLS       TLSFlags
	Limit     int            // requests a second of each caller; 0 for no limit
	Drain     time.Duration  // how long to serve while not ready before the end, as in --drain
	New       bool           // create the sqlite store, and refuse one that is there
	Logger    *slog.Logger   // not nil
	LogFormat logFormat      // of the lines that serve and exec give to Logger
	LogLevel  logLevel       // as in --log-level
	Level     *slog.LevelVar // of Logger; nil if nobody may change it
	Tracer    *traces.Tracer // of spans; nil for none. Whoever made it stops it, after the server
	Stderr    io.Writer      // for the words with which writing stops, in addition to the log; not nil
}

// App is the running server and all parts that it is made of.
type App struct {
	config   Config
	store    store.Store
	issuer   *auth.LocalIssuer
	clock    *control.Clock   // of the whole server, nil for real time
	control  *control.Service // nil without the control API
	signIn   *signin.Service  // nil if nobody can sign in
	seed     []bulk.Row       // of the file of --seed
	verifier *auth.Verifier
	limits   *limits.Limits
	tls      *tls.Config // nil for plain http
	caFile   string      // of the authority that clients must trust, "" for none
	demo     loadedDemo  // by Start, with --demo
	server   *http.Server
	metrics  *metrics.Metrics // nil without the admin listener
	measured store.Measured   // nil for a store that measures nothing
	admin    *adminListener   // nil without --admin-addr, and before Start
	failed   chan error
	active   atomic.Int64 // requests under way
	draining atomic.Bool  // whether the end has begun: /readyz is 503
	stop     func() error // shutDown, which runs once

	mu       sync.Mutex     // protects the fields below
	closers  []func() error // one for each part, in the order of opening
	listener net.Listener   // nil before Start
	stopped  bool
}

// New opens and checks all parts of a server. It does not listen yet. If one part cannot
// be opened, New closes the others.
func New(ctx context.Context, config Config) (*App, error) {
	a := &App{config: config, failed: make(chan error, 1)}
	a.stop = sync.OnceValue(a.shutDown)
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Stop())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	err := errors.Join(a.config.settle()...)
	if err != nil {
		return err
	}
	if err := a.removeReadyFile(); err != nil {
		return err
	}
	if err := a.readSeed(ctx); err != nil {
		return err
	}
	if a.config.Data != "" {
		created, err := createFolder(a.config.Data)
		if err != nil {
			return err
		}
		if created != "" {
			a.config.Logger.Info("created the data folder", "folder", created)
		}
	}
	if err := a.openStore(ctx); err != nil {
		return err
	}
	if a.issuer, err = a.config.openIssuer(); err != nil {
		return err
	}
	if a.tls, a.caFile, err = a.config.TLS.open(a.config.Data, a.config.Addr, a.config.Logger); err != nil {
		return err
	}
	if err := a.openControl(); err != nil {
		return err
	}
	handler, err := a.newHandler()
	if err != nil {
		return err
	}
	open := newConnections(connectionLimit(openFiles()))
	if err := a.openAdmin(handler, open); err != nil {
		return err
	}
	a.server = &http.Server{
		Handler:           &streams{next: a.counting(handler)},
		TLSConfig:         a.tls,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: streamsPerConnection},
		ConnContext:       withStreamCount,
		ConnState:         open.track,
		ErrorLog:          newErrorLog(a.config.Logger),
	}
	if a.control != nil {
		a.server.RegisterOnShutdown(a.control.EndWaits)
	}
	return nil
}

// counting returns the handler with its requests under way counted. While the server drains, it asks
// clients and proxies to close each connection: one that they keep would be closed under a request.
func (a *App) counting(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.active.Add(1)
		defer a.active.Add(-1)
		if a.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		handler.ServeHTTP(w, r)
	})
}

func (a *App) newHandler() (*handlers.Server, error) {
	verifier, err := a.config.verifier(a.issuer, a.now, a.config.Tracer)
	if err != nil {
		return nil, err
	}
	a.verifier, a.limits = verifier, limits.New(runtime.GOMAXPROCS(0), a.config.Limit)
	return handlers.New(handlers.Config{
		Limits:    a.limits,
		Store:     a.store,
		Verifier:  verifier,
		Issuer:    a.issuer,
		Contract:  a.config.Contract,
		PublicURL: a.config.PublicURL,
		SDKQuirks: a.config.SDKQuirks,
		QueryTime: a.config.QueryTime,
		Strict:    a.config.Strict,
		Tracer:    a.config.Tracer,
		Logger:    a.config.Logger,
		Control:   a.control,
		SignIn:    a.signIn,
		Draining:  a.draining.Load,

		PageProviders: a.config.pageProviders(),
		Observe:       a.observeRequests(),

		Now: a.now,
	})
}

// now returns the time by the clock of the server.
func (a *App) now() time.Time {
	if a.clock == nil {
		return time.Now()
	}
	return a.clock.Now()
}

// Start begins to listen and to serve. It returns an error if the address cannot be
// bound, and if it was called before or after Stop. After an error the caller must still
// call Stop.
func (a *App) Start(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped || a.listener != nil {
		return errors.New("the server was started or stopped before")
	}
	if err := a.startAdmin(ctx); err != nil {
		return err
	}
	listener, err := a.config.listen(ctx)
	if err != nil {
		return err
	}
	if a.config.Demo { // once the address is ours: a start that fails stores nothing
		if a.demo, err = loadDemo(ctx, a.store, a.now()); err != nil {
			return fmt.Errorf("--demo: %w", errors.Join(err, listener.Close()))
		}
	}
	if err := a.storeSeed(ctx); err != nil {
		return fmt.Errorf("--seed: %w", errors.Join(err, listener.Close()))
	}
	a.logStart()
	a.listener = listener
	a.verifier.FetchKeys()
	a.closers = append(a.closers, a.finish)
	go func() {
		if err := a.serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- err
		}
	}()
	return nil
}

// serve accepts connections until the server is shut down.
func (a *App) serve(listener net.Listener) error {
	if a.tls == nil {
		return a.server.Serve(listener)
	}
	return a.server.ServeTLS(listener, "", "") // the certificate is in the configuration
}

// Addr returns the address that the server listens on, nil before Start.
func (a *App) Addr() net.Addr {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.listener == nil {
		return nil
	}
	return a.listener.Addr()
}

// URL returns the URL by which a client on this machine reaches the started server.
func (a *App) URL() string {
	if a.tls == nil {
		return "http://" + reachable(a.Addr())
	}
	return "https://" + reachable(a.Addr())
}

// Failed returns the channel on which the error comes that ends the server before Stop
// does.
func (a *App) Failed() <-chan error { return a.failed }
