package staged

import (
	"context"

	"afterhours/store"
)

// The methods below go to the store below at once. They are written by hand, so that a
// method that store.Store gains does not write through the view unseen: the compiler asks
// for a decision here.

// Settings implements store.Store.
func (v *View) Settings(ctx context.Context, owner store.Owner) (store.Settings, error) {
	return v.below.Settings(ctx, owner)
}

// UserByUPN implements store.Store.
func (v *View) UserByUPN(ctx context.Context, tenant, upn string) (store.User, error) {
	return v.below.UserByUPN(ctx, tenant, upn)
}

// Users implements store.Store.
func (v *View) Users(ctx context.Context, tenant, after string, limit int) ([]store.User, error) {
	return v.below.Users(ctx, tenant, after, limit)
}

// PutUser implements store.Store.
func (v *View) PutUser(ctx context.Context, user store.User, move bool) error {
	return v.below.PutUser(ctx, user, move)
}

// DeleteUser implements store.Store.
func (v *View) DeleteUser(ctx context.Context, tenant, upn string) error {
	return v.below.DeleteUser(ctx, tenant, upn)
}

// Tenants implements store.Store.
func (v *View) Tenants(ctx context.Context) ([]string, error) { return v.below.Tenants(ctx) }

// Owners implements store.Store.
func (v *View) Owners(ctx context.Context, tenant, after string, limit int) ([]store.Owner, error) {
	return v.below.Owners(ctx, tenant, after, limit)
}

// Person implements store.Store.
func (v *View) Person(ctx context.Context, owner store.Owner) (store.Person, error) {
	return v.below.Person(ctx, owner)
}

// People implements store.Store.
func (v *View) People(ctx context.Context, tenant, after string, limit int) ([]store.Person, error) {
	return v.below.People(ctx, tenant, after, limit)
}

// CountPeople implements store.Store.
func (v *View) CountPeople(ctx context.Context, tenant string) (int, error) {
	return v.below.CountPeople(ctx, tenant)
}

// Check implements store.Store.
func (v *View) Check(ctx context.Context) error { return v.below.Check(ctx) }

// Close implements store.Store: it closes the store below.
func (v *View) Close() error { return v.below.Close() }
