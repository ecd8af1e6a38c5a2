package metered

import (
	"context"
	"time"

	"afterhours/store"
)

// The methods below are written by hand, so that the compiler asks for a decision here about each
// method that store.Store gains.

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key store.Key) (statistic store.Statistic, settings store.Settings, err error) {
	defer s.timed(ctx, "get", time.Now(), &err)
	return s.below.Get(ctx, key)
}

// List implements store.Store.
func (s *Store) List(ctx context.Context, owner store.Owner, query store.Query) (page []store.Statistic, err error) {
	defer s.timed(ctx, "list", time.Now(), &err)
	return s.below.List(ctx, owner, query)
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, owner store.Owner, filter store.Expr) (count int, err error) {
	defer s.timed(ctx, "count", time.Now(), &err)
	return s.below.Count(ctx, owner, filter)
}

// Aggregate implements store.Store.
func (s *Store) Aggregate(ctx context.Context, owner store.Owner, aggregation store.Aggregation) (groups []store.Group, err error) {
	defer s.timed(ctx, "aggregate", time.Now(), &err)
	return s.below.Aggregate(ctx, owner, aggregation)
}

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (revision store.Revision, settings store.Settings, err error) {
	defer s.timed(ctx, "put", time.Now(), &err)
	return s.below.Put(ctx, key, record, was)
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, key store.Key, was store.Revision) (err error) {
	defer s.timed(ctx, "delete", time.Now(), &err)
	return s.below.Delete(ctx, key, was)
}

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, changes []store.Change) (err error) {
	defer s.timed(ctx, "apply", time.Now(), &err)
	return s.below.Apply(ctx, changes)
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context, owner store.Owner) (settings store.Settings, err error) {
	defer s.timed(ctx, "settings", time.Now(), &err)
	return s.below.Settings(ctx, owner)
}

// UpdateSettings implements store.Store.
func (s *Store) UpdateSettings(ctx context.Context, owner store.Owner, change store.SettingsChange) (settings store.Settings, err error) {
	defer s.timed(ctx, "update_settings", time.Now(), &err)
	return s.below.UpdateSettings(ctx, owner, change)
}

// UserByUPN implements store.Store.
func (s *Store) UserByUPN(ctx context.Context, tenant, upn string) (user store.User, err error) {
	defer s.timed(ctx, "user_by_upn", time.Now(), &err)
	return s.below.UserByUPN(ctx, tenant, upn)
}

// Users implements store.Store.
func (s *Store) Users(ctx context.Context, tenant, after string, limit int) (users []store.User, err error) {
	defer s.timed(ctx, "users", time.Now(), &err)
	return s.below.Users(ctx, tenant, after, limit)
}

// PutUser implements store.Store.
func (s *Store) PutUser(ctx context.Context, user store.User, move bool) (err error) {
	defer s.timed(ctx, "put_user", time.Now(), &err)
	return s.below.PutUser(ctx, user, move)
}

// DeleteUser implements store.Store.
func (s *Store) DeleteUser(ctx context.Context, tenant, upn string) (err error) {
	defer s.timed(ctx, "delete_user", time.Now(), &err)
	return s.below.DeleteUser(ctx, tenant, upn)
}

// Tenants implements store.Store.
func (s *Store) Tenants(ctx context.Context) (tenants []string, err error) {
	defer s.timed(ctx, "tenants", time.Now(), &err)
	return s.below.Tenants(ctx)
}

// Owners implements store.Store.
func (s *Store) Owners(ctx context.Context, tenant, after string, limit int) (owners []store.Owner, err error) {
	defer s.timed(ctx, "owners", time.Now(), &err)
	return s.below.Owners(ctx, tenant, after, limit)
}

// Check implements store.Store.
func (s *Store) Check(ctx context.Context) (err error) {
	defer s.timed(ctx, "check", time.Now(), &err)
	return s.below.Check(ctx)
}

// Close implements store.Store. It is not timed: nobody waits for it but the end of the process.
func (s *Store) Close() error { return s.below.Close() }
