package control

import (
	"context"
	"strings"

	api "afterhours/control"
	"afterhours/store"
)

// Reset replaces what is stored by what the server started with.
func (s *Service) Reset(ctx context.Context, body *api.Scope) error {
	tenant := tenantOf(body)
	start, err := s.Start(ctx, s.Clock.Now())
	if err != nil {
		return err
	}
	if err := s.replace(ctx, tenant, start.Of(tenant)); err != nil {
		return err
	}
	s.Journal.clear(tenant)
	s.Faults.Clear(tenant)
	return nil
}

// TakeSnapshot keeps what is stored under a name.
func (s *Service) TakeSnapshot(ctx context.Context, name string, body *api.Scope) (*api.Snapshot, error) {
	tenant := tenantOf(body)
	rows, err := s.replacer.Rows(ctx, tenant, s.snapshots.roomFor(name))
	if err != nil {
		return nil, explainFull(err)
	}
	return s.snapshots.keep(name, &snapshot{tenant: tenant, rows: rows, takenAt: s.Clock.Now().UTC()})
}

// ListSnapshots returns all snapshots, sorted by name.
func (s *Service) ListSnapshots() *api.SnapshotCollection {
	return &api.SnapshotCollection{Value: s.snapshots.list()}
}

// DeleteSnapshot forgets a snapshot.
func (s *Service) DeleteSnapshot(name string) error { return s.snapshots.remove(name) }

// RestoreSnapshot replaces what is stored by what a snapshot has.
func (s *Service) RestoreSnapshot(ctx context.Context, name string) error {
	snapshot, err := s.snapshots.get(name)
	if err != nil {
		return err
	}
	return s.replace(ctx, snapshot.tenant, snapshot.rows)
}

func (s *Service) replace(ctx context.Context, tenant string, rows store.Rows) error {
	err := s.replacer.Replace(ctx, tenant, rows)
	for _, replaced := range s.replaced { // even with an error, as the outcome may be unknown
		replaced()
	}
	return err
}

// tenantOf returns the tenant in lower case, "" for everything.
func tenantOf(scope *api.Scope) string {
	tenant, _ := scope.Tenant.Get() // an error means that it is absent or null
	return strings.ToLower(tenant)
}
