package sqlquery

import (
	"database/sql"
	"database/sql/driver"
	"slices"
	"strings"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

func TestFieldsMatchColumns(t *testing.T) {
	columns := strings.Split(Columns, ", ")
	if fields := Fields(&store.Statistic{}); len(fields) != len(columns) {
		t.Fatalf("there are %d fields for %d columns", len(fields), len(columns))
	}
	for i, duration := range store.Durations() {
		statistic := store.Statistic{Record: store.Record{}.With(duration.Name, edm.Duration(i+1))}
		field := Fields(&statistic)[slices.Index(columns, duration.Column)]
		if value, err := field.(driver.Valuer).Value(); err != nil || value != int64(i+1) {
			t.Errorf("the column %s has %v, %v; want %d", duration.Column, value, err, i+1)
		}
	}
}

func TestMissingColumns(t *testing.T) {
	columns := strings.Split("owner, id, "+Columns, ", ")
	if missing := Missing(columns); missing != nil {
		t.Errorf("of all columns %v are missing", missing)
	}
	columns = slices.DeleteFunc(columns, func(column string) bool { return column == "after_hours" || column == "type" })
	if missing := Missing(columns); !slices.Equal(missing, []string{"after_hours"}) {
		t.Errorf("%v are missing; want the duration after_hours", missing)
	}
}

// rowsOf are rows of strings for the id and a time zone.
type rowsOf struct {
	zones []any
	at    int
}

func (r *rowsOf) Next() bool { r.at++; return r.at <= len(r.zones) }
func (r *rowsOf) Err() error { return nil }
func (r *rowsOf) Scan(targets ...any) error {
	zone := slices.Index(strings.Split("id, "+Columns, ", "), "time_zone_used")
	return targets[zone].(sql.Scanner).Scan(r.zones[r.at-1])
}

func TestEachForgetsTheRowBefore(t *testing.T) {
	var got []store.Null[string]
	err := Each(&rowsOf{zones: []any{"UTC", nil, "CET", "MEZ"}}, func(s *store.Statistic) bool {
		got = append(got, s.TimeZoneUsed)
		return len(got) < 3
	})
	if want := []store.Null[string]{store.Of("UTC"), {}, store.Of("CET")}; err != nil || !slices.Equal(got, want) {
		t.Errorf("the zones are %v, %v; want %v", got, err, want)
	}
	if err := Each(&rowsOf{zones: []any{7}}, func(*store.Statistic) bool { return true }); err == nil {
		t.Error("a number in a text column is no error")
	}
}
