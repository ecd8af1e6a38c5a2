package cassandra

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
	"afterhours/store/cassandra/cassandratest"
)

// rowsRead counts the rows of statistics that nodes send. Each page is observed once.
type rowsRead struct{ rows atomic.Int64 }

// ObserveQuery implements gocql.QueryObserver.
func (r *rowsRead) ObserveQuery(_ context.Context, query gocql.ObservedQuery) {
	if strings.HasPrefix(query.Statement, listStatistics) {
		r.rows.Add(int64(query.Rows))
	}
}

// TestRangesOfIDs checks that a node reads those statistics alone that a comparison of ids leaves. Comparisons of
// dates leave all: the rows are in the order of the ids.
func TestRangesOfIDs(t *testing.T) {
	a, err := ParseAddress(cassandratest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	timeout, err := prepare(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	var read rowsRead
	cluster := a.cluster(timeout)
	cluster.Keyspace, cluster.QueryObserver = a.keyspace, &read
	session, err := start(t.Context(), a, cluster)
	if err != nil {
		t.Fatal(err)
	}
	s := newStore(session, a)
	defer s.Close()

	owner := store.Owner{Tenant: "t", User: "u"}
	var changes []store.Change
	for n := range 200 {
		changes = append(changes, store.Change{Key: store.Key{Owner: owner, ID: fmt.Sprintf("call_%03d", n)}, Revision: store.NewRevision(),
			Record: store.Record{Type: store.Call, Activity: "Call"}})
	}
	if err := s.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	id := func(op store.Operator, text string) store.Expr {
		return store.Binary{Op: op, X: idProperty, Y: store.Literal{Value: store.Value{Kind: store.KindText, Text: text}}}
	}
	both := func(x, y store.Expr) store.Expr { return store.Binary{Op: store.And, X: x, Y: y} }
	dated := store.Binary{Op: store.Eq, X: store.Property{Name: store.PropertyStartDate}, Y: store.Literal{Value: store.Value{Kind: store.KindDate, Date: 737_225}}}
	between := both(id(store.Ge, "call_050"), id(store.Lt, "call_060"))
	for _, test := range []struct {
		filter store.Expr
		rows   int64
	}{
		{between, 10},
		{id(store.Eq, "call_007"), 1},
		{both(between, dated), 10},
		{dated, 200},
	} {
		for name, run := range map[string]func() error{
			"List": func() error {
				_, err := s.List(t.Context(), owner, store.Query{Filter: test.filter, Limit: 1000})
				return err
			},
			"Count": func() error { _, err := s.Count(t.Context(), owner, test.filter); return err },
			"Aggregate": func() error {
				_, err := s.Aggregate(t.Context(), owner, store.Aggregation{Filter: test.filter, Keys: []store.Expr{idProperty}})
				return err
			},
		} {
			read.rows.Store(0)
			if err := run(); err != nil {
				t.Fatalf("%s by %+v: %v", name, test.filter, err)
			}
			if got := read.rows.Load(); got != test.rows {
				t.Errorf("%s by %+v read %d rows; want %d", name, test.filter, got, test.rows)
			}
		}
	}
}
