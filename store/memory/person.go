package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"afterhours/store"
)

// Person implements store.Store.
func (s *Store) Person(ctx context.Context, owner store.Owner) (store.Person, error) {
	if err := s.reading(ctx); err != nil {
		return store.Person{}, err
	}
	defer s.mu.RUnlock()
	person, known := s.people(owner.Tenant)[owner]
	if !known {
		return store.Person{}, store.ErrNotFound
	}
	return person, nil
}

// People implements store.Store.
func (s *Store) People(ctx context.Context, tenant, after string, limit int) ([]store.Person, error) {
	if err := s.reading(ctx); err != nil {
		return nil, err
	}
	defer s.mu.RUnlock()
	people := slices.SortedFunc(maps.Values(s.people(tenant)), func(a, b store.Person) int { return cmp.Compare(a.User, b.User) })
	people = slices.DeleteFunc(people, func(person store.Person) bool { return person.User <= after })
	return people[:min(limit, len(people))], nil
}

// CountPeople implements store.Store.
func (s *Store) CountPeople(ctx context.Context, tenant string) (int, error) {
	if err := s.reading(ctx); err != nil {
		return 0, err
	}
	defer s.mu.RUnlock()
	return len(s.people(tenant)), nil
}

// people returns all users of a tenant. It needs the lock.
func (s *Store) people(tenant string) map[store.Owner]store.Person {
	people := map[store.Owner]store.Person{}
	add := func(owner store.Owner, upn string) {
		if owner.Tenant != tenant {
			return
		}
		person := store.Person{Owner: owner, UPN: people[owner].UPN}
		if upn != "" && (person.UPN == "" || upn < person.UPN) {
			person.UPN = upn
		}
		people[owner] = person
	}
	for owner := range s.owned {
		add(owner, "")
	}
	for owner := range s.settings {
		add(owner, "")
	}
	for _, user := range s.aliases {
		add(user.Owner, user.UPN)
	}
	return people
}
