package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"afterhours/handlers"
	"afterhours/handlers/admin"
	"afterhours/metrics"
	"afterhours/store"
	"afterhours/store/metered"
)

// AdminFlags are the flags of the listener for those who run the server.
type AdminFlags struct {
	AdminAddr      string // to listen on, "" for no such listener
	AdminTokenFile string // file of the token that its clients must have, "" for none
}

func (f *AdminFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.AdminAddr, "admin-addr", "", "address of a listener of its own for metrics (/metrics), profiles (/debug/pprof/), the level of the log (/log-level) and probes, or a port of this machine; port 0 picks a free one")
	flags.StringVar(&f.AdminTokenFile, "admin-token-file", "", "file of the bearer token that clients of --admin-addr must send, 20 characters at least; needed if others than this machine reach the address. It is read at each request")
}

// check returns an error if the flags do not fit together, or the address is that of --addr. It completes
// the address.
func (f *AdminFlags) check(addr string) (err error) {
	if f.AdminAddr == "" {
		if f.AdminTokenFile != "" {
			return usagef("--admin-token-file says what clients of --admin-addr must send, and none is given")
		}
		return nil
	}
	if f.AdminAddr, err = listenAddress("admin-addr", f.AdminAddr); err != nil {
		return err
	}
	if f.AdminAddr == addr && !strings.HasSuffix(addr, ":0") {
		return usagef("--admin-addr %s: it is the address of --addr; give another port", f.AdminAddr)
	}
	if f.AdminTokenFile == "" && !isLocal(f.AdminAddr) {
		return usagef("--admin-addr %s: others than this machine can reach it; give --admin-token-file FILE with a token that they must send, or an address of this machine", f.AdminAddr)
	}
	if f.AdminTokenFile != "" {
		if _, err := readAdminToken(f.AdminTokenFile); err != nil {
			return usagef("--admin-token-file: %w", err)
		}
	}
	return nil
}

// minAdminToken is the shortest token: nobody guesses 20 random characters.
const minAdminToken = 20

// readAdminToken reads the token of a file.
func readAdminToken(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", explainFile(err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < minAdminToken || strings.ContainsAny(token, " \t\r\n") {
		return "", fmt.Errorf("%s must hold one token of %d characters at least, as openssl rand -hex 32 makes one", file, minAdminToken)
	}
	return token, nil
}

// Limits of the admin listener. It has few clients.
const (
	adminConnections  = 64
	adminWriteTimeout = 6 * time.Minute // a profile takes 5 at most
	adminDrainTimeout = time.Second
)

// adminListener is the running listener.
type adminListener struct {
	server   *http.Server
	isTLS    bool         // over https
	listener net.Listener // nil before Start
}

// measureStore has the store measured, if there is an admin listener to tell.
func (a *App) measureStore() {
	if a.config.AdminAddr == "" {
		return
	}
	a.metrics = metrics.New(buildOf(a.config.Contract))
	if measured, ok := a.store.(store.Measured); ok {
		a.measured = measured
		a.metrics.Measure(measured)
	}
	a.store = metered.New(a.store, a.metrics)
}

// observeRequests returns the function that counts requests, nil without metrics.
func (a *App) observeRequests() handlers.Observe {
	if a.metrics == nil {
		return nil
	}
	return a.metrics.Request
}

// openAdmin makes the server of the admin listener, if there is one.
func (a *App) openAdmin(handler *handlers.Server, open *connections) error {
	if a.metrics == nil {
		return nil
	}
	a.metrics.Register(metrics.Sources{
		InFlight:    func() int { return int(a.active.Load()) },
		Connections: open.counts,
		Limits:      a.limits.State,
		Tokens:      a.verifier.State,
		Statistics:  handler.CacheReads,
		Store:       a.measured,
	})
	config := admin.Config{Metrics: a.metrics.Handler(), Probes: handler, Level: a.config.Level, Log: a.config.Logger}
	if config.Level == nil {
		config.Level = new(slog.LevelVar) // the log is the caller's of New
	}
	if file := a.config.AdminTokenFile; file != "" {
		config.Token = func() (string, error) { return readAdminToken(file) }
	}
	a.admin = &adminListener{server: &http.Server{
		Handler:           admin.New(config),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       0, // its end would also end a profile that takes longer
		WriteTimeout:      adminWriteTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ConnState:         newConnections(adminConnections).track,
		ErrorLog:          newErrorLog(a.config.Logger),
	}}
	if a.tls != nil && !isLocal(a.config.AdminAddr) {
		a.admin.isTLS, a.admin.server.TLSConfig = true, a.tls.Clone()
	}
	return nil
}

// startAdmin begins to listen. The listener is closed after all other parts, so that the end of the
// server can be looked at.
func (a *App) startAdmin(ctx context.Context) error {
	if a.admin == nil {
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.AdminAddr)
	if err != nil {
		return explainListen("admin-addr", a.config.AdminAddr, err)
	}
	a.admin.listener = listener
	a.closers = slices.Insert(a.closers, 0, a.admin.close)
	go func() {
		if err := a.admin.serve(); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("--admin-addr: %w", err)
		}
	}()
	return nil
}

func (l *adminListener) serve() error {
	if l.isTLS {
		return l.server.ServeTLS(l.listener, "", "") // the certificate is in the configuration
	}
	return l.server.Serve(l.listener)
}

// close ends the listener. A profile that is being taken is cut off.
func (l *adminListener) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), adminDrainTimeout)
	defer cancel()
	if err := l.server.Shutdown(ctx); err != nil {
		return l.server.Close()
	}
	return nil
}

// adminURL returns the URL by which a client on this machine reaches the admin listener, "" without one.
func (a *App) adminURL() string {
	switch {
	case a.admin == nil || a.admin.listener == nil:
		return ""
	case a.admin.isTLS:
		return "https://" + reachable(a.admin.listener.Addr())
	}
	return "http://" + reachable(a.admin.listener.Addr())
}
