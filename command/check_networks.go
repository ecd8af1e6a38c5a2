package command

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"afterhours/handlers/admin"
	"afterhours/handlers/auth"
	"afterhours/store/cassandra"
	"afterhours/store/postgres"
)

// reachTimeout is how long serve --check waits for each answer of a network.
const reachTimeout = 5 * time.Second

// checkNetworks asks whether the server could listen, and whether its database and its issuers answer.
func (d *diagnosis) checkNetworks(ctx context.Context) {
	d.checkListen(ctx, "addr", d.config.Addr)
	if d.config.AdminAddr != "" && d.config.AdminFlags.check("") == nil {
		d.checkListen(ctx, "admin-addr", d.config.AdminAddr)
	}
	reach := postgres.Reach
	if d.config.isCassandra() {
		reach = cassandra.Reach
	}
	if (strings.HasPrefix(d.config.Store, "postgres") || d.config.isCassandra()) && d.config.StoreFlags.check() == nil {
		d.fault(d.reach(ctx, "--store "+d.config.address(), func(ctx context.Context) error { return reach(ctx, d.config.Store) }))
	}
	if d.config.IssuerFlags.check() == nil {
		d.checkIssuers(ctx)
	}
}

// reach returns the error of something that must answer in time.
func (d *diagnosis) reach(ctx context.Context, what string, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	if err := ask(ctx); err != nil {
		return fmt.Errorf("%s: %w", what, explainReach(err))
	}
	return nil
}

// checkListen asks for the address of a flag. If a server of this program has it, that is a warning: a
// check before a restart would always find it.
func (d *diagnosis) checkListen(ctx context.Context, flag, addr string) {
	if _, err := listenAddress(flag, addr); err != nil {
		return // a fault already
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case err == nil:
		_ = listener.Close() // nobody has connected
	case errors.Is(err, syscall.EADDRINUSE) && isOurs(ctx, addr):
		d.warn("--%s %s: a server of this program has this port; stop it before this one starts", flag, addr)
	default:
		d.fault(explainListen(flag, addr, err))
	}
}

// isOurs reports whether a server of this program listens at the address.
func isOurs(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // nothing secret is sent, nor believed
	defer transport.CloseIdleConnections()
	for _, scheme := range []string{"http", "https"} {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+addr+"/livez", nil)
		if err != nil {
			return false
		}
		response, err := (&http.Client{Transport: transport}).Do(request)
		if err != nil {
			continue
		}
		_ = response.Body.Close()
		if strings.Contains(response.Header.Get("x-ms-ags-diagnostic"), `"DataCenter":"Afterhours"`) ||
			strings.Contains(response.Header.Get("WWW-Authenticate"), admin.Realm) {
			return true
		}
	}
	return false
}

// checkIssuers asks each issuer for its keys. The server starts without them and asks again later.
func (d *diagnosis) checkIssuers(ctx context.Context) {
	local, err := auth.NewLocalIssuer()
	if err == nil {
		_, err = d.config.verifier(local, time.Now, nil)
	}
	d.fault(err)
	issuers, _ := d.config.issuers(nil) // check has found nothing wrong
	for _, issuer := range issuers {
		if err := d.reach(ctx, "--issuer "+issuer.Name(), issuer.Reach); err != nil {
			d.warn("%v", err)
		}
	}
}
