package postgres

import (
	"fmt"
	"strings"

	"afterhours/store/sqlquery"
)

const (
	ofOwner = " WHERE tenant_id = $1 AND user_id = $2"
	ofKey   = " WHERE " + ofNumber + " AND id = $3"
	ofAlias = " WHERE tenant_id = $1 AND upn = $2"
)

// The statements of single rows. sqlquery writes those of List and Count.
var (
	getStatistic = "SELECT id, " + sqlquery.Columns + ", " + sqlquery.SettingsOrDefaults +
		" FROM owned_statistics LEFT JOIN settings ON tenant_id = $1 AND user_id = $2" + ofKey
	create = written("INSERT INTO owned_statistics (owner, id, " + sqlquery.Columns + ") SELECT owner, $3, " + marks(4) +
		" FROM owners" + ofOwner + " ON CONFLICT (owner, id) DO NOTHING")
	replace  = written("UPDATE owned_statistics SET (" + sqlquery.Columns + ") = (" + marks(5) + ")" + ofKey + " AND revision = $4")
	remove   = written("DELETE FROM owned_statistics" + ofKey + " AND revision = $4")
	current  = "SELECT revision FROM owned_statistics" + ofKey
	lockRows = "SELECT 1 FROM owned_statistics WHERE " + ofNumber + " AND id = ANY($3) ORDER BY id FOR UPDATE"
)

const (
	getSettings    = "SELECT " + sqlquery.SettingsColumns + " FROM settings" + ofOwner
	updateSettings = "INSERT INTO settings (tenant_id, user_id, " + sqlquery.SettingsColumns + ") VALUES ($1, $2, $3, $4, $5)" +
		" ON CONFLICT (tenant_id, user_id) DO UPDATE SET has_graph_mailbox = coalesce($6, settings.has_graph_mailbox)," +
		" has_license = coalesce($7, settings.has_license), has_opted_out = coalesce($8, settings.has_opted_out) RETURNING " + sqlquery.SettingsColumns

	getUser     = "SELECT " + sqlquery.AliasColumns + " FROM aliases" + ofAlias
	listUsers   = "SELECT " + sqlquery.AliasColumns + " FROM aliases WHERE tenant_id = $1 AND upn > $2 ORDER BY upn LIMIT $3"
	putAlias    = "INSERT INTO aliases (tenant_id, " + sqlquery.AliasColumns + ") VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, upn) DO UPDATE SET user_id = excluded.user_id"
	moveAlias   = putAlias + ", learned_at = excluded.learned_at, learned_by = excluded.learned_by"
	addAlias    = putAlias + " WHERE aliases.user_id = excluded.user_id"
	deleteAlias = "DELETE FROM aliases" + ofAlias
)

// listTenants and countAfter are the only statements that are not limited to one tenant.
const (
	countAfter = "SELECT count(*) FROM owned_statistics JOIN owners USING (owner) WHERE (tenant_id, user_id, id) > ($1, $2, $3)"

	listTenants = "SELECT tenant_id FROM owners WHERE " + hasStatistics + " UNION SELECT tenant_id FROM settings UNION SELECT tenant_id FROM aliases ORDER BY tenant_id"

	// Each half has the limit, too: otherwise the database would read all rows of both
	// halves before it takes the first ones.
	afterUser  = " WHERE tenant_id = $1 AND user_id > $2"
	byUser     = " ORDER BY user_id LIMIT $3"
	listOwners = "(SELECT user_id FROM owners" + afterUser + " AND " + hasStatistics + byUser + ")" +
		" UNION (SELECT user_id FROM settings" + afterUser + byUser + ")" + byUser
)

// written adds to a statement that writes a statistic the owner's settings as its result.
// There is no row if nothing was changed. Both halves name the owner, so that a database
// that distributes rows by owners can route the statement.
func written(statement string) string {
	return "WITH written AS (" + statement + " RETURNING id) SELECT " + sqlquery.SettingsOrDefaults +
		" FROM written LEFT JOIN settings ON tenant_id = $1 AND user_id = $2"
}

// marks returns a parameter for each column, numbered from first.
func marks(first int) string {
	marks := make([]string, strings.Count(sqlquery.Columns, ",")+1)
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(marks, ", ")
}
