package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key store.Key) (statistic store.Statistic, settings store.Settings, err error) {
	err = s.point(ctx, "reading a statistic", func(r *reader) error {
		return r.points.get.setOwner(key.Owner).setKey(key).first(func(p *prepared) error {
			err := p.readStatistic(&statistic, nil)
			p.readSettings(&settings)
			return err
		})
	})
	if err != nil {
		return store.Statistic{}, store.Settings{}, err
	}
	return statistic, settings, nil
}

// point reads a single row. It ignores that the context ends once there is a free connection:
// such a read is short, and being able to interrupt it would cost a goroutine for every row.
func (s *Store) point(ctx context.Context, doing string, read func(*reader) error) error {
	if err := s.gate.Enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	r, err := s.singles.take(ctx)
	if err != nil {
		return failure(ctx, doing, err)
	}
	defer s.singles.giveBack(r)
	err = read(r)
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	if err != nil {
		return failure(ctx, doing, err)
	}
	return nil
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context, owner store.Owner) (settings store.Settings, err error) {
	err = s.point(ctx, "reading settings", func(r *reader) error {
		return settingsOf(r.points.settings.setOwner(owner), &settings)
	})
	return settings, err
}

// UserByUPN implements store.Store.
func (s *Store) UserByUPN(ctx context.Context, tenant, upn string) (user store.User, err error) {
	err = s.point(ctx, "reading an alias", func(r *reader) error {
		return r.points.user.set(tenant, upn).first(func(p *prepared) (err error) {
			user, err = scanUser(tenant)(p)
			return err
		})
	})
	return user, err
}

// Users implements store.Store.
func (s *Store) Users(ctx context.Context, tenant, after string, limit int) ([]store.User, error) {
	return many(ctx, s, "listing aliases", scanUser(tenant), getUsers, tenant, after, limit)
}

// Tenants implements store.Store.
func (s *Store) Tenants(ctx context.Context) ([]string, error) {
	scan := func(row row) (tenant string, err error) { return tenant, row.Scan(&tenant) }
	return many(ctx, s, "listing tenants", scan, getTenants)
}

// Owners implements store.Store.
func (s *Store) Owners(ctx context.Context, tenant, after string, limit int) ([]store.Owner, error) {
	scan := func(row row) (store.Owner, error) {
		owner := store.Owner{Tenant: tenant}
		return owner, row.Scan(&owner.User)
	}
	return many(ctx, s, "listing owners", scan, getOwners, tenant, after, tenant, after, limit)
}

// CountAfter implements store.StatisticsCounter.
func (s *Store) CountAfter(ctx context.Context, key store.Key) (count int64, err error) {
	if err := s.gate.Enter(ctx); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	err = s.query(ctx, func(ctx context.Context, on *reader) error {
		return on.conn.QueryRowContext(ctx, countAfter, key.Tenant, key.User, key.ID).Scan(&count)
	})
	return translate(ctx, "counting all statistics", count, err)
}

// many reads the rows of a query that is too rare to prepare.
func many[T any](ctx context.Context, s *Store, doing string, scan func(row) (T, error), query string, args ...any) (values []T, err error) {
	if err := s.gate.Enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	err = s.query(ctx, func(ctx context.Context, on *reader) error {
		rows, err := on.conn.QueryContext(ctx, query, args...)
		values, err = all(ctx, doing, rows, err, scan)
		return err
	})
	return translate(ctx, doing, values, err)
}

// row is a *sql.Row, or the current one of *sql.Rows or of a prepared statement.
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
