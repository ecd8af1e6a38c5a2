package sqlite

import (
	"context"
	"strings"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/sqlquery"
)

func compared(property store.Property, op store.Operator, value store.Value) store.Expr {
	return store.Binary{Op: op, X: property, Y: store.Literal{Value: value}}
}

func TestPlans(t *testing.T) {
	var (
		s     = opened(t, t.TempDir())
		day   = store.Value{Kind: store.KindDate, Date: edm.Date(737_225)}
		text  = store.Value{Kind: store.KindText, Text: "call_2019-06"}
		chats = store.Value{Kind: store.KindActivity, Text: "Chat"}
		week  = store.Binary{Op: store.And, X: compared(startDate, store.Ge, day), Y: compared(startDate, store.Lt, day)}
		calls = store.Binary{Op: store.And, X: store.IsOf{Type: store.Call}, Y: compared(startDate, store.Ge, day)}

		asc, desc = []store.Order{{By: startDate}}, []store.Order{{By: startDate, Descending: true}}
		after     = &store.Position{Values: []store.Value{day}, ID: "a"}
		ids       = "INDEX statistics_id (owner=?"
		dates     = "INDEX statistics_start_date (owner=?"
		unlike    = "INDEX statistics_unlike (owner=? AND activity=?"
		types     = "INDEX statistics_type (owner=? AND type=?"
		rows      = "PRIMARY KEY (rowid=?)"
		ties      = "USE TEMP B-TREE FOR LAST TERM OF ORDER BY"
	)
	for name, test := range map[string]struct {
		query store.Query
		want  []string
	}{
		"all":                   {store.Query{}, []string{ids + ")"}},
		"all, after an id":      {store.Query{After: &store.Position{ID: "a"}}, []string{ids + " AND id>?)"}},
		"by date":               {store.Query{Order: asc}, []string{dates + ")", ties}},
		"by date, after one":    {store.Query{Order: asc, After: after}, []string{dates + " AND start_date>?)", ties}},
		"by date down":          {store.Query{Order: desc}, []string{dates + ")", ties}},
		"dates":                 {store.Query{Filter: week}, []string{rows, dates + " AND start_date>? AND start_date<?)"}},
		"dates, by date down":   {store.Query{Filter: week, Order: desc}, []string{dates + " AND start_date>? AND start_date<?)", ties}},
		"dates down, after one": {store.Query{Filter: week, Order: desc, After: after}, []string{dates + " AND start_date>? AND start_date<?)", ties}},
		"type and date":         {store.Query{Filter: calls}, []string{rows, dates + " AND start_date>?)"}},
		"type":                  {store.Query{Filter: store.IsOf{Type: store.Call}}, []string{types + ")"}},
		"type, after an id":     {store.Query{Filter: store.IsOf{Type: store.Call}, After: &store.Position{ID: "a"}}, []string{types + " AND id>?)"}},
		"activity":              {store.Query{Filter: compared(activity, store.Eq, chats)}, []string{"MERGE (UNION ALL)", types + ")", unlike + ")"}},
		"activity, after an id": {store.Query{Filter: compared(activity, store.Eq, chats), After: &store.Position{ID: "a"}},
			[]string{"MERGE (UNION ALL)", types + " AND id>?)", unlike + " AND id>?)"}},
		"without a date": {store.Query{Filter: compared(startDate, store.Eq, store.Value{})}, []string{dates + " AND start_date=?)"}},
		"id":             {store.Query{Filter: compared(id, store.Eq, text)}, []string{ids + " AND id=?)"}},
		"id, by date":    {store.Query{Filter: compared(id, store.Eq, text), Order: desc}, []string{ids + " AND id=?)"}},
		"startswith": {store.Query{Filter: store.Function{Func: store.StartsWith, Args: []store.Expr{id, store.Literal{Value: text}}}},
			[]string{ids + " AND id>? AND id<?)"}},
	} {
		test.query.Limit = 71
		plan := planOf(t, s, test.query)
		for _, want := range test.want {
			if !strings.Contains(plan, want) {
				t.Errorf("%s: the plan is\n%s\nwant %s", name, plan, want)
			}
		}
	}
}

// planOf returns SQLite's plan for a page, one step in each line.
func planOf(t *testing.T, s *Store, query store.Query) string {
	t.Helper()
	var via sqlquery.Via
	err := s.query(background, func(ctx context.Context, on *reader) (err error) {
		via, err = viaList(ctx, on, key.Owner, query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	statement := dialect.List("id, "+sqlquery.Columns, key.Owner, query, via)
	return strings.Join(planOfStatement(t, s, statement.SQL, statement.Args...), "\n")
}

// planOfStatement returns the steps of SQLite's plan for a statement.
func planOfStatement(t *testing.T, s *Store, statement string, args ...any) (plan []string) {
	t.Helper()
	steps, err := s.readers.database.Query("EXPLAIN QUERY PLAN "+statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer func() { _ = steps.Close() }()
	for steps.Next() {
		var step string
		if err := steps.Scan(new(int), new(int), new(int), &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	return plan
}

// TestIndexesFollowTheRows checks queries by index after replaces that change indexed
// columns, and after some that do not.
func TestIndexesFollowTheRows(t *testing.T) {
	s := opened(t, t.TempDir())
	was := put(t, s, key)
	on := func(day edm.Date) store.Record {
		return store.Record{Type: record.Type, Activity: record.Activity, StartDate: store.Of(day)}
	}
	for name, next := range map[string]store.Record{
		"a date":              on(737_225),
		"the next day":        on(737_226),
		"without one":         record,
		"another type":        {Type: store.Chat, Activity: record.Activity},
		"another activity":    {Type: record.Type, Activity: "Focus"},
		"another type, dated": {Type: store.Meeting, Activity: record.Activity, StartDate: store.Of[edm.Date](737_225)},
		"another duration":    {Type: record.Type, Activity: record.Activity, Duration: store.Of(edm.Hour)},
	} {
		var err error
		if was, _, err = s.Put(background, key, next, was); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		found := store.Binary{Op: store.And, X: store.IsOf{Type: next.Type}, Y: compared(startDate, store.Eq, store.Value{})}
		if next.StartDate.Valid {
			found.Y = compared(startDate, store.Eq, store.Value{Kind: store.KindDate, Date: next.StartDate.Value})
		}
		for _, filter := range []store.Expr{found, found.X, found.Y, compared(id, store.Eq, store.Value{Kind: store.KindText, Text: key.ID}),
			compared(activity, store.Eq, store.Value{Kind: store.KindActivity, Text: string(next.Activity)})} {
			page, err := s.List(background, key.Owner, store.Query{Filter: filter, Limit: 2})
			if err != nil || len(page) != 1 || page[0].Record != next {
				t.Errorf("%s: List(%+v) = %+v, %v; want %+v", name, filter, page, err, next)
			}
		}
	}
	var integrity string
	if err := s.readers.database.QueryRow("PRAGMA integrity_check").Scan(&integrity); err != nil || integrity != "ok" {
		t.Errorf("the integrity is %s, %v", integrity, err)
	}
}
