package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

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
	written := store.Statistic{ID: key.ID, Revision: store.NewRevision(), Record: record}
	run := create(key, &written)
	if was != store.NoRevision {
		run = replace(key, &written, was)
	}
	settings := new(store.Settings) // the writer's until write returns nil
	err := s.write(ctx, "storing a statistic", func(s *statements) error {
		if err := run(s); err != nil {
			return err
		}
		return scanSettings(s.getSettings.QueryRow(key.Tenant, key.User), settings)
	})
	if err != nil {
		return store.NoRevision, store.Settings{}, err
	}
	return written.Revision, *settings, nil
}

func create(key store.Key, statistic *store.Statistic) write {
	arguments := slices.Concat([]any{key.ID}, sqlquery.Fields(statistic), []any{key.Tenant, key.User})
	return func(s *statements) error {
		err := change(s.create, store.ErrExists, arguments...)
		if !errors.Is(err, store.ErrExists) {
			return err
		}
		// The id is taken, or the owner has no number yet.
		if err := change(s.owner, store.ErrExists, key.Tenant, key.User); err != nil {
			return err
		}
		return change(s.create, store.ErrExists, arguments...)
	}
}

// replace leaves the indexes alone if their columns do not change, which is the most
// frequent case.
func replace(key store.Key, statistic *store.Statistic, was store.Revision) write {
	fields, at := sqlquery.Fields(statistic), []any{key.Tenant, key.User, key.ID, int64(was)}
	indexed := fields[strings.Count(sqlquery.Unindexed, ",")+1:]
	rewrite := slices.Concat(fields[:len(fields)-len(indexed)], at, indexed)
	return func(s *statements) error {
		err := change(s.rewrite, store.ErrConflict, rewrite...)
		if errors.Is(err, store.ErrConflict) {
			err = change(s.replace, store.ErrConflict, slices.Concat(fields, at)...)
		}
		return orAbsent(s, key, err)
	}
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, key store.Key, was store.Revision) error {
	return s.write(ctx, "deleting a statistic", remove(key, was))
}

func remove(key store.Key, was store.Revision) write {
	return func(s *statements) error {
		return orAbsent(s, key, change(s.delete, store.ErrConflict, key.Tenant, key.User, key.ID, int64(was)))
	}
}

// orAbsent returns ErrNotFound instead of ErrConflict if the key is free. A statement that
// finds no row with the key and the revision cannot tell the two apart.
func orAbsent(s *statements, key store.Key, err error) error {
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
	var revision int64
	err := s.current.QueryRow(key.Tenant, key.User, key.ID).Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		return store.NoRevision, nil
	}
	return store.Revision(revision), err
}

// UpdateSettings implements store.Store.
func (s *Store) UpdateSettings(ctx context.Context, owner store.Owner, change store.SettingsChange) (store.Settings, error) {
	settings := new(store.Settings) // the writer's until write returns nil
	first := change.Apply(store.DefaultSettings)
	err := s.write(ctx, "storing settings", func(s *statements) error {
		return scanSettings(s.updateSettings.QueryRow(owner.Tenant, owner.User, first.HasGraphMailbox, first.HasLicense, first.HasOptedOut,
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
		return change(statement, store.ErrExists, sqlquery.AliasValues(user)...)
	})
}

// DeleteUser implements store.Store.
func (s *Store) DeleteUser(ctx context.Context, tenant, upn string) error {
	return s.write(ctx, "deleting an alias", func(s *statements) error {
		return change(s.deleteAlias, store.ErrNotFound, tenant, upn)
	})
}

func exec(statement *sql.Stmt, arguments ...any) error {
	_, err := statement.Exec(arguments...)
	return err
}

// change executes the statement. It returns the error unchanged if no row was changed.
func change(statement *sql.Stmt, unchanged error, arguments ...any) error {
	result, err := statement.Exec(arguments...)
	if err != nil {
		return err
	}
	if rows, err := result.RowsAffected(); rows > 0 || err != nil {
		return err
	}
	return unchanged
}
