package sqlite

import (
	"context"
	"strings"

	"afterhours/store/sqlquery"
)

const (
	ofUser  = "tenant_id = ? AND user_id = ?"
	ofOwner = "owner = (SELECT owner FROM owners WHERE " + ofUser + ")"
	ofKey   = " WHERE " + ofOwner + " AND id = ?"
	// An owner without statistics keeps its number, and so its row in owners.
	hasStatistics = "EXISTS (SELECT 1 FROM statistics WHERE statistics.owner = owners.owner)"
	ofAlias       = " WHERE tenant_id = ? AND upn = ?"

	getSettings = "SELECT " + sqlquery.SettingsColumns + " FROM settings WHERE " + ofUser
)

// marks returns a parameter for each of the columns.
func marks(columns string) string { return "?" + strings.Repeat(", ?", strings.Count(columns, ",")) }

// The queries of many rows that are too rare to prepare.
const (
	getUsers   = "SELECT " + sqlquery.AliasColumns + " FROM aliases WHERE tenant_id = ? AND upn > ? ORDER BY upn LIMIT ?"
	getTenants = "SELECT tenant_id FROM owners WHERE " + hasStatistics +
		" UNION SELECT tenant_id FROM settings UNION SELECT tenant_id FROM aliases ORDER BY tenant_id"
	getOwners = "SELECT user_id FROM owners WHERE tenant_id = ? AND user_id > ? AND " + hasStatistics +
		" UNION SELECT user_id FROM settings WHERE tenant_id = ? AND user_id > ? ORDER BY user_id LIMIT ?"
	countAfter = "SELECT count(*) FROM statistics JOIN owners USING (owner) WHERE (tenant_id, user_id, id) > (?, ?, ?)"
)

// points has the statements of a reader for single rows.
type points struct {
	get, settings, user, mark, person *prepared
}

func (p *points) prepare(ctx context.Context, on *direct) error {
	return on.prepareAll(ctx, map[**prepared]string{
		&p.get: "SELECT id, " + sqlquery.Columns + ", " + sqlquery.SettingsOrDefaults +
			" FROM statistics LEFT JOIN settings ON " + ofUser + ofKey,
		&p.settings: getSettings,
		&p.mark:     markPosition,
		&p.person:   getPerson,
		&p.user:     "SELECT " + sqlquery.AliasColumns + " FROM aliases" + ofAlias,
	})
}

// statements has the statements of the writer.
type statements struct {
	begin, commit, rollback, nothing *prepared
	number                           *prepared
	savepoint, release, undo         *prepared
	owner, create                    *prepared
	rewrite, replace                 *prepared
	delete, current                  *prepared
	getSettings, updateSettings      *prepared
	addAlias, moveAlias, deleteAlias *prepared

	*direct
}

func (s *statements) prepare(ctx context.Context, on *direct) error {
	const alias = "INSERT INTO aliases (tenant_id, " + sqlquery.AliasColumns + ") VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET user_id = excluded.user_id"
	s.direct = on
	return on.prepareAll(ctx, map[**prepared]string{
		// IMMEDIATE takes the lock at once. A transaction that had read before would fail
		// instead of waiting for another process.
		&s.begin:    "BEGIN IMMEDIATE",
		&s.commit:   "COMMIT",
		&s.rollback: "ROLLBACK",
		&s.nothing:  "PRAGMA user_version = 0", // nobody uses it, but it writes a page

		&s.number: "UPDATE commits SET number = number + 1 RETURNING number",

		&s.savepoint: "SAVEPOINT apply",
		&s.release:   "RELEASE apply",
		&s.undo:      "ROLLBACK TO apply", // which keeps the savepoint

		&s.owner: "INSERT INTO owners (tenant_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
		&s.create: "INSERT INTO statistics (owner, id, " + sqlquery.Columns + ")" +
			" SELECT owner, ?, " + marks(sqlquery.Columns) + " FROM owners WHERE " + ofUser + " ON CONFLICT DO NOTHING",
		// SQLite rewrites the index entries of every column that an UPDATE sets.
		&s.rewrite: "UPDATE statistics SET (" + sqlquery.Unindexed + ") = (" + marks(sqlquery.Unindexed) + ")" + ofKey + " AND revision = ? AND type = ? AND activity = ? AND start_date IS ?",
		&s.replace: "UPDATE statistics SET (" + sqlquery.Columns + ") = (" + marks(sqlquery.Columns) + ")" + ofKey + " AND revision = ?",

		&s.delete:  "DELETE FROM statistics" + ofKey + " AND revision = ?",
		&s.current: "SELECT revision FROM statistics" + ofKey,

		&s.getSettings: getSettings,
		&s.updateSettings: "INSERT INTO settings (tenant_id, user_id, " + sqlquery.SettingsColumns + ") VALUES (?, ?, ?, ?, ?)" +
			" ON CONFLICT DO UPDATE SET has_graph_mailbox = coalesce(?, has_graph_mailbox)," +
			" has_license = coalesce(?, has_license), has_opted_out = coalesce(?, has_opted_out) RETURNING " + sqlquery.SettingsColumns,

		&s.addAlias:    alias + " WHERE user_id = excluded.user_id",
		&s.moveAlias:   alias + ", learned_at = excluded.learned_at, learned_by = excluded.learned_by",
		&s.deleteAlias: "DELETE FROM aliases" + ofAlias,
	})
}
