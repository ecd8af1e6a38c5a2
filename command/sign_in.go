package command

import (
	"fmt"
	"os"

	"afterhours/handlers/signin"
)

// openSignIn makes the endpoints of sign-in, which belong to the control API. If others than this machine
// reach the server, there are none without --clients: anybody could sign in.
func (a *App) openSignIn() error {
	clients, err := a.config.clients()
	if err != nil {
		return err
	}
	if clients == nil && !a.config.isLocal() {
		a.config.Logger.Info("nobody can sign in without --clients, because others than this machine can reach the server")
		return nil
	}
	a.signIn = signin.New(signin.Config{
		Issuer: a.issuer, Users: a.store, Tenant: demoTenant, User: demoUser, UPN: demoUPN, Clients: clients, Now: a.clock.Now,
	})
	return nil
}

// clients returns the clients in the file of --clients, nil without one.
func (c *Config) clients() (signin.Clients, error) {
	if c.Clients == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.Clients)
	if err != nil {
		return nil, fmt.Errorf("--clients: %w", err)
	}
	clients, err := signin.ParseClients(text)
	if err != nil {
		return nil, usagef("--clients %s: %w", c.Clients, err)
	}
	return clients, nil
}
