package memory

import (
	"context"
	"maps"

	"afterhours/store"
)

// Rows implements store.Replacer.
func (s *Store) Rows(ctx context.Context, tenant string, limit int64) (store.Rows, error) {
	if err := s.reading(ctx); err != nil {
		return store.Rows{}, err
	}
	defer s.mu.RUnlock()
	rows := store.NewCollector(limit)
	if err := s.collect(tenant, rows); err != nil {
		return store.Rows{}, err
	}
	return rows.Rows, nil
}

// collect adds the rows of the tenant. It needs the lock.
func (s *Store) collect(tenant string, rows *store.Collector) error {
	for owner, statistics := range s.owned {
		if !isOf(tenant, owner.Tenant) {
			continue
		}
		for id, statistic := range statistics.byID {
			if err := rows.Statistic(store.Key{Owner: owner, ID: id}, statistic.Record); err != nil {
				return err
			}
		}
	}
	for owner, settings := range s.settings {
		if isOf(tenant, owner.Tenant) {
			if err := rows.Settings(owner, settings); err != nil {
				return err
			}
		}
	}
	for name, user := range s.aliases {
		if isOf(tenant, name.tenant) {
			if err := rows.User(user); err != nil {
				return err
			}
		}
	}
	return nil
}

// isOf reports whether a row of a tenant is among those that are asked for, which are all for "".
func isOf(asked, tenant string) bool { return asked == "" || asked == tenant }

// Replace implements store.Replacer.
func (s *Store) Replace(ctx context.Context, tenant string, rows store.Rows) error {
	written := make([]store.Statistic, len(rows.Statistics)) // before the lock: revisions ask the kernel
	for i, row := range rows.Statistics {
		written[i] = store.Statistic{ID: row.Key.ID, Revision: store.NewRevision(), Record: row.Record}
	}
	if err := s.writing(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	maps.DeleteFunc(s.owned, func(owner store.Owner, _ *statistics) bool { return isOf(tenant, owner.Tenant) })
	maps.DeleteFunc(s.settings, func(owner store.Owner, _ store.Settings) bool { return isOf(tenant, owner.Tenant) })
	maps.DeleteFunc(s.aliases, func(name alias, _ store.User) bool { return isOf(tenant, name.tenant) })
	for i := range written {
		s.set(rows.Statistics[i].Key, &written[i])
	}
	for _, row := range rows.Settings {
		s.settings[row.Owner] = row.Settings
	}
	for _, user := range rows.Users {
		s.aliases[alias{user.Tenant, user.UPN}] = user
	}
	return nil
}
