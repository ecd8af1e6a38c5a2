package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"

	"afterhours/store/sqlquery"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. A lock lets in one process at a time: two that
// open a new folder together would both create its tables.
func migrate(ctx context.Context, pool *sql.DB, dir string) error {
	lock := flock.New(filepath.Join(dir, "migrate.lock"))
	if _, err := lock.TryLockContext(ctx, 10*time.Millisecond); err != nil {
		return fmt.Errorf("waiting for the lock %s: %w", lock.Path(), err)
	}
	defer func() { _ = lock.Close() }() // the end of the process frees it, too

	provider, err := knownSchema(ctx, pool) // not closed: that would close the pool
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bringing the schema up to date: %w", err)
	}
	return addDurations(ctx, pool)
}

// addDurations adds a column for each duration that the table of statistics lacks. The
// columns follow from store's table of properties, and not from a version of the schema.
func addDurations(ctx context.Context, pool *sql.DB) error {
	columns, err := columnsOf(ctx, pool)
	if err != nil {
		return err
	}
	for _, column := range sqlquery.Missing(columns) {
		if _, err := pool.ExecContext(ctx, "ALTER TABLE statistics ADD COLUMN "+column+" INTEGER"); err != nil {
			return fmt.Errorf("adding the column %s: %w", column, err)
		}
	}
	return nil
}

// columnsOf returns the columns of the table of statistics.
func columnsOf(ctx context.Context, pool *sql.DB) ([]string, error) {
	rows, err := pool.QueryContext(ctx, "SELECT name FROM pragma_table_info('statistics')")
	return all(ctx, "reading the columns of the schema", rows, err, func(row row) (column string, err error) { return column, row.Scan(&column) })
}

// knownSchema returns the provider of the migrations, or an error if the schema is of
// a newer program.
func knownSchema(ctx context.Context, pool *sql.DB) (*goose.Provider, error) {
	provider, err := provide(pool)
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	found, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the version of the schema: %w", err)
	}
	if found > newest {
		return nil, fmt.Errorf("the schema has version %d, and this program knows versions up to %d: use the newer program that wrote it, or restore a backup from before", found, newest)
	}
	if found < newest {
		return provider, nil
	}
	return provider, refuseUnknown(ctx, pool)
}

// refuseUnknown returns an error if the table of statistics has a column of a duration
// that a newer program has added.
func refuseUnknown(ctx context.Context, pool *sql.DB) error {
	columns, err := columnsOf(ctx, pool)
	if err != nil {
		return err
	}
	ours := append([]string{"owner", "id"}, strings.Split(sqlquery.Columns, ", ")...)
	for _, column := range columns {
		if !slices.Contains(ours, column) {
			return fmt.Errorf("the schema has a column %s that this program does not know: use the newer program that wrote it, or restore a backup from before", column)
		}
	}
	return nil
}

func provide(pool *sql.DB) (*goose.Provider, error) {
	source, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, pool, source, goose.WithDisableGlobalRegistry(true))
}
