package postgres

import (
	"context"
	"database/sql/driver"
	"errors"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// runner runs a statement, in a batch or in a transaction, and scans the row that it
// returns. The error is ErrNotFound if there is no row.
type runner interface {
	row(ctx context.Context, into []any, sql string, arguments ...any) error
}

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, store.Settings, error) {
	change := store.Change{Key: key, Was: was, Revision: store.NewRevision(), Record: record}
	settings, err := s.put(ctx, "storing a statistic", &change)
	if err != nil {
		return store.NoRevision, store.Settings{}, err
	}
	return change.Revision, settings, nil
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, key store.Key, was store.Revision) error {
	if was == store.NoRevision { // a change from NoRevision would create
		_, _, err := s.Get(ctx, key)
		if err == nil {
			return store.ErrConflict
		}
		return err
	}
	_, err := s.put(ctx, "deleting a statistic", &store.Change{Key: key, Was: was, Revision: store.NoRevision})
	return err
}

// put makes the change in a batch.
func (s *Store) put(ctx context.Context, doing string, change *store.Change) (settings store.Settings, err error) {
	err = s.attempt(ctx, doing, func(ctx context.Context) (err error) {
		settings, err = write(ctx, queued{s, change.Key}, change)
		return err
	})
	return settings, err
}

// write makes the change and returns the owner's settings. That is one statement, unless
// nothing was changed: then write reads the revision to find the reason.
func write(ctx context.Context, on runner, change *store.Change) (store.Settings, error) {
	settings, err := tryWrite(ctx, on, change)
	if !errors.Is(err, store.ErrNotFound) {
		return settings, err
	}
	stored, err := revision(ctx, on, change.Key)
	switch {
	case err != nil:
		return store.Settings{}, err
	case change.Was == store.NoRevision && stored == store.NoRevision:
		return createFirst(ctx, on, change)
	case change.Was == store.NoRevision:
		return store.Settings{}, store.ErrExists
	case stored == store.NoRevision:
		return store.Settings{}, store.ErrNotFound
	}
	return store.Settings{}, store.ErrConflict
}

// createFirst gives the owner a number, and creates again what could not be created without
// one.
func createFirst(ctx context.Context, on runner, change *store.Change) (store.Settings, error) {
	number := new(int64) // the worker's until row returns nil
	err := on.row(ctx, []any{number}, addOwner, change.Key.Tenant, change.Key.User, newNumber())
	if err != nil && !errors.Is(err, store.ErrNotFound) { // another caller may have given one
		return store.Settings{}, err
	}
	settings, err := tryWrite(ctx, on, change)
	if errors.Is(err, store.ErrNotFound) {
		return store.Settings{}, store.ErrExists // another caller has created it meanwhile
	}
	return settings, err
}

// tryWrite runs the one statement of the change. The error is ErrNotFound if it changed nothing.
func tryWrite(ctx context.Context, on runner, change *store.Change) (store.Settings, error) {
	key := change.Key
	fields, err := plain(sqlquery.Fields(&store.Statistic{ID: key.ID, Revision: change.Revision, Record: change.Record}))
	if err != nil {
		return store.Settings{}, err
	}
	arguments := append(make([]any, 0, 4+len(fields)), key.Tenant, key.User, key.ID)
	statement := replace
	switch {
	case change.Was == store.NoRevision:
		statement, arguments = create, append(arguments, fields...)
	case change.Revision == store.NoRevision:
		statement, arguments = remove, append(arguments, int64(change.Was))
	default:
		arguments = append(append(arguments, int64(change.Was)), fields...)
	}
	settings := new(store.Settings) // the worker's until row returns nil
	err = on.row(ctx, sqlquery.SettingsFields(settings), statement, arguments...)
	if err != nil {
		return store.Settings{}, err
	}
	return *settings, nil
}

// plain replaces the arguments by plain values. The driver would do so too, but by reflection, and
// would parse and print each date.
func plain(arguments []any) (_ []any, err error) {
	for i, argument := range arguments {
		switch argument := argument.(type) {
		case *int64:
			arguments[i] = *argument
		case *string:
			arguments[i] = *argument
		case driver.Valuer:
			if arguments[i], err = argument.Value(); err != nil {
				return nil, err
			}
		}
	}
	return arguments, nil
}

// revision returns the revision of the key, or NoRevision if it is free.
func revision(ctx context.Context, on runner, key store.Key) (store.Revision, error) {
	revision := new(int64) // the worker's until row returns nil
	err := on.row(ctx, []any{revision}, current, key.Tenant, key.User, key.ID)
	if errors.Is(err, store.ErrNotFound) {
		return store.NoRevision, nil
	}
	if err != nil {
		return store.NoRevision, err
	}
	return store.Revision(*revision), nil
}

// UpdateSettings implements store.Store.
func (s *Store) UpdateSettings(ctx context.Context, owner store.Owner, change store.SettingsChange) (settings store.Settings, err error) {
	first := change.Apply(store.DefaultSettings)
	err = s.attempt(ctx, "storing settings", func(ctx context.Context) error {
		return scanSettings(s.points.QueryRow(ctx, updateSettings, owner.Tenant, owner.User, first.HasGraphMailbox, first.HasLicense, first.HasOptedOut,
			flag(change.HasGraphMailbox), flag(change.HasLicense), flag(change.HasOptedOut)), &settings)
	})
	return settings, err
}

// flag returns a boolean that may be null as an argument.
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
	return s.exec(ctx, "storing an alias", store.ErrExists, statement, sqlquery.AliasValues(user)...)
}

// DeleteUser implements store.Store.
func (s *Store) DeleteUser(ctx context.Context, tenant, upn string) error {
	return s.exec(ctx, "deleting an alias", store.ErrNotFound, deleteAlias, tenant, upn)
}

// exec runs one statement. It returns the error unchanged if no row was changed.
func (s *Store) exec(ctx context.Context, doing string, unchanged error, statement string, arguments ...any) error {
	return s.attempt(ctx, doing, func(ctx context.Context) error {
		tag, err := s.points.Exec(ctx, statement, arguments...)
		if err == nil && tag.RowsAffected() == 0 {
			return unchanged
		}
		return err
	})
}
