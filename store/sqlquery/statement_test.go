package sqlquery

import (
	"fmt"
	"slices"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

var (
	owner    = store.Owner{Tenant: "t", User: "u"}
	postgres = Dialect{OfOwner: "tenant_id = ? AND user_id = ?", Numbered: true, Find: "strpos", Date: func(d edm.Date) any { return d.String() }}
	day      = store.Literal{Value: store.Value{Kind: store.KindDate, Date: 737_225}}
	start    = store.Property{Name: store.PropertyStartDate}
	length   = store.Property{Name: store.PropertyDuration}
)

func binary(x store.Expr, op store.Operator, y store.Expr) store.Expr {
	return store.Binary{Op: op, X: x, Y: y}
}

func TestConjunctsThatCalculateStayInGo(t *testing.T) {
	sum := binary(binary(length, store.Add, length), store.Gt, store.Literal{Value: store.Value{Kind: store.KindDuration}})
	filter := binary(binary(start, store.Ge, day), store.And, binary(sum, store.And, store.IsOf{Type: store.Call}))
	statement := postgres.List("id", owner, store.Query{Filter: filter, Skip: 3, Limit: 5}, Via{})
	const want = "SELECT id FROM statistics WHERE tenant_id = $1 AND user_id = $2 AND (start_date >= $3) AND (type = $4) ORDER BY id"
	if statement.SQL != want || !slices.Equal(statement.Args, []any{"t", "u", "2019-06-16", "call"}) {
		t.Errorf("the SQL is\n%s with %v\nwant\n%s", statement.SQL, statement.Args, want)
	}
	if statement.Residue != sum || statement.Skip != 3 || statement.Limit != 5 {
		t.Errorf("what is left is %+v, %d and %d", statement.Residue, statement.Skip, statement.Limit)
	}
}

// TestAggregateLeavesExpressionsToGo checks that SQL groups by properties and sums durations, and that Go
// evaluates what is left of the filter and the keys.
func TestAggregateLeavesExpressionsToGo(t *testing.T) {
	sum := binary(binary(length, store.Add, length), store.Gt, store.Literal{Value: store.Value{Kind: store.KindDuration}})
	month := store.Function{Func: store.Month, Args: []store.Expr{start}}
	afterHours := store.Property{Name: "afterHours"}
	const sums = "count(%[1]s), CAST(sum(%[1]s >> 32) AS bigint), CAST(sum(%[1]s & 4294967295) AS bigint), min(%[1]s), max(%[1]s)"
	for want, aggregation := range map[string]store.Aggregation{
		"SELECT count(*) FROM statistics WHERE tenant_id = $1 AND user_id = $2": {Aggregates: []store.Aggregate{{Method: store.CountAll}}},
		"SELECT start_date, count(*), " + fmt.Sprintf(sums, "after_hours") + " FROM statistics WHERE tenant_id = $1 AND user_id = $2 AND (type = $3) GROUP BY start_date": {
			Filter: store.IsOf{Type: store.Call}, Keys: []store.Expr{month}, Aggregates: []store.Aggregate{{Method: store.MethodSum, Of: afterHours}, {Method: store.MethodMax, Of: afterHours}}},
		"SELECT type, duration, count(*), " + fmt.Sprintf(sums, "after_hours") + " FROM statistics WHERE tenant_id = $1 AND user_id = $2 GROUP BY type, duration": {
			Filter: sum, Aggregates: []store.Aggregate{{Method: store.MethodCountDistinct, Of: length}, {Method: store.MethodSum, Of: store.Property{Name: "afterHours", Type: store.Call}}}},
	} {
		if got := postgres.Aggregate(owner, aggregation, Via{}); got.SQL != want {
			t.Errorf("the SQL is\n%s\nwant\n%s", got.SQL, want)
		}
	}
}

func TestConditionOfAPosition(t *testing.T) {
	value := store.Value{Kind: store.KindDuration, Duration: 7}
	for name, test := range map[string]struct {
		order store.Order
		at    store.Value
		want  string
	}{
		"up":              {store.Order{By: length}, value, "(duration >= $3 AND (duration > $4 OR id > $5)) ORDER BY duration NULLS FIRST, id"},
		"up from null":    {store.Order{By: length}, store.Value{}, "((duration IS NOT NULL OR id > $3)) ORDER BY duration NULLS FIRST, id"},
		"down":            {store.Order{By: length, Descending: true}, value, "((duration > $3) IS NOT TRUE AND ((duration = $4) IS NOT TRUE OR id > $5)) ORDER BY duration DESC NULLS LAST, id"},
		"down from null":  {store.Order{By: length, Descending: true}, store.Value{}, "(duration IS NULL AND (id > $3)) ORDER BY duration DESC NULLS LAST, id"},
		"by id, the last": {store.Order{By: id, Descending: true}, store.Value{Kind: store.KindText, Text: "a"}, "(id <= $3 AND (id < $4 OR id > $5)) ORDER BY id DESC"},
	} {
		query := store.Query{Order: []store.Order{test.order}, After: &store.Position{Values: []store.Value{test.at}, ID: "a"}, Limit: 1}
		statement := postgres.List("id", owner, query, Via{})
		const before, after = "SELECT id FROM statistics WHERE tenant_id = $1 AND user_id = $2 AND ", " LIMIT $"
		if got := statement.SQL; len(got) < len(before+test.want) || got[:len(before+test.want)] != before+test.want {
			t.Errorf("%s: the SQL is\n%s\nwant\n%s%s%s", name, got, before, test.want, after)
		}
	}
}

func TestTheSuccessorOfAPrefix(t *testing.T) {
	for prefix, want := range map[string]string{
		"a": "b", "call_2019-06": "call_2019-07", "\u007f": "\u0080", "\uD7FF": "\uE000", "a\U0010ffff": "b", "": "", "\U0010ffff": "",
	} {
		if got, ok := successor(prefix); got != want || ok != (want != "") {
			t.Errorf("successor(%q) = %q, %t; want %q", prefix, got, ok, want)
		}
	}
}
