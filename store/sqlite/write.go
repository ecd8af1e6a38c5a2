package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// write has run executed by the writer and translates its error.
func (s *Store) write(ctx context.Context, doing string, run write) error {
	if err := s.gate.Enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	err := s.writer.do(ctx, run)
	if isResult(err) {
		return err
	}
	return told(failure(ctx, doing, err))
}

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, store.Settings, error) {
	written := &store.Statistic{ID: key.ID, Revision: store.NewRevision(), Record: record}
	settings := new(store.Settings) // the writer's until write returns nil
	err := s.write(ctx, "storing a statistic", func(s *statements) error {
		if err := s.put(key, written, was); err != nil {
			return err
		}
		return settingsOf(s.getSettings.set(key.Tenant, key.User), settings)
	})
	if err != nil {
		return store.NoRevision, store.Settings{}, err
	}
	return written.Revision, *settings, nil
}

// put creates the statistic, or replaces the one with that revision.
func (s *statements) put(key store.Key, statistic *store.Statistic, was store.Revision) error {
	if was == store.NoRevision {
		return s.insert(key, statistic)
	}
	return s.update(key, statistic, was)
}

func (s *statements) insert(key store.Key, statistic *store.Statistic) error {
	err := s.create.setText(key.ID).setStatistic(statistic).setOwner(key.Owner).change(store.ErrExists)
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	// The id is taken, or the owner has no number yet.
	if err := s.owner.setOwner(key.Owner).change(store.ErrExists); err != nil {
		return err
	}
	return s.create.setText(key.ID).setStatistic(statistic).setOwner(key.Owner).change(store.ErrExists)
}

// update leaves the indexes alone if their columns do not change, which is the most
// frequent case.
func (s *statements) update(key store.Key, statistic *store.Statistic, was store.Revision) error {
	err := s.rewrite.setUnindexed(statistic).setKey(key).setInt(int64(was)).setIndexed(statistic).change(store.ErrConflict)
	if errors.Is(err, store.ErrConflict) {
		err = s.replace.setStatistic(statistic).setKey(key).setInt(int64(was)).change(store.ErrConflict)
	}
	return s.orAbsent(key, err)
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, key store.Key, was store.Revision) error {
	return s.write(ctx, "deleting a statistic", func(s *statements) error { return s.remove(key, was) })
}

func (s *statements) remove(key store.Key, was store.Revision) error {
	return s.orAbsent(key, s.delete.setKey(key).setInt(int64(was)).change(store.ErrConflict))
}

// orAbsent returns ErrNotFound instead of ErrConflict if the key is free. A statement that
// finds no row with the key and the revision cannot tell the two apart.
func (s *statements) orAbsent(key store.Key, err error) error {
	if !errors.Is(err, store.ErrConflict) {
		return err
	}
	if stored, failed := s.revision(key); failed != nil {
		return failed
	} else if stored == store.NoRevision {
		return store.ErrNotFound
	}
	return err
}

// revision returns the revision of the key, or NoRevision if it is free.
func (s *statements) revision(key store.Key) (store.Revision, error) {
	revision := store.NoRevision
	err := s.current.setKey(key).first(func(p *prepared) error { revision = store.Revision(p.int()); return nil })
	if errors.Is(err, sql.ErrNoRows) {
		return store.NoRevision, nil
	}
	return revision, err
}

// UpdateSettings implements store.Store.
func (s *Store) UpdateSettings(ctx context.Context, owner store.Owner, change store.SettingsChange) (store.Settings, error) {
	settings := new(store.Settings) // the writer's until write returns nil
	first := change.Apply(store.DefaultSettings)
	err := s.write(ctx, "storing settings", func(s *statements) error {
		return settingsOf(s.updateSettings.set(owner.Tenant, owner.User, first.HasGraphMailbox, first.HasLicense, first.HasOptedOut,
			flag(change.HasGraphMailbox), flag(change.HasLicense), flag(change.HasOptedOut)), settings)
	})
	if err != nil {
		return store.Settings{}, err
	}
	return *settings, nil
}

// flag returns a boolean that may be null as an argument.
func flag(value store.Null[bool]) any {
	if !value.Valid {
		return nil
	}
	return value.Value
}

// PutUser implements store.Store.
func (s *Store) PutUser(ctx context.Context, user store.User, move bool) error {
	return s.write(ctx, "storing an alias", func(s *statements) error {
		statement := s.addAlias
		if move {
			statement = s.moveAlias
		}
		return statement.set(sqlquery.AliasValues(user)...).change(store.ErrExists)
	})
}

// DeleteUser implements store.Store.
func (s *Store) DeleteUser(ctx context.Context, tenant, upn string) error {
	return s.write(ctx, "deleting an alias", func(s *statements) error {
		return s.deleteAlias.set(tenant, upn).change(store.ErrNotFound)
	})
}
