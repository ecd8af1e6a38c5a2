package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

var (
	dialect    = sqlquery.Dialect{OfOwner: "owner = (SELECT owner FROM owners WHERE tenant_id = ? AND user_id = ?)", Numbered: true, Find: "strpos", Date: sqlquery.DateText}
	statistics = sqlquery.Via{From: "owned_statistics"}
)

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key store.Key) (store.Statistic, store.Settings, error) {
	type both struct {
		store.Statistic
		store.Settings
	}
	read, err := readOne(ctx, s, "reading a statistic", func(row pgx.Row, read *both) error {
		return row.Scan(slices.Concat([]any{&read.ID}, sqlquery.Fields(&read.Statistic), sqlquery.SettingsFields(&read.Settings))...)
	}, getStatistic, key.Tenant, key.User, key.ID)
	return read.Statistic, read.Settings, err
}

// List implements store.Store. The page is one moment of the database.
func (s *Store) List(ctx context.Context, owner store.Owner, query store.Query) ([]store.Statistic, error) {
	query.Filter = store.Fold(query.Filter)
	statement := dialect.List("id, "+sqlquery.Columns, owner, query, statistics)
	var page *sqlquery.Page
	err := s.query(ctx, "listing statistics", func(ctx context.Context, on *pgxpool.Conn) error {
		page = statement.Page()
		return each(ctx, on, statement, page.Add)
	})
	if err != nil {
		return nil, err
	}
	return page.Statistics(), nil
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, owner store.Owner, filter store.Expr) (count int, err error) {
	statement := dialect.Count("id, "+sqlquery.Columns, owner, store.Fold(filter), statistics)
	err = s.query(ctx, "counting statistics", func(ctx context.Context, on *pgxpool.Conn) error {
		count = 0
		if statement.Residue == nil {
			return on.QueryRow(ctx, statement.SQL, statement.Args...).Scan(&count)
		}
		residue := store.NewMatcher(statement.Residue)
		return each(ctx, on, statement, func(statistic *store.Statistic) bool {
			if residue.Match(statistic) {
				count++
			}
			return true
		})
	})
	return count, err
}

// Aggregate implements store.Store.
func (s *Store) Aggregate(ctx context.Context, owner store.Owner, aggregation store.Aggregation) ([]store.Group, error) {
	aggregation.Filter = store.Fold(aggregation.Filter)
	statement := dialect.Aggregate(owner, aggregation, statistics)
	var groups *store.Grouper
	var full error
	err := s.query(ctx, "aggregating statistics", func(ctx context.Context, on *pgxpool.Conn) error {
		rows, err := on.Query(ctx, statement.SQL, statement.Args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		groups = store.NewGrouper(aggregation)
		full, err = statement.Gather(rows, groups, func() bool { return ctx.Err() == nil })
		if ctx.Err() != nil {
			return errStopped
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if full != nil {
		return nil, full
	}
	return groups.Groups()
}

// errStopped is the error of a query whose context ended while its rows were read.
var errStopped = errors.New("stopped")

// query runs a query of many rows on a connection of its own. The database stops the query
// when the context ends. If the database did not do so, the error is ErrUnavailable, too: no
// connection was free, or the database hangs.
func (s *Store) query(ctx context.Context, doing string, run func(context.Context, *pgxpool.Conn) error) error {
	stopped := false
	err := s.attemptFor(ctx, queryTimeout, doing, func(ctx context.Context) error {
		return s.lists.AcquireFunc(ctx, func(on *pgxpool.Conn) error {
			err := run(ctx, on)
			stopped = errors.Is(err, errStopped) || code(err) == queryCanceled
			return err
		})
	})
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, cause) && !stopped {
		return fmt.Errorf("%s: %w: it has not answered: %w", doing, store.ErrUnavailable, cause)
	}
	return err
}

// each calls take for one row after the other until it returns false.
func each(ctx context.Context, on *pgxpool.Conn, statement sqlquery.Statement, take func(*store.Statistic) bool) error {
	rows, err := on.Query(ctx, statement.SQL, statement.Args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	stopped := false
	err = sqlquery.Each(rows, func(statistic *store.Statistic) bool {
		stopped = ctx.Err() != nil // the database may have sent all rows before
		return !stopped && take(statistic)
	})
	if stopped {
		return errStopped
	}
	return err
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context, owner store.Owner) (store.Settings, error) {
	settings, err := readOne(ctx, s, "reading settings", scanSettings, getSettings, owner.Tenant, owner.User)
	if errors.Is(err, store.ErrNotFound) {
		return store.DefaultSettings, nil
	}
	return settings, err
}

func scanSettings(row pgx.Row, settings *store.Settings) error {
	return row.Scan(sqlquery.SettingsFields(settings)...)
}

// UserByUPN implements store.Store.
func (s *Store) UserByUPN(ctx context.Context, tenant, upn string) (store.User, error) {
	return readOne(ctx, s, "reading an alias", func(row pgx.Row, user *store.User) (err error) {
		*user, err = sqlquery.ScanAlias(tenant, row.Scan)
		return err
	}, getUser, tenant, upn)
}

// Users implements store.Store.
func (s *Store) Users(ctx context.Context, tenant, after string, limit int) ([]store.User, error) {
	return collect(ctx, s, "listing aliases", func(row pgx.CollectableRow) (store.User, error) {
		return sqlquery.ScanAlias(tenant, row.Scan)
	}, listUsers, tenant, after, limit)
}

// Tenants implements store.Store.
func (s *Store) Tenants(ctx context.Context) ([]string, error) {
	return collect(ctx, s, "listing tenants", pgx.RowTo[string], listTenants)
}

// Owners implements store.Store.
func (s *Store) Owners(ctx context.Context, tenant, after string, limit int) ([]store.Owner, error) {
	return collect(ctx, s, "listing owners", func(row pgx.CollectableRow) (store.Owner, error) {
		owner := store.Owner{Tenant: tenant}
		return owner, row.Scan(&owner.User)
	}, listOwners, tenant, after, limit)
}

// CountAfter implements store.StatisticsCounter.
func (s *Store) CountAfter(ctx context.Context, key store.Key) (int64, error) {
	counts, err := collect(ctx, s, "counting all statistics", pgx.RowTo[int64], countAfter, key.Tenant, key.User, key.ID)
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}

// collect returns the value that scan makes of each row of a query.
func collect[T any](ctx context.Context, s *Store, doing string, scan pgx.RowToFunc[T], sql string, args ...any) (values []T, err error) {
	err = s.query(ctx, doing, func(ctx context.Context, on *pgxpool.Conn) error {
		rows, err := on.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		values, err = pgx.CollectRows(rows, scan)
		return err
	})
	return values, err
}
