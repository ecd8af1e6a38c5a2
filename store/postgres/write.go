package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// runner runs statements: in groups, or in a transaction.
type runner interface {
	Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error)
	QueryRow(ctx context.Context, sql string, arguments ...any) pgx.Row
}

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, error) {
	change := store.Change{Key: key, Was: was, Revision: store.NewRevision(), Record: record}
	err := s.attempt(ctx, "storing a statistic", func(ctx context.Context) error { return write(ctx, together{s, key}, &change) })
	if err != nil {
		return store.NoRevision, err
	}
	return change.Revision, nil
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, key store.Key, was store.Revision) error {
	if was == store.NoRevision { // no statistic has it, and as a change it would create
		_, _, err := s.Get(ctx, key)
		if err == nil {
			return store.ErrConflict
		}
		return err
	}
	change := store.Change{Key: key, Was: was, Revision: store.NoRevision}
	return s.attempt(ctx, "deleting a statistic", func(ctx context.Context) error { return write(ctx, together{s, key}, &change) })
}

// write makes the change in one statement, and asks for the reason if that changes
// nothing.
func write(ctx context.Context, on runner, change *store.Change) error {
	key := change.Key
	arguments := []any{key.Tenant, key.User, key.ID}
	fields := sqlquery.Fields(&store.Statistic{ID: key.ID, Revision: change.Revision, Record: change.Record})
	var err error
	var tag pgconn.CommandTag
	switch {
	case change.Was == store.NoRevision:
		tag, err = on.Exec(ctx, create, append(arguments, fields...)...)
	case change.Revision == store.NoRevision:
		tag, err = on.Exec(ctx, remove, append(arguments, int64(change.Was))...)
	default:
		tag, err = on.Exec(ctx, replace, append(append(arguments, int64(change.Was)), fields...)...)
	}
	if err != nil || tag.RowsAffected() > 0 {
		return err
	}
	if change.Was == store.NoRevision {
		return store.ErrExists
	}
	stored, err := revision(ctx, on, current, key)
	if err != nil {
		return err
	}
	if stored == store.NoRevision {
		return store.ErrNotFound
	}
	return store.ErrConflict
}

// revision returns that of the key, NoRevision if it is free.
func revision(ctx context.Context, on runner, statement string, key store.Key) (store.Revision, error) {
	var revision int64
	err := on.QueryRow(ctx, statement, key.Tenant, key.User, key.ID).Scan(&revision)
	if errors.Is(err, pgx.ErrNoRows) {
		return store.NoRevision, nil
	}
	return store.Revision(revision), err
}

// UpdateSettings implements store.Store.
func (s *Store) UpdateSettings(ctx context.Context, owner store.Owner, change store.SettingsChange) (settings store.Settings, err error) {
	first := change.Apply(store.DefaultSettings)
	err = s.attempt(ctx, "storing settings", func(ctx context.Context) error {
		return scanSettings(s.pool.QueryRow(ctx, updateSettings, owner.Tenant, owner.User, first.HasGraphMailbox, first.HasLicense, first.HasOptedOut,
			flag(change.HasGraphMailbox), flag(change.HasLicense), flag(change.HasOptedOut)), &settings)
	})
	return settings, err
}

// flag is a boolean that may be null, as an argument.
func flag(value store.Null[bool]) *bool {
	if !value.Valid {
		return nil
	}
	return &value.Value
}

// PutUser implements store.Store.
func (s *Store) PutUser(ctx context.Context, user store.User, move bool) error {
	statement := addAlias
	if move {
		statement = moveAlias
	}
	return s.exec(ctx, "storing an alias", store.ErrExists, statement, user.Tenant, user.UPN, user.User)
}

// DeleteUser implements store.Store.
func (s *Store) DeleteUser(ctx context.Context, tenant, upn string) error {
	return s.exec(ctx, "deleting an alias", store.ErrNotFound, deleteAlias, tenant, upn)
}

// exec runs one statement; one that changes no row is the error unchanged.
func (s *Store) exec(ctx context.Context, doing string, unchanged error, statement string, arguments ...any) error {
	return s.attempt(ctx, doing, func(ctx context.Context) error {
		tag, err := s.pool.Exec(ctx, statement, arguments...)
		if err == nil && tag.RowsAffected() == 0 {
			return unchanged
		}
		return err
	})
}
