package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"afterhours/store"
)

// The methods below scan the data of all tenants, which is fast enough for the command
// line and for tests.

// Users implements store.Store.
func (s *Store) Users(ctx context.Context, tenant, after string, limit int) ([]store.User, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	var users []store.User
	for alias, user := range s.aliases {
		if alias.tenant == tenant && alias.upn > after {
			users = append(users, user)
		}
	}
	slices.SortFunc(users, func(a, b store.User) int { return cmp.Compare(a.UPN, b.UPN) })
	return users[:min(limit, len(users))], nil
}

// Tenants implements store.Store.
func (s *Store) Tenants(ctx context.Context) ([]string, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	tenants := map[string]bool{}
	for owner := range s.owned {
		tenants[owner.Tenant] = true
	}
	for owner := range s.settings {
		tenants[owner.Tenant] = true
	}
	for alias := range s.aliases {
		tenants[alias.tenant] = true
	}
	return slices.Sorted(maps.Keys(tenants)), nil
}

// Owners implements store.Store.
func (s *Store) Owners(ctx context.Context, tenant, after string, limit int) ([]store.Owner, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	var owners []store.Owner
	add := func(owner store.Owner) {
		if owner.Tenant == tenant && owner.User > after {
			owners = append(owners, owner)
		}
	}
	for owner := range s.owned {
		add(owner)
	}
	for owner := range s.settings {
		if s.owned[owner] == nil {
			add(owner)
		}
	}
	slices.SortFunc(owners, func(a, b store.Owner) int { return cmp.Compare(a.User, b.User) })
	return owners[:min(limit, len(owners))], nil
}
