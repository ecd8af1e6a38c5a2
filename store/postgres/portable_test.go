package postgres

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/sqlquery"
)

// foreign matches features that PostgreSQL, CockroachDB, YugabyteDB and Citus do not all
// have, or that they implement too differently to depend on.
var foreign = regexp.MustCompile(`(?i)\b(serial|bigserial|sequence|nextval|identity|advisory|listen|notify|lock\s+table|trigger|function|plpgsql|` +
	`exclude|deferrable|inherits|generated|gist|gin|ctid|xmin|unlogged|tablespace|partition|merge|concurrently)\b`)

func TestEveryMigrationIsOnePortableStatement(t *testing.T) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("the migrations are %v, %v", names, err)
	}
	key := regexp.MustCompile(`(?i)(PRIMARY KEY|UNIQUE|ON \w+) *\((\w+)`)
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		sql := string(text)
		if !strings.HasPrefix(sql, "-- +goose NO TRANSACTION\n-- +goose Up\n") || strings.Count(sql, ";") != 1 || !strings.Contains(sql, " IF NOT EXISTS ") {
			t.Errorf("%s is not one statement outside a transaction that may be repeated", name)
		}
		if word := foreign.FindString(sql); word != "" {
			t.Errorf("%s uses %q", name, word)
		}
		keys := key.FindAllStringSubmatch(sql, -1)
		if len(keys) == 0 && strings.Contains(sql, "CREATE") {
			t.Errorf("%s has no key", name)
		}
		for _, key := range keys {
			if key[2] != "tenant_id" && key[2] != "owner" {
				t.Errorf("%s: %s begins with %s, not with tenant_id or owner", name, key[1], key[2])
			}
		}
		for line := range strings.Lines(sql) {
			if strings.Contains(line, " TEXT ") && !strings.Contains(line, `COLLATE "C"`) {
				t.Errorf("%s: a text that does not compare by its bytes: %s", name, line)
			}
		}
	}
}

func TestEveryStatementIsOfOneTenantAndOfWhatAllHave(t *testing.T) {
	owner := store.Owner{Tenant: "t", User: "u"}
	query := store.Query{
		Filter: store.Binary{Op: store.Ge, X: store.Property{Name: store.PropertyStartDate}, Y: store.Literal{Value: store.Value{Kind: store.KindDate, Date: edm.Date(1)}}},
		Order:  []store.Order{{By: store.Property{Name: store.PropertyDuration}, Descending: true}},
		After:  &store.Position{Values: []store.Value{{}}, ID: "a"}, Limit: 1,
	}
	ofOneTenant := []string{
		getStatistic, create, replace, remove, current, lockRows, getSettings, updateSettings, getUser, listUsers, listOwners, moveAlias, addAlias, deleteAlias, addOwner,
		writtenIDs, deletedIDs, lockFeed, record, moveFeed, lastPosition, newestMark, oldestMark, addMark, forgetMarks, forgetDeleted, markPosition, between, storedOf,
		dialect.List("id, "+sqlquery.Columns, owner, query, statistics).SQL, dialect.Count("id", owner, query.Filter, statistics).SQL,
	}
	for _, sql := range append(ofOneTenant, listTenants, addOwners, addDuration("owned_statistics", "breaks")) {
		if word := foreign.FindString(sql); word != "" {
			t.Errorf("%s uses %q", sql, word)
		}
	}
	for _, sql := range ofOneTenant {
		inserts := strings.Contains(sql, "INSERT INTO ") && strings.Contains(sql, " (tenant_id, ")
		if !inserts && !strings.Contains(sql, " WHERE tenant_id = $1") {
			t.Errorf("%s is not of one tenant", sql)
		}
	}
}
