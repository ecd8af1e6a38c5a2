package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// ofTenant is the condition of a tenant's rows, or of all rows if the parameter is "".
const ofTenant = " WHERE ? IN ('', tenant_id)"

// The statements of Replace and Rows. They are rare, so they may scan tables.
var (
	clearStatistics = "DELETE FROM statistics WHERE owner IN (SELECT owner FROM owners" + ofTenant + ")"
	clearOwners     = "DELETE FROM owners" + ofTenant
	clearSettings   = "DELETE FROM settings" + ofTenant
	clearAliases    = "DELETE FROM aliases" + ofTenant

	insertOwner   = "INSERT INTO owners (tenant_id, user_id) VALUES (?, ?) RETURNING owner"
	insertRecord  = "INSERT INTO statistics (owner, id, " + sqlquery.Columns + ") VALUES (?, ?, " + marks(sqlquery.Columns) + ")"
	insertSetting = "INSERT INTO settings (tenant_id, user_id, " + sqlquery.SettingsColumns + ") VALUES (?, ?, ?, ?, ?)"
	insertAlias   = "INSERT INTO aliases (tenant_id, " + sqlquery.AliasColumns + ") VALUES (?, ?, ?, ?, ?)"

	allRecords  = "SELECT tenant_id, user_id, id, " + sqlquery.Columns + " FROM owners JOIN statistics USING (owner)" + ofTenant
	allSettings = "SELECT tenant_id, user_id, " + sqlquery.SettingsColumns + " FROM settings" + ofTenant
	allAliases  = "SELECT tenant_id, " + sqlquery.AliasColumns + " FROM aliases" + ofTenant
)

// Rows implements store.Replacer. The writer reads the rows, so no write comes between them.
func (s *Store) Rows(ctx context.Context, tenant string, limit int64) (store.Rows, error) {
	rows := store.NewCollector(limit) // the writer's until write returns nil
	var full error                    // no error of the writer: it would undo the writes of others
	err := s.write(ctx, "reading all rows", func(statements *statements) error {
		err := collect(statements.conn, tenant, rows)
		if err == store.ErrFull {
			full, err = err, nil
		}
		return err
	})
	if err != nil || full != nil {
		return store.Rows{}, cmp.Or(err, full)
	}
	return rows.Rows, nil
}

func collect(conn *sql.Conn, tenant string, rows *store.Collector) error {
	err := eachRow(conn, allRecords, tenant, func(row row) error {
		var key store.Key
		var read store.Statistic
		if err := row.Scan(slices.Concat([]any{&key.Tenant, &key.User, &key.ID}, sqlquery.Fields(&read))...); err != nil {
			return err
		}
		return rows.Statistic(key, read.Record)
	})
	if err != nil {
		return err
	}
	err = eachRow(conn, allSettings, tenant, func(row row) error {
		var owner store.Owner
		var settings store.Settings
		if err := row.Scan(slices.Concat([]any{&owner.Tenant, &owner.User}, sqlquery.SettingsFields(&settings))...); err != nil {
			return err
		}
		return rows.Settings(owner, settings)
	})
	if err != nil {
		return err
	}
	return eachRow(conn, allAliases, tenant, func(row row) error {
		var of string
		user, err := sqlquery.ScanAlias("", func(into ...any) error { return row.Scan(slices.Concat([]any{&of}, into)...) })
		if err != nil {
			return err
		}
		user.Tenant = of
		return rows.User(user)
	})
}

// eachRow calls take for the rows of a query until it returns an error.
func eachRow(conn *sql.Conn, query, tenant string, take func(row) error) error {
	rows, err := conn.QueryContext(context.Background(), query, tenant)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err reports its error
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Replace implements store.Replacer.
func (s *Store) Replace(ctx context.Context, tenant string, rows store.Rows) error {
	return s.write(ctx, "replacing all rows", func(statements *statements) error {
		for _, clear := range []string{clearStatistics, clearOwners, clearSettings, clearAliases} {
			if _, err := statements.conn.ExecContext(context.Background(), clear, tenant); err != nil {
				return err
			}
		}
		return insert(statements.conn, rows)
	})
}

// insert stores rows whose keys are free.
func insert(conn *sql.Conn, rows store.Rows) error {
	if err := insertRecords(conn, rows.Statistics); err != nil {
		return err
	}
	err := insertEach(conn, insertSetting, rows.Settings, func(row store.OwnedSettings) []any {
		return []any{row.Owner.Tenant, row.Owner.User, row.Settings.HasGraphMailbox, row.Settings.HasLicense, row.Settings.HasOptedOut}
	})
	if err != nil {
		return err
	}
	return insertEach(conn, insertAlias, rows.Users, sqlquery.AliasValues)
}

func insertRecords(conn *sql.Conn, records []store.OwnedRecord) error {
	numbers := map[store.Owner]int64{}
	for _, row := range records {
		if _, known := numbers[row.Key.Owner]; known {
			continue
		}
		var number int64
		if err := conn.QueryRowContext(context.Background(), insertOwner, row.Key.Tenant, row.Key.User).Scan(&number); err != nil {
			return err
		}
		numbers[row.Key.Owner] = number
	}
	return insertEach(conn, insertRecord, records, func(row store.OwnedRecord) []any {
		statistic := store.Statistic{Revision: store.NewRevision(), Record: row.Record}
		return slices.Concat([]any{numbers[row.Key.Owner], row.Key.ID}, sqlquery.Fields(&statistic))
	})
}

// insertEach executes the statement for each of the rows.
func insertEach[T any](conn *sql.Conn, statement string, rows []T, values func(T) []any) error {
	if len(rows) == 0 {
		return nil
	}
	prepared, err := conn.PrepareContext(context.Background(), statement)
	if err != nil {
		return err
	}
	defer func() { _ = prepared.Close() }()
	for _, row := range rows {
		if _, err := prepared.ExecContext(context.Background(), values(row)...); err != nil {
			return err
		}
	}
	return nil
}
