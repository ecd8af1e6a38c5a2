package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key store.Key) (store.Statistic, store.Settings, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return store.Statistic{}, store.Settings{}, err
	}
	defer s.gate.Leave()
	var read struct {
		store.Statistic
		store.Settings
	}
	err := one(ctx, s.reads.get, key.Tenant, key.User, key.Tenant, key.User, key.ID).
		Scan(slices.Concat([]any{&read.ID}, sqlquery.Fields(&read.Statistic), sqlquery.SettingsFields(&read.Settings))...)
	read, err = translate(ctx, "reading a statistic", read, err)
	return read.Statistic, read.Settings, err
}

// one reads the row of a key. It ignores that the context ends: such a read is short, and
// being able to interrupt it would cost two goroutines for every row.
func one(ctx context.Context, statement *sql.Stmt, args ...any) *sql.Row {
	return statement.QueryRowContext(context.WithoutCancel(ctx), args...)
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context, owner store.Owner) (store.Settings, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return store.Settings{}, err
	}
	defer s.gate.Leave()
	var settings store.Settings
	err := scanSettings(one(ctx, s.reads.settings, owner.Tenant, owner.User), &settings)
	return translate(ctx, "reading settings", settings, err)
}

// UserByUPN implements store.Store.
func (s *Store) UserByUPN(ctx context.Context, tenant, upn string) (store.User, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return store.User{}, err
	}
	defer s.gate.Leave()
	user, err := scanUser(tenant)(one(ctx, s.reads.user, tenant, upn))
	return translate(ctx, "reading an alias", user, err)
}

// Users implements store.Store.
func (s *Store) Users(ctx context.Context, tenant, after string, limit int) ([]store.User, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	rows, err := s.reads.users.QueryContext(ctx, tenant, after, limit)
	return all(ctx, "listing aliases", rows, err, scanUser(tenant))
}

// Tenants implements store.Store.
func (s *Store) Tenants(ctx context.Context) ([]string, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	rows, err := s.reads.tenants.QueryContext(ctx)
	return all(ctx, "listing tenants", rows, err, func(row row) (tenant string, err error) { return tenant, row.Scan(&tenant) })
}

// Owners implements store.Store.
func (s *Store) Owners(ctx context.Context, tenant, after string, limit int) ([]store.Owner, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	rows, err := s.reads.owners.QueryContext(ctx, tenant, after, tenant, after, limit)
	return all(ctx, "listing owners", rows, err, func(row row) (store.Owner, error) {
		owner := store.Owner{Tenant: tenant}
		return owner, row.Scan(&owner.User)
	})
}

// CountAfter implements store.StatisticsCounter.
func (s *Store) CountAfter(ctx context.Context, key store.Key) (count int64, err error) {
	if err := s.gate.Enter(ctx); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	err = s.reads.countAfter.QueryRowContext(ctx, key.Tenant, key.User, key.ID).Scan(&count)
	return translate(ctx, "counting all statistics", count, err)
}

// row is a *sql.Row or the current one of *sql.Rows.
type row interface{ Scan(targets ...any) error }

func scanUser(tenant string) func(row) (store.User, error) {
	return func(row row) (store.User, error) { return sqlquery.ScanAlias(tenant, row.Scan) }
}

// translate returns the value, or the zero value and the error in the store's terms.
func translate[T any](ctx context.Context, doing string, value T, err error) (T, error) {
	var none T
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return none, store.ErrNotFound
	case err != nil:
		return none, failure(ctx, doing, err)
	}
	return value, nil
}

// all reads and closes the rows of a query, or translates the query's error.
func all[T any](ctx context.Context, doing string, rows *sql.Rows, err error, scan func(row) (T, error)) ([]T, error) {
	if err != nil {
		return nil, failure(ctx, doing, err)
	}
	defer func() { _ = rows.Close() }() // Err reports its error
	var values []T
	for rows.Next() {
		value, err := scan(rows)
		if err != nil {
			return nil, failure(ctx, doing, err)
		}
		values = append(values, value)
	}
	return translate(ctx, doing, values, rows.Err())
}

// scanSettings reads the row. Without a row, the settings are the defaults.
func scanSettings(row row, settings *store.Settings) error {
	err := row.Scan(sqlquery.SettingsFields(settings)...)
	if errors.Is(err, sql.ErrNoRows) {
		*settings = store.DefaultSettings
		return nil
	}
	return err
}
