package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
)

const (
	// stopSize is how many statistics a query has before it that is to be stopped. The
	// filters below take seconds for so many.
	stopSize = 10_000
	// stopAfter is how long a query runs before its context ends.
	stopAfter = 100 * time.Millisecond
	// promptly is how much later it must have returned.
	promptly = 250 * time.Millisecond
	// stopTries is how often a query is stopped. One of the tries must be prompt: a busy
	// machine delays some.
	stopTries = 4
	// Each caller stops a query so often while there is time, and at least so often.
	maxStops, minStops = 100, 20
	stopTime           = 10 * time.Second
)

// errEnough is the cause with which the contexts of stopped queries end.
var errEnough = errors.New("enough")

var stopTests = map[string]func(*testing.T, store.Store){
	"a query stops when its context ends, and others go on": func(t *testing.T, s store.Store) {
		fillStop(t, s)
		for name, query := range stopQueries {
			t.Run(name, func(t *testing.T) { wantPromptStop(t, s, query) })
		}
		wantCount(t, s, ada, stopSize)
	},
	"queries that are stopped spoil no others": func(t *testing.T, s store.Store) {
		for n := range 300 {
			mustPut(t, s, numbered(ada, n), call, store.NoRevision)
		}
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() { stopAndRead(t, s, 300) })
		}
		callers.Wait()
	},
}

// stopQueries are queries that take seconds. Their names say what is under way at the end.
var stopQueries = map[string]func(context.Context, store.Store) error{
	"count in the database":            countOf(slowInSQL("never")),
	"count in Go":                      countOf(slowInGo("never")),
	"groups in the database":           groupsOfOne(slowInSQL("never")),
	"groups in Go":                     groupsOfOne(slowInGo("never")),
	"first row in the database":        pageOf(store.Query{Filter: slowInSQL("never")}),
	"later row in the database":        pageOf(store.Query{Filter: store.Binary{Op: store.Or, X: isFirst, Y: slowInSQL("never")}}),
	"rows in Go":                       pageOf(store.Query{Filter: slowInGo("never")}),
	"order in the database":            pageOf(store.Query{Filter: store.Not{X: slowInSQL("never")}, Order: byDuration}),
	"order of rows that Go chooses":    pageOf(store.Query{Filter: slowInGo("never"), Order: byDuration}),
	"later row in the database and Go": pageOf(store.Query{Filter: both(store.Binary{Op: store.Or, X: isFirst, Y: slowInSQL("never")}, someInGo)}),
}

var (
	isFirst    = compared(store.PropertyID, store.Eq, text(numbered(ada, 0).ID))
	byDuration = []store.Order{{By: property(store.PropertyDuration)}}
	// someInGo is true for every statistic, and only Go evaluates it.
	someInGo = store.Binary{Op: store.Ge, X: store.Function{Func: store.Length, Args: []store.Expr{property(store.PropertyID)}},
		Y: store.Literal{Value: store.Value{Kind: store.KindNumber}}}
)

func countOf(filter store.Expr) func(context.Context, store.Store) error {
	return func(ctx context.Context, s store.Store) error {
		_, err := s.Count(ctx, ada, filter)
		return err
	}
}

func groupsOfOne(filter store.Expr) func(context.Context, store.Store) error {
	return func(ctx context.Context, s store.Store) error {
		_, err := s.Aggregate(ctx, ada, store.Aggregation{Filter: filter, Keys: []store.Expr{property(store.PropertyStartDate)}})
		return err
	}
}

func pageOf(query store.Query) func(context.Context, store.Store) error {
	query.Limit = 50
	return func(ctx context.Context, s store.Store) error {
		_, err := s.List(ctx, ada, query)
		return err
	}
}

// slowInSQL is false for every statistic if the text is in no id. It needs a search for
// each of a thousand texts, in the database.
func slowInSQL(absent string) store.Expr {
	return anyOf(1000, func(n int) store.Expr {
		return store.Function{Func: store.Contains, Args: []store.Expr{property(store.PropertyID), store.Literal{Value: text(fmt.Sprint(absent, n))}}}
	})
}

// slowInGo is slowInSQL with a function that only Go evaluates.
func slowInGo(absent string) store.Expr {
	return anyOf(1000, func(n int) store.Expr {
		longer := store.Function{Func: store.Concat, Args: []store.Expr{property(store.PropertyID), property(store.PropertyTimeZoneUsed)}}
		folded := store.Function{Func: store.ToLower, Args: []store.Expr{longer}}
		return store.Function{Func: store.Contains, Args: []store.Expr{folded, store.Literal{Value: text(fmt.Sprint(absent, n))}}}
	})
}

// anyOf joins n expressions by or, in a tree that is as flat as possible: databases limit
// the depth.
func anyOf(n int, one func(n int) store.Expr) store.Expr {
	var join func(from, to int) store.Expr
	join = func(from, to int) store.Expr {
		if to-from == 1 {
			return one(from)
		}
		middle := (from + to) / 2
		return store.Binary{Op: store.Or, X: join(from, middle), Y: join(middle, to)}
	}
	return join(0, n)
}

// fillStop gives ada stopSize statistics.
func fillStop(t testing.TB, s store.Store) {
	t.Helper()
	const step = 200 // which takes no store long
	for from := 0; from < stopSize; from += step {
		var changes []store.Change
		for n := from; n < from+step; n++ {
			changes = append(changes, creation(numbered(ada, n), withDuration(call, edm.Duration(n*7919%stopSize))))
		}
		must(t, s.Apply(background, changes))
	}
}

// wantPromptStop checks that a query returns the cause of its context soon after the
// context ends, and that the next ones are as if nothing had been.
func wantPromptStop(t *testing.T, s store.Store, query func(context.Context, store.Store) error) {
	t.Helper()
	best := time.Hour
	for range stopTries {
		ctx, cancel := context.WithTimeoutCause(background, stopAfter, errEnough)
		begun := time.Now()
		err := query(ctx, s)
		took := time.Since(begun)
		cancel()
		if !errors.Is(err, errEnough) {
			t.Fatalf("after %v: %v; want %v", took, err, errEnough)
		}
		best = min(best, took-stopAfter)
		page, err := s.List(background, ada, store.Query{Limit: 5})
		if err != nil || len(page) != 5 {
			t.Fatalf("the next page: %d statistics, %v", len(page), err)
		}
	}
	if best > promptly {
		t.Errorf("the query returned %v after its context had ended", best)
	}
	t.Logf("the query returned %v after its context had ended", best)

	ctx, cancel := context.WithCancel(background)
	time.AfterFunc(stopAfter, cancel)
	if err := query(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("a query that is cancelled: %v; want %v", err, context.Canceled)
	}
}

// stopAndRead runs queries whose contexts end at any moment of them, and after each a query
// that must succeed.
func stopAndRead(t testing.TB, s store.Store, stored int) {
	begun := time.Now()
	for n := 0; n < minStops || n < maxStops && time.Since(begun) < stopTime; n++ {
		ctx, cancel := context.WithTimeoutCause(background, time.Duration(rand.IntN(1500))*time.Microsecond, errEnough)
		if _, err := s.List(ctx, ada, store.Query{Filter: someInGo, Limit: 1000}); err != nil && !errors.Is(err, errEnough) {
			t.Errorf("List: %v", err)
		}
		cancel()
		if count, err := s.Count(background, ada, someInGo); count != stored || err != nil {
			t.Errorf("Count = %d, %v; want %d", count, err, stored)
		}
	}
}
