// Package memory owns a store that ends with its process: the fake of every test and
// the store of throw-away servers. It leaves alone durability.
package memory

import (
	"context"
	"sync"

	"afterhours/store"
)

// Store is a store.Store in memory. New makes one; the zero value is not usable.
type Store struct {
	mu       sync.RWMutex
	closed   bool
	owned    map[store.Owner]*statistics
	settings map[store.Owner]store.Settings
	aliases  map[alias]store.User
	feeds    map[store.Owner]*feed
}

var (
	_ store.Store    = (*Store)(nil)
	_ store.Replacer = (*Store)(nil)
)

// alias is the key of an alias: a user principal name is unique in its tenant.
type alias struct{ tenant, upn string }

// New returns an empty store.
func New() *Store {
	return &Store{
		owned:    make(map[store.Owner]*statistics),
		settings: make(map[store.Owner]store.Settings),
		aliases:  make(map[alias]store.User),
		feeds:    make(map[store.Owner]*feed),
	}
}

// reading takes the lock for a read; the caller unlocks it unless there is an error.
func (s *Store) reading(ctx context.Context) error {
	s.mu.RLock()
	err := s.usable(ctx)
	if err != nil {
		s.mu.RUnlock()
	}
	return err
}

// writing takes the lock for a write; the caller unlocks it unless there is an error.
func (s *Store) writing(ctx context.Context) error {
	s.mu.Lock()
	err := s.usable(ctx)
	if err != nil {
		s.mu.Unlock()
	}
	return err
}

func (s *Store) usable(ctx context.Context) error {
	if s.closed {
		return store.ErrClosed
	}
	return context.Cause(ctx)
}

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key store.Key) (store.Statistic, store.Settings, error) {
	if err := s.reading(ctx); err != nil {
		return store.Statistic{}, store.Settings{}, err
	}
	defer s.mu.RUnlock()
	statistic := s.owned[key.Owner].get(key.ID)
	if statistic == nil {
		return store.Statistic{}, store.Settings{}, store.ErrNotFound
	}
	return *statistic, s.settingsOf(key.Owner), nil
}

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, store.Settings, error) {
	revision := store.NewRevision() // outside of the lock: it asks the kernel
	statistic := &store.Statistic{ID: key.ID, Revision: revision, Record: record}
	if err := s.writing(ctx); err != nil {
		return store.NoRevision, store.Settings{}, err
	}
	defer s.mu.Unlock()
	if err := store.Meet(s.owned[key.Owner].revision(key.ID), was); err != nil {
		return store.NoRevision, store.Settings{}, err
	}
	s.set(key, statistic)
	return revision, s.settingsOf(key.Owner), nil
}

func (s *Store) set(key store.Key, statistic *store.Statistic) {
	of := s.owned[key.Owner]
	if of == nil {
		of = &statistics{byID: make(map[string]*store.Statistic)}
		s.owned[key.Owner] = of
	}
	of.set(statistic)
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, key store.Key, was store.Revision) error {
	if err := s.writing(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	statistic := s.owned[key.Owner].get(key.ID)
	if statistic == nil {
		return store.ErrNotFound
	}
	if statistic.Revision != was {
		return store.ErrConflict
	}
	s.remove(key)
	return nil
}

func (s *Store) remove(key store.Key) {
	statistics := s.owned[key.Owner]
	statistics.remove(key.ID)
	if len(statistics.inOrder) == 0 {
		delete(s.owned, key.Owner)
	}
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context, owner store.Owner) (store.Settings, error) {
	if err := s.reading(ctx); err != nil {
		return store.Settings{}, err
	}
	defer s.mu.RUnlock()
	return s.settingsOf(owner), nil
}

// settingsOf needs the lock.
func (s *Store) settingsOf(owner store.Owner) store.Settings {
	if settings, ok := s.settings[owner]; ok {
		return settings
	}
	return store.DefaultSettings
}

// UpdateSettings implements store.Store.
func (s *Store) UpdateSettings(ctx context.Context, owner store.Owner, change store.SettingsChange) (store.Settings, error) {
	if err := s.writing(ctx); err != nil {
		return store.Settings{}, err
	}
	defer s.mu.Unlock()
	s.settings[owner] = change.Apply(s.settingsOf(owner))
	return s.settings[owner], nil
}

// UserByUPN implements store.Store.
func (s *Store) UserByUPN(ctx context.Context, tenant, upn string) (store.User, error) {
	if err := s.reading(ctx); err != nil {
		return store.User{}, err
	}
	defer s.mu.RUnlock()
	user, ok := s.aliases[alias{tenant, upn}]
	if !ok {
		return store.User{}, store.ErrNotFound
	}
	return user, nil
}

// PutUser implements store.Store.
func (s *Store) PutUser(ctx context.Context, user store.User, move bool) error {
	if err := s.writing(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	name := alias{user.Tenant, user.UPN}
	if named, taken := s.aliases[name]; taken && !move {
		if named.Owner == user.Owner {
			return nil
		}
		return store.ErrExists
	}
	s.aliases[name] = user
	return nil
}

// DeleteUser implements store.Store.
func (s *Store) DeleteUser(ctx context.Context, tenant, upn string) error {
	if err := s.writing(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	name := alias{tenant, upn}
	if _, ok := s.aliases[name]; !ok {
		return store.ErrNotFound
	}
	delete(s.aliases, name)
	return nil
}

// Check implements store.Store.
func (s *Store) Check(ctx context.Context) error {
	if err := s.reading(ctx); err != nil {
		return err
	}
	s.mu.RUnlock()
	return nil
}

// Close implements store.Store. All data is lost.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.owned, s.settings, s.aliases, s.feeds = nil, nil, nil, nil
	return nil
}
