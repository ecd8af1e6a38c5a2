package control

import (
	"context"
	"fmt"
	"time"

	"afterhours/handlers/auth"
	"afterhours/handlers/exchange"
	"afterhours/handlers/faults"
	"afterhours/store"
)

// Config is the parts of a Service. Every field is required.
type Config struct {
	Store store.Store
	// Start returns the rows with which the server starts at the given time.
	Start func(ctx context.Context, now time.Time) (store.Rows, error)
	// Exchange reads the texts of seeds.
	Exchange *exchange.Exchange
	Issuer   *auth.LocalIssuer
	// Tenant and User are those of a token, and of a row of CSV, that names none.
	Tenant, User string
	// Clock is the clock of the whole server.
	Clock *Clock
}

// Service does the operations of the control contract. Its methods may be called concurrently.
type Service struct {
	Config
	Journal    *Journal
	Faults     *faults.Rules
	replacer   store.Replacer
	snapshots  snapshots
	clockMoved []func()
	replaced   []func()
}

// New returns a service. It is an error if the store cannot replace what it has in one step.
func New(config Config) (*Service, error) {
	replacer, ok := config.Store.(store.Replacer)
	if !ok {
		return nil, fmt.Errorf("a store of the type %T cannot be reset", config.Store)
	}
	return &Service{Config: config, Journal: newJournal(), Faults: faults.New(config.Clock.Now), replacer: replacer, snapshots: newSnapshots()}, nil
}

// EndWaits ends all waits, now and later, so that a server that stops need not wait for them.
func (s *Service) EndWaits() {
	s.Journal.end()
	s.Faults.EndWaits()
}

// The functions below register what is called after an operation. They must not be called once
// requests are served.

// OnClock has moved called whenever the clock was moved.
func (s *Service) OnClock(moved func()) { s.clockMoved = append(s.clockMoved, moved) }

// OnReplace has replaced called whenever the content of the store was replaced, of any tenant.
func (s *Service) OnReplace(replaced func()) { s.replaced = append(s.replaced, replaced) }
