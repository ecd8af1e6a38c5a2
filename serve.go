package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/sqlite"
)

// Bounds of one connection and of the end. A client that is slower than these is
// cut off, as it would otherwise hold a connection for ever.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 32 << 10 // a token may take 16 KiB
	drainTimeout      = 10 * time.Second
)

type serveOptions struct {
	place
	addr      string
	demo      bool
	publicURL string
	sdkQuirks bool
	issuers   []string
	audiences []string
	tls       tlsOptions
}

func serveCommand() *cobra.Command {
	var options serveOptions
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API until SIGTERM or SIGINT, then finish what is under way and exit 0",
		Example: `  afterhours serve --demo
  afterhours serve --addr 127.0.0.1:0 --store memory
  afterhours serve --tls-dev
  afterhours serve --issuer https://login.microsoftonline.com/TENANT/v2.0 --audience CLIENT-ID`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return serve(command, options)
		},
	}
	flags := command.Flags()
	options.addFlags(flags)
	flags.StringVar(&options.addr, "addr", "127.0.0.1:8080", "address to listen on; port 0 picks a free one")
	flags.BoolVar(&options.demo, "demo", false, "load the documented week for a demo user and print a token and a command to try")
	flags.StringVar(&options.publicURL, "public-url", "", "URL by which clients reach the server, if it is not the one they connect to")
	flags.BoolVar(&options.sdkQuirks, "sdk-quirks", true, "accept and answer what official Microsoft Graph SDKs need beyond OData")
	flags.StringArrayVar(&options.issuers, "issuer", nil, "OpenID Connect issuer to trust beside the local one, as its tokens name it; may be repeated")
	flags.StringArrayVar(&options.audiences, "audience", nil, "audience that tokens of those issuers must have; may be repeated")
	options.tls.addFlags(flags)
	return command
}

// serve runs the server until the command's context is done.
func serve(command *cobra.Command, options serveOptions) error {
	if err := options.tls.check(); err != nil {
		return err
	}
	ctx := command.Context()
	logger := slog.New(slog.NewJSONHandler(command.ErrOrStderr(), nil))
	slog.SetDefault(logger) // for the parts that are given none
	app, err := start(ctx, options, logger)
	if err != nil {
		return err
	}
	fmt.Fprintln(command.OutOrStdout(), "listening on", app.url())
	if app.caFile != "" {
		tellTrust(command.OutOrStdout(), app.url(), app.caFile)
	}
	if options.demo || isTerminal(command.OutOrStdout()) {
		if err := app.introduce(command.OutOrStdout(), options.demo); err != nil {
			return errors.Join(err, app.stop())
		}
	}
	select {
	case <-ctx.Done():
		return app.stop()
	case err := <-app.failed:
		return errors.Join(err, app.stop())
	}
}

// app is a running server and all that it is made of.
type app struct {
	listener net.Listener
	server   *http.Server
	store    store.Store
	issuer   *auth.LocalIssuer
	tls      *tls.Config  // nil for plain http
	caFile   string       // of the authority that clients must trust, "" for none
	unlock   func() error // nil for a store that needs no lock
	failed   chan error   // what ended the server before stop did
}

// start opens the parts and begins to serve. Nothing is left open if one of them
// cannot be opened.
func start(ctx context.Context, options serveOptions, logger *slog.Logger) (_ *app, err error) {
	a := &app{failed: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.release())
		}
	}()
	if err := os.MkdirAll(options.data, 0o700); err != nil {
		return nil, fmt.Errorf("--data: %w", err)
	}
	if options.store == "sqlite" {
		if a.unlock, err = sqlite.Lock(options.data); err != nil {
			return nil, err
		}
	}
	if a.store, err = options.open(ctx); err != nil {
		return nil, err
	}
	if a.issuer, err = auth.OpenLocalIssuer(options.data); err != nil {
		return nil, err
	}
	if err := a.secure(options, logger); err != nil {
		return nil, err
	}
	handler, err := newHandler(a, options, logger)
	if err != nil {
		return nil, err
	}
	if a.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", options.addr); err != nil {
		return nil, fmt.Errorf("--addr: %w", err)
	}
	if options.demo {
		if err := loadDemo(ctx, a.store, time.Now()); err != nil {
			return nil, fmt.Errorf("--demo: %w", errors.Join(err, a.listener.Close()))
		}
	}
	a.server = &http.Server{
		Handler:           handler,
		TLSConfig:         a.tls,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	go func() {
		if err := a.accept(); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- err
		}
	}()
	return a, nil
}

// accept answers connections until the server is shut down.
func (a *app) accept() error {
	if a.tls == nil {
		return a.server.Serve(a.listener)
	}
	return a.server.ServeTLS(a.listener, "", "") // the certificate is in the configuration
}

func newHandler(a *app, options serveOptions, logger *slog.Logger) (http.Handler, error) {
	if len(options.audiences) > 0 && len(options.issuers) == 0 {
		return nil, fmt.Errorf("--audience says what tokens of an --issuer must have, and none is given; %w", errUsage)
	}
	trusted := []*auth.Issuer{a.issuer.Issuer()}
	for _, name := range options.issuers {
		issuer, err := auth.NewIssuer(name, options.audiences, nil)
		if err != nil {
			return nil, fmt.Errorf("--issuer: %w", err)
		}
		trusted = append(trusted, issuer)
	}
	verifier, err := auth.NewVerifier(time.Now, trusted...)
	if err != nil {
		return nil, fmt.Errorf("--issuer: %w", err)
	}
	return handlers.New(handlers.Config{
		Store:     a.store,
		Verifier:  verifier,
		Issuer:    a.issuer,
		Contract:  contract,
		PublicURL: options.publicURL,
		SDKQuirks: options.sdkQuirks,
		Logger:    logger,
		Now:       time.Now,
	})
}

func (a *app) url() string {
	if a.tls == nil {
		return "http://" + reachable(a.listener.Addr())
	}
	return "https://" + reachable(a.listener.Addr())
}

// stop lets the requests under way finish, for drainTimeout at most, and closes
// the store behind them.
func (a *app) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	err := a.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		slog.Warn("connections were cut off that did not end in time", "after", drainTimeout)
		err = a.server.Close()
	}
	return errors.Join(err, a.release())
}

// release closes what start opened, but for the listener, in the reverse order.
func (a *app) release() error {
	var err error
	if a.store != nil {
		err = a.store.Close()
	}
	if a.unlock != nil {
		err = errors.Join(err, a.unlock())
	}
	return err
}
