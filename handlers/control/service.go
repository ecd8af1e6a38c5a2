package control

import (
	"context"
	"errors"

	api "afterhours/control"
	"afterhours/handlers/auth"
	"afterhours/store"
)

// Config is the parts of a Service. Every field is required.
type Config struct {
	Store  store.Store
	Issuer *auth.LocalIssuer
	// Clock is the clock of the whole server.
	Clock *Clock
}

// Service does the operations of the control contract. Its methods may be called concurrently.
type Service struct {
	Config
	clockMoved []func()
}

// New returns a service.
func New(config Config) *Service { return &Service{Config: config} }

// OnClock has a function called whenever the clock was moved. It must not be called once requests
// are served.
func (s *Service) OnClock(moved func()) { s.clockMoved = append(s.clockMoved, moved) }

var errUnbuilt = errors.New("not built")

func (s *Service) Reset(ctx context.Context, body *api.Scope) error { return errUnbuilt }
func (s *Service) TakeSnapshot(ctx context.Context, name string, body *api.Scope) (*api.Snapshot, error) {
	return nil, errUnbuilt
}
func (s *Service) ListSnapshots() *api.SnapshotCollection                 { return nil }
func (s *Service) DeleteSnapshot(name string) error                       { return errUnbuilt }
func (s *Service) RestoreSnapshot(ctx context.Context, name string) error { return errUnbuilt }
func (s *Service) CreateToken(body *api.TokenRequest) (*api.Token, error) { return nil, errUnbuilt }
func (s *Service) Seed(ctx context.Context, params api.SeedParams, contentType string, text []byte) (*api.Seeded, error) {
	return nil, errUnbuilt
}
func (s *Service) ListRequests(ctx context.Context, params api.ListRequestsParams) (*api.RequestCollection, error) {
	return nil, errUnbuilt
}
func (s *Service) DeleteRequests() {}
