package sqlite

import (
	"strings"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

func compared(property store.Property, op store.Operator, value store.Value) store.Expr {
	return store.Binary{Op: op, X: property, Y: store.Literal{Value: value}}
}

func TestPlans(t *testing.T) {
	var (
		s     = opened(t, t.TempDir())
		day   = store.Value{Kind: store.KindDate, Date: edm.Date(737_225)}
		text  = store.Value{Kind: store.KindText, Text: "call_2019-06"}
		week  = store.Binary{Op: store.And, X: compared(startDate, store.Ge, day), Y: compared(startDate, store.Lt, day)}
		calls = store.Binary{Op: store.And, X: store.IsOf{Type: store.Call}, Y: compared(startDate, store.Ge, day)}

		asc, desc = []store.Order{{By: startDate}}, []store.Order{{By: startDate, Descending: true}}
		after     = &store.Position{Values: []store.Value{day}, ID: "a"}
		key       = "PRIMARY KEY (tenant_id=? AND user_id=?"
		dates     = "INDEX statistics_start_date (tenant_id=? AND user_id=?"
		rows      = key + " AND id=?)"
	)
	for name, test := range map[string]struct {
		query store.Query
		want  []string
	}{
		"all":                    {store.Query{}, []string{key + ")"}},
		"all, behind an id":      {store.Query{After: &store.Position{ID: "a"}}, []string{key + " AND id>?)"}},
		"by date":                {store.Query{Order: asc}, []string{rows, dates + ")"}},
		"by date, behind one":    {store.Query{Order: asc, After: after}, []string{rows, dates + " AND start_date>?)"}},
		"by date down":           {store.Query{Order: desc}, []string{rows, dates + ")"}},
		"dates":                  {store.Query{Filter: week}, []string{rows, "COVERING " + dates + " AND start_date>? AND start_date<?)"}},
		"dates, by date down":    {store.Query{Filter: week, Order: desc}, []string{rows, "COVERING " + dates + " AND start_date>? AND start_date<?)"}},
		"dates down, behind one": {store.Query{Filter: week, Order: desc, After: after}, []string{rows, "COVERING " + dates + " AND start_date>? AND start_date<?)"}},
		"type and date":          {store.Query{Filter: calls}, []string{rows, "COVERING " + dates + " AND start_date>?)"}},
		"type":                   {store.Query{Filter: store.IsOf{Type: store.Call}}, []string{rows, "COVERING INDEX statistics_type (tenant_id=? AND user_id=? AND type=?)"}},
		"id":                     {store.Query{Filter: compared(id, store.Eq, text)}, []string{key + " AND id=?)"}},
		"id, by date":            {store.Query{Filter: compared(id, store.Eq, text), Order: desc}, []string{key + " AND id=?)"}},
		"startswith": {store.Query{Filter: store.Function{Func: store.StartsWith, Args: []store.Expr{id, store.Literal{Value: text}}}},
			[]string{key + " AND id>? AND id<?)"}},
	} {
		test.query.Limit = 71
		plan := planOf(t, s, test.query)
		for _, want := range test.want {
			if !strings.Contains(plan, want) {
				t.Errorf("%s: the plan is\n%swant %s", name, plan, want)
			}
		}
	}
}

// planOf returns SQLite's plan for a page, a step a line.
func planOf(t *testing.T, s *Store, query store.Query) string {
	t.Helper()
	via, err := s.via(background, key.Owner, query)
	if err != nil {
		t.Fatal(err)
	}
	statement := dialect.List("id, "+columns, key.Owner, query, via)
	steps, err := s.readers.Query("EXPLAIN QUERY PLAN "+statement.SQL, statement.Args...)
	if err != nil {
		t.Fatalf("%s: %v", statement.SQL, err)
	}
	defer func() { _ = steps.Close() }()
	var plan strings.Builder
	for steps.Next() {
		var step string
		if err := steps.Scan(new(int), new(int), new(int), &step); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(step + "\n")
	}
	return plan.String()
}
