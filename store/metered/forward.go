package metered

import (
	"context"
	"time"

	"afterhours/store"
)

// The methods below are written by hand, so that the compiler asks for a decision here about each
// method that store.Store gains.

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key store.Key) (store.Statistic, store.Settings, error) {
	call := s.begin(ctx, "Get")
	statistic, settings, err := s.below.Get(call.ctx, key)
	call.end(err)
	return statistic, settings, err
}

// List implements store.Store.
func (s *Store) List(ctx context.Context, owner store.Owner, query store.Query) ([]store.Statistic, error) {
	call := s.begin(ctx, "List")
	page, err := s.below.List(call.ctx, owner, query)
	call.end(err)
	return page, err
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, owner store.Owner, filter store.Expr) (int, error) {
	call := s.begin(ctx, "Count")
	count, err := s.below.Count(call.ctx, owner, filter)
	call.end(err)
	return count, err
}

// Aggregate implements store.Store.
func (s *Store) Aggregate(ctx context.Context, owner store.Owner, aggregation store.Aggregation) ([]store.Group, error) {
	call := s.begin(ctx, "Aggregate")
	groups, err := s.below.Aggregate(call.ctx, owner, aggregation)
	call.end(err)
	return groups, err
}

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, store.Settings, error) {
	call := s.begin(ctx, "Put")
	revision, settings, err := s.below.Put(call.ctx, key, record, was)
	call.end(err)
	return revision, settings, err
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, key store.Key, was store.Revision) error {
	call := s.begin(ctx, "Delete")
	err := s.below.Delete(call.ctx, key, was)
	call.end(err)
	return err
}

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, changes []store.Change) error {
	call := s.begin(ctx, "Apply")
	err := s.below.Apply(call.ctx, changes)
	call.end(err)
	return err
}

// Track implements store.Store.
func (s *Store) Track(ctx context.Context, owner store.Owner, now time.Time) (store.Mark, error) {
	call := s.begin(ctx, "Track")
	mark, err := s.below.Track(call.ctx, owner, now)
	call.end(err)
	return mark, err
}

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context, owner store.Owner, span store.Span, limit int) ([]store.Tracked, error) {
	call := s.begin(ctx, "Changes")
	changes, err := s.below.Changes(call.ctx, owner, span, limit)
	call.end(err)
	return changes, err
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context, owner store.Owner) (store.Settings, error) {
	call := s.begin(ctx, "Settings")
	settings, err := s.below.Settings(call.ctx, owner)
	call.end(err)
	return settings, err
}

// UpdateSettings implements store.Store.
func (s *Store) UpdateSettings(ctx context.Context, owner store.Owner, change store.SettingsChange) (store.Settings, error) {
	call := s.begin(ctx, "UpdateSettings")
	settings, err := s.below.UpdateSettings(call.ctx, owner, change)
	call.end(err)
	return settings, err
}

// UserByUPN implements store.Store.
func (s *Store) UserByUPN(ctx context.Context, tenant, upn string) (store.User, error) {
	call := s.begin(ctx, "UserByUPN")
	user, err := s.below.UserByUPN(call.ctx, tenant, upn)
	call.end(err)
	return user, err
}

// Users implements store.Store.
func (s *Store) Users(ctx context.Context, tenant, after string, limit int) ([]store.User, error) {
	call := s.begin(ctx, "Users")
	users, err := s.below.Users(call.ctx, tenant, after, limit)
	call.end(err)
	return users, err
}

// PutUser implements store.Store.
func (s *Store) PutUser(ctx context.Context, user store.User, move bool) error {
	call := s.begin(ctx, "PutUser")
	err := s.below.PutUser(call.ctx, user, move)
	call.end(err)
	return err
}

// DeleteUser implements store.Store.
func (s *Store) DeleteUser(ctx context.Context, tenant, upn string) error {
	call := s.begin(ctx, "DeleteUser")
	err := s.below.DeleteUser(call.ctx, tenant, upn)
	call.end(err)
	return err
}

// Tenants implements store.Store.
func (s *Store) Tenants(ctx context.Context) ([]string, error) {
	call := s.begin(ctx, "Tenants")
	tenants, err := s.below.Tenants(call.ctx)
	call.end(err)
	return tenants, err
}

// Owners implements store.Store.
func (s *Store) Owners(ctx context.Context, tenant, after string, limit int) ([]store.Owner, error) {
	call := s.begin(ctx, "Owners")
	owners, err := s.below.Owners(call.ctx, tenant, after, limit)
	call.end(err)
	return owners, err
}

// Person implements store.Store.
func (s *Store) Person(ctx context.Context, owner store.Owner) (store.Person, error) {
	call := s.begin(ctx, "Person")
	person, err := s.below.Person(call.ctx, owner)
	call.end(err)
	return person, err
}

// People implements store.Store.
func (s *Store) People(ctx context.Context, tenant, after string, limit int) ([]store.Person, error) {
	call := s.begin(ctx, "People")
	people, err := s.below.People(call.ctx, tenant, after, limit)
	call.end(err)
	return people, err
}

// CountPeople implements store.Store.
func (s *Store) CountPeople(ctx context.Context, tenant string) (int, error) {
	call := s.begin(ctx, "CountPeople")
	count, err := s.below.CountPeople(call.ctx, tenant)
	call.end(err)
	return count, err
}

// Check implements store.Store.
func (s *Store) Check(ctx context.Context) error {
	call := s.begin(ctx, "Check")
	err := s.below.Check(call.ctx)
	call.end(err)
	return err
}

// Close implements store.Store: it closes the store below. It belongs to no request, and nobody is told.
func (s *Store) Close() error { return s.below.Close() }
