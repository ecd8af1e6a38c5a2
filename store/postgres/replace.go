package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// lockWriters keeps writers away, but not readers. Without it, half of an Apply under way could survive: its
// new rows are not seen yet. CockroachDB and YugabyteDB do not have the statement. There Replace fails.
const lockWriters = "LOCK TABLE owned_statistics, settings, aliases IN EXCLUSIVE MODE"

// The columns of the tables. Those of owned_statistics continue with sqlquery.Columns.
const (
	recordColumns  = "owner, id, "
	settingColumns = "tenant_id, user_id, " + sqlquery.SettingsColumns
	aliasColumns   = "tenant_id, " + sqlquery.AliasColumns
)

// ofTenant returns the condition of a tenant's rows, or none if it is "", with its arguments.
func ofTenant(tenant string) (condition string, args []any) {
	if tenant == "" {
		return "", nil
	}
	return " WHERE tenant_id = $1", []any{tenant}
}

// Rows implements store.Replacer.
func (s *Store) Rows(ctx context.Context, tenant string, limit int64) (store.Rows, error) {
	rows := store.NewCollector(limit)
	err := s.attemptFor(ctx, queryTimeout, "reading all rows", func(ctx context.Context) error {
		rows = store.NewCollector(limit)
		oneMoment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
		return pgx.BeginTxFunc(ctx, s.lists, oneMoment, func(tx pgx.Tx) error { return collectAll(ctx, tx, tenant, rows) })
	})
	if err != nil {
		return store.Rows{}, err
	}
	return rows.Rows, nil
}

func collectAll(ctx context.Context, tx pgx.Tx, tenant string, rows *store.Collector) error {
	condition, args := ofTenant(tenant)
	var key store.Key
	var read store.Statistic
	found, _ := tx.Query(ctx, "SELECT tenant_id, user_id, id, "+sqlquery.Columns+" FROM owned_statistics JOIN owners USING (owner)"+condition, args...) // ForEachRow returns the error
	_, err := pgx.ForEachRow(found, slices.Concat([]any{&key.Tenant, &key.User, &key.ID}, sqlquery.Fields(&read)), func() error {
		err := rows.Statistic(key, read.Record)
		read = store.Statistic{} // since Scan leaves a field alone if it is NULL
		return err
	})
	if err != nil {
		return err
	}
	var owned store.OwnedSettings
	found, _ = tx.Query(ctx, "SELECT "+settingColumns+" FROM settings"+condition, args...)
	_, err = pgx.ForEachRow(found, slices.Concat([]any{&owned.Owner.Tenant, &owned.Owner.User}, sqlquery.SettingsFields(&owned.Settings)), func() error {
		return rows.Settings(owned.Owner, owned.Settings)
	})
	if err != nil {
		return err
	}
	found, err = tx.Query(ctx, "SELECT "+aliasColumns+" FROM aliases"+condition, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var of string
		user, err := sqlquery.ScanAlias("", func(into ...any) error { return found.Scan(slices.Concat([]any{&of}, into)...) })
		if err != nil {
			return err
		}
		user.Tenant = of
		if err := rows.User(user); err != nil {
			return err
		}
	}
	return found.Err()
}

// Replace implements store.Replacer.
func (s *Store) Replace(ctx context.Context, tenant string, rows store.Rows) error {
	return s.attemptFor(ctx, queryTimeout, "replacing all rows", func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.points, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, lockWriters); err != nil {
				return err
			}
			condition, args := ofTenant(tenant)
			for _, clear := range []string{
				"DELETE FROM owned_statistics WHERE owner IN (SELECT owner FROM owners" + condition + ")",
				"DELETE FROM settings" + condition,
				"DELETE FROM aliases" + condition,
			} {
				if _, err := tx.Exec(ctx, clear, args...); err != nil {
					return err
				}
			}
			return insert(ctx, tx, tenant, rows)
		})
	})
}

// insert stores rows of the tenant, or of all if it is "". Their keys are free.
func insert(ctx context.Context, tx pgx.Tx, tenant string, rows store.Rows) error {
	if err := addOwnersOf(ctx, tx, rows.Statistics); err != nil {
		return err
	}
	numbers, err := numbers(ctx, tx, tenant)
	if err != nil {
		return err
	}
	err = copyRows(ctx, tx, "owned_statistics", recordColumns+sqlquery.Columns, rows.Statistics, func(row store.OwnedRecord) []any {
		statistic := store.Statistic{Revision: store.NewRevision(), Record: row.Record}
		return slices.Concat([]any{numbers[row.Key.Owner], row.Key.ID}, sqlquery.Fields(&statistic))
	})
	if err != nil {
		return err
	}
	err = copyRows(ctx, tx, "settings", settingColumns, rows.Settings, func(row store.OwnedSettings) []any {
		return []any{row.Owner.Tenant, row.Owner.User, row.Settings.HasGraphMailbox, row.Settings.HasLicense, row.Settings.HasOptedOut}
	})
	if err != nil {
		return err
	}
	return copyRows(ctx, tx, "aliases", aliasColumns, rows.Users, sqlquery.AliasValues)
}

// copyRows stores the rows by one COPY.
func copyRows[T any](ctx context.Context, tx pgx.Tx, table, columns string, rows []T, values func(T) []any) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, strings.Split(columns, ", "), pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		return values(rows[i]), nil
	}))
	return err
}
