package postgres

import (
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/sqlquery"
)

// TestPlain: the driver gets values that it encodes without reflection, or NULL.
func TestPlain(t *testing.T) {
	record := store.Record{Type: store.Call, Activity: "Call", StartDate: store.Of(edm.MinDate.AddDays(737_226)), Duration: store.Of(edm.Duration(-7))}
	got, err := plain(sqlquery.Fields(&store.Statistic{Revision: 5, Record: record}))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[any]int{}
	for _, value := range got {
		switch value.(type) {
		case nil, int64, string:
			seen[value]++
		default:
			t.Errorf("there is a %T", value)
		}
	}
	for _, want := range []any{int64(5), int64(-7), "call", "Call", sqlquery.DateText(record.StartDate.Value)} {
		if seen[want] != 1 {
			t.Errorf("of %v there are %d in %v; want 1", want, seen[want], got)
		}
	}
	if seen[nil] != len(got)-5 {
		t.Errorf("%d are NULL in %v; want the others", seen[nil], got)
	}
}
