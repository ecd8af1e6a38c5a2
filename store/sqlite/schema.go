package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"afterhours/store/sqlquery"
)

// checkSchema returns an error unless the database has what the migrations of its version
// create, and nothing else: a trigger or a view that somebody has added would run with
// every write or read.
func checkSchema(ctx context.Context, file *sql.DB) error {
	provider, err := knownSchema(ctx, file)
	if err != nil {
		return err
	}
	version, _, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	expected, err := schemaOf(ctx, version)
	if err != nil {
		return err
	}
	found, err := describe(ctx, file)
	if err != nil {
		return err
	}
	var faults []string
	for object, text := range expected {
		if is, ok := found[object]; !ok {
			faults = append(faults, "it lacks the "+object)
		} else if is != text {
			faults = append(faults, fmt.Sprintf("its %s is %q, and should be %q", object, is, text))
		}
	}
	for object := range found {
		if _, ok := expected[object]; !ok {
			faults = append(faults, "it has a "+object+", which is none of this program")
		}
	}
	if len(faults) > 0 {
		slices.Sort(faults)
		return fmt.Errorf("its schema is not that of version %d: %s", version, strings.Join(faults, "; "))
	}
	return nil
}

// schemaOf returns the description of an empty database of the version.
func schemaOf(ctx context.Context, version int64) (map[string]string, error) {
	empty, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { _ = empty.Close() }()
	empty.SetMaxOpenConns(1) // each connection would have a database of its own
	provider, err := provide(empty)
	if err != nil {
		return nil, err
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return nil, err
	}
	return describe(ctx, empty)
}

// describe returns the columns of each table, and the SQL of every other object. The keys are
// kind and name, as in "index statistics_id". Tables are described without the durations, of
// which an older program knew fewer.
func describe(ctx context.Context, file *sql.DB) (map[string]string, error) {
	const objects = "SELECT type || ' ' || name, CASE type WHEN 'table' THEN (" +
		"SELECT group_concat(words, ', ') FROM (SELECT concat_ws(' ', name, type, iif(\"notnull\", 'NOT NULL', NULL), 'DEFAULT ' || dflt_value, iif(pk, 'KEY ' || pk, NULL), iif(hidden, 'HIDDEN', NULL)) AS words" +
		" FROM pragma_table_xinfo(sqlite_schema.name) ORDER BY words)" +
		") ELSE sql END FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
	rows, err := file.QueryContext(ctx, objects)
	type object struct{ name, text string }
	found, err := all(ctx, "reading the schema", rows, err, func(row row) (one object, err error) {
		return one, row.Scan(&one.name, &one.text)
	})
	described := map[string]string{}
	for _, one := range found {
		columns := strings.Split(one.text, ", ")
		if strings.HasPrefix(one.name, "table ") {
			columns = slices.DeleteFunc(columns, isDuration)
		}
		described[one.name] = strings.Join(columns, ", ")
	}
	return described, err
}

// isDuration reports whether the column is that of a duration.
func isDuration(column string) bool {
	name, kind, _ := strings.Cut(column, " ")
	return kind == "INTEGER" && slices.Contains(sqlquery.Missing(nil), name)
}
