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
	ctx, end := s.begin(ctx, "Get")
	statistic, settings, err := s.below.Get(ctx, key)
	end(err)
	return statistic, settings, err
}

// List implements store.Store.
func (s *Store) List(ctx context.Context, owner store.Owner, query store.Query) ([]store.Statistic, error) {
	ctx, end := s.begin(ctx, "List")
	page, err := s.below.List(ctx, owner, query)
	end(err)
	return page, err
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, owner store.Owner, filter store.Expr) (int, error) {
	ctx, end := s.begin(ctx, "Count")
	count, err := s.below.Count(ctx, owner, filter)
	end(err)
	return count, err
}

// Aggregate implements store.Store.
func (s *Store) Aggregate(ctx context.Context, owner store.Owner, aggregation store.Aggregation) ([]store.Group, error) {
	ctx, end := s.begin(ctx, "Aggregate")
	groups, err := s.below.Aggregate(ctx, owner, aggregation)
	end(err)
	return groups, err
}

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, store.Settings, error) {
	ctx, end := s.begin(ctx, "Put")
	revision, settings, err := s.below.Put(ctx, key, record, was)
	end(err)
	return revision, settings, err
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, key store.Key, was store.Revision) error {
	ctx, end := s.begin(ctx, "Delete")
	err := s.below.Delete(ctx, key, was)
	end(err)
	return err
}

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, changes []store.Change) error {
	ctx, end := s.begin(ctx, "Apply")
	err := s.below.Apply(ctx, changes)
	end(err)
	return err
}

// Track implements store.Store.
func (s *Store) Track(ctx context.Context, owner store.Owner, now time.Time) (store.Mark, error) {
	ctx, end := s.begin(ctx, "Track")
	mark, err := s.below.Track(ctx, owner, now)
	end(err)
	return mark, err
}

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context, owner store.Owner, span store.Span, limit int) ([]store.Tracked, error) {
	ctx, end := s.begin(ctx, "Changes")
	changes, err := s.below.Changes(ctx, owner, span, limit)
	end(err)
	return changes, err
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context, owner store.Owner) (store.Settings, error) {
	ctx, end := s.begin(ctx, "Settings")
	settings, err := s.below.Settings(ctx, owner)
	end(err)
	return settings, err
}

// UpdateSettings implements store.Store.
func (s *Store) UpdateSettings(ctx context.Context, owner store.Owner, change store.SettingsChange) (store.Settings, error) {
	ctx, end := s.begin(ctx, "UpdateSettings")
	settings, err := s.below.UpdateSettings(ctx, owner, change)
	end(err)
	return settings, err
}

// UserByUPN implements store.Store.
func (s *Store) UserByUPN(ctx context.Context, tenant, upn string) (store.User, error) {
	ctx, end := s.begin(ctx, "UserByUPN")
	user, err := s.below.UserByUPN(ctx, tenant, upn)
	end(err)
	return user, err
}

// Users implements store.Store.
func (s *Store) Users(ctx context.Context, tenant, after string, limit int) ([]store.User, error) {
	ctx, end := s.begin(ctx, "Users")
	users, err := s.below.Users(ctx, tenant, after, limit)
	end(err)
	return users, err
}

// PutUser implements store.Store.
func (s *Store) PutUser(ctx context.Context, user store.User, move bool) error {
	ctx, end := s.begin(ctx, "PutUser")
	err := s.below.PutUser(ctx, user, move)
	end(err)
	return err
}

// DeleteUser implements store.Store.
func (s *Store) DeleteUser(ctx context.Context, tenant, upn string) error {
	ctx, end := s.begin(ctx, "DeleteUser")
	err := s.below.DeleteUser(ctx, tenant, upn)
	end(err)
	return err
}

// Tenants implements store.Store.
func (s *Store) Tenants(ctx context.Context) ([]string, error) {
	ctx, end := s.begin(ctx, "Tenants")
	tenants, err := s.below.Tenants(ctx)
	end(err)
	return tenants, err
}

// Owners implements store.Store.
func (s *Store) Owners(ctx context.Context, tenant, after string, limit int) ([]store.Owner, error) {
	ctx, end := s.begin(ctx, "Owners")
	owners, err := s.below.Owners(ctx, tenant, after, limit)
	end(err)
	return owners, err
}

// Person implements store.Store.
func (s *Store) Person(ctx context.Context, owner store.Owner) (store.Person, error) {
	ctx, end := s.begin(ctx, "Person")
	person, err := s.below.Person(ctx, owner)
	end(err)
	return person, err
}

// People implements store.Store.
func (s *Store) People(ctx context.Context, tenant, after string, limit int) ([]store.Person, error) {
	ctx, end := s.begin(ctx, "People")
	people, err := s.below.People(ctx, tenant, after, limit)
	end(err)
	return people, err
}

// CountPeople implements store.Store.
func (s *Store) CountPeople(ctx context.Context, tenant string) (int, error) {
	ctx, end := s.begin(ctx, "CountPeople")
	count, err := s.below.CountPeople(ctx, tenant)
	end(err)
	return count, err
}

// Check implements store.Store.
func (s *Store) Check(ctx context.Context) error {
	ctx, end := s.begin(ctx, "Check")
	err := s.below.Check(ctx)
	end(err)
	return err
}

// Close implements store.Store: it closes the store below. It belongs to no request, and nobody is told.
func (s *Store) Close() error { return s.below.Close() }
