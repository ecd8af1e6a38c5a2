package command

import (
	"context"
	"errors"
	"math"
	"net"
	"net/url"
	"time"

	"github.com/spf13/pflag"

	"afterhours/handlers/auth"
	"afterhours/handlers/control"
	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/store/memory"
)

// controlScope is the value of --control: who may reach the API by which tests steer the server.
type controlScope string

const (
	controlUnset    controlScope = ""         // local with --demo, otherwise off
	controlOff      controlScope = "off"      // nobody
	controlLocal    controlScope = "local"    // this machine; the value of --control alone
	controlAnywhere controlScope = "anywhere" // whoever reaches the server
)

func (s *controlScope) add(flags *pflag.FlagSet) {
	flags.Var(s, "control", "let tests steer the server through /control: reset it, mint tokens, move its clock; --demo includes it. local: on an address of this machine only. anywhere: whoever has a token with the role "+control.Role+" and reaches the server may delete all that is stored. off: not even with --demo")
	flags.Lookup("control").NoOptDefVal = string(controlLocal)
}

// Set sets the value to that of the text.
func (s *controlScope) Set(text string) error {
	switch value := controlScope(text); value {
	case controlLocal, controlAnywhere, controlOff:
		*s = value
		return nil
	}
	return errors.New(mustBe(text, string(controlLocal), string(controlAnywhere), string(controlOff)))
}

func (s *controlScope) String() string { return string(*s) }

// Type returns the name of the type for the help.
func (s *controlScope) Type() string { return "scope" }

// control returns who may reach the control API, never controlUnset. It is an error if --control asks for
// this machine only, and others reach the server, or if the store cannot be reset, which needs a step over all owners.
func (c *Config) control() (controlScope, error) {
	local := c.isLocal()
	switch {
	case c.isCassandra() && c.Control != controlUnset && c.Control != controlOff:
		return controlOff, usagef("--control: a ring of Cassandra cannot be reset in one step; name another --store")
	case c.Control == controlLocal && !local:
		return controlOff, usagef("--control: others than this machine can reach the server, at --addr %s or its --public-url, and could delete all that is stored; give --control=anywhere if they may", c.Addr)
	case c.Control != controlUnset:
		return c.Control, nil
	case c.Demo && local && !c.isCassandra():
		return controlLocal, nil
	}
	return controlOff, nil
}

// isLocal reports whether only this machine reaches the server.
func (c *Config) isLocal() bool {
	return isLocal(c.Addr) && (c.PublicURL == "" || isLocalURL(c.PublicURL))
}

// isLocal reports whether only this machine reaches the address.
func isLocal(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && isLocalHost(host)
}

func isLocalHost(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

func isLocalURL(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && isLocalHost(parsed.Hostname())
}

// checkClients returns an error if --clients is given and nobody can sign in.
func (c *Config) checkClients() error {
	if c.Clients != "" && c.Control == controlOff {
		return usagef("--clients %s: nobody can sign in without --control", c.Clients)
	}
	return nil
}

// openControl makes the control API and the clock that it moves.
func (a *App) openControl() error {
	if a.config.Control == controlOff {
		return nil
	}
	rows, err := newExchange(a.config.Contract)
	if err != nil {
		return err
	}
	a.clock = new(control.Clock)
	a.control, err = control.New(control.Config{
		Store: a.store, Start: a.startRows, Exchange: rows, Issuer: a.issuer, Tenant: demoTenant, User: demoUser, Clock: a.clock,
	})
	return errors.Join(err, a.openSignIn())
}

// startRows returns the rows with which the server starts at the given time.
func (a *App) startRows(ctx context.Context, now time.Time) (store.Rows, error) {
	fresh := memory.New()
	if a.config.Demo {
		if _, err := loadDemo(ctx, fresh, now); err != nil {
			return store.Rows{}, err
		}
	}
	if _, err := bulk.Import(ctx, fresh, bulk.SourceOf(a.seed), nil); err != nil {
		return store.Rows{}, err
	}
	return fresh.Rows(ctx, "", math.MaxInt64)
}

// controlToken returns a token for the control API, "" without it.
func (a *App) controlToken(expires time.Duration) (string, error) {
	if a.control == nil {
		return "", nil
	}
	claims := auth.Claims{Tenant: demoTenant, User: demoUser, Roles: []string{control.Role}, Expires: expires}
	return a.issuer.Mint(claims, time.Now())
}
