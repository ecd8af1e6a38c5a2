package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"afterhours/store/sqlquery"
)

//go:embed migrations/*.sql
var migrations embed.FS

// lockTries is how often, each tenth of a second, a server tries to take the lock: an hour,
// since the first server of a version may copy all statistics meanwhile.
const lockTries = 36_000

// migrateAt migrates with a pool of its own, which takes several connections.
func migrateAt(ctx context.Context, config *pgxpool.Config, finish bool) error {
	pool, err := pgxpool.NewWithConfig(ctx, config.Copy())
	if err != nil {
		return err
	}
	defer pool.Close()
	return migrate(ctx, pool, finish)
}

// migrate brings the schema up to date, one server at a time. The lock is a row of a table.
// Its holder renews it, and another server may take it over once it has expired. Each
// migration may be repeated, since a server may end after the migration and before it has
// recorded the version.
//
// A schema of an older version stays usable for servers of that version until finish is
// true (see upgrade.go). A new database has nothing that they need.
func migrate(ctx context.Context, pool *pgxpool.Pool, finish bool) error {
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }()
	source, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(100*time.Millisecond, lockTries))
	if err != nil {
		return fmt.Errorf("preparing the lock of the migrations: %w", err)
	}
	versions, err := columnsOf(ctx, db, "goose_db_version")
	if err != nil {
		return err
	}
	isNew := len(versions) == 0
	provider, err := goose.NewProvider(goose.DialectPostgres, db, source,
		goose.WithLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(upgrade(isNew, finish || isNew)...))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bringing the schema up to date: %w", err)
	}
	return addDurations(ctx, db, locker)
}

// addDurations adds a column for each duration that the table of statistics lacks, under
// the same lock. The columns follow from store's table of properties, and not from a
// version of the schema. A server of an older version names its columns in each
// statement, so it can go on while they are added and afterwards.
func addDurations(ctx context.Context, db *sql.DB, locker lock.Locker) (err error) {
	columns, err := columnsOf(ctx, db, "owned_statistics")
	if err != nil {
		return err
	}
	missing := sqlquery.Missing(columns)
	if len(missing) == 0 {
		return nil
	}
	if err := locker.Lock(ctx, db); err != nil {
		return fmt.Errorf("waiting for the lock of the migrations: %w", err)
	}
	defer func() { err = errors.Join(err, locker.Unlock(context.WithoutCancel(ctx), db)) }()
	for _, column := range missing {
		if _, err := db.ExecContext(ctx, addDuration("owned_statistics", column)); err != nil {
			return fmt.Errorf("adding the column %s: %w", column, err)
		}
	}
	return nil
}

// addDuration returns a statement that may be repeated, as a migration may.
func addDuration(table, column string) string {
	return "ALTER TABLE " + table + " ADD COLUMN IF NOT EXISTS " + column + " BIGINT"
}

// columnsOf returns the columns of a table, none if there is no such table.
func columnsOf(ctx context.Context, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, table string) (columns []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1", table)
	if err != nil {
		return nil, fmt.Errorf("reading the columns of the schema: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err reports its error
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			return nil, fmt.Errorf("reading the columns of the schema: %w", err)
		}
		columns = append(columns, column)
	}
	return columns, rows.Err()
}
