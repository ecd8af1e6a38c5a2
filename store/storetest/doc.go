// Package storetest owns the one suite that every store.Store must pass: each
// promise in the comments of package store is a subtest by its name. It leaves
// alone how a store keeps its promises; what only one store has (pragmas, plans,
// files) is tested beside that store.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(testing.TB) store.Store { return memory.New() })
//	}
package storetest

import (
	"context"
	"errors"
	"testing"

	"afterhours/store"
)

// Open returns a new store that is empty; the suite closes it. It fails the test
// if it cannot.
type Open func(t testing.TB) store.Store

// Place makes a new place that is empty and returns how to open it. The suite opens
// the place several times, one after the other, and expects to find what it wrote.
type Place func(t testing.TB) (open func() store.Store)

// promises are the subtests of Run. Each has a store of its own, so that the order
// of a map, which differs from run to run, is as good as any.
var promises = []struct {
	name  string
	tests map[string]func(t *testing.T, s store.Store)
}{
	{"Put", putTests},
	{"Delete", deleteTests},
	{"Apply", applyTests},
	{"ApplyConcurrent", applyConcurrencyTests},
	{"Record", recordTests},
	{"List", listTests},
	{"Query", queryTests},
	{"Oracle", oracleTests},
	{"Model", modelTests},
	{"Settings", settingsTests},
	{"Users", userTests},
	{"Whole", wholeTests},
	{"Isolation", isolationTests},
	{"Cancel", cancelTests},
	{"Concurrent", concurrencyTests},
	{"Close", closeTests},
}

// Run holds a store that ends with its process against the promises.
func Run(t *testing.T, open Open) {
	for _, promise := range promises {
		t.Run(promise.name, func(t *testing.T) {
			for name, test := range promise.tests {
				t.Run(name, func(t *testing.T) { test(t, opened(t, open)) })
			}
		})
	}
}

// RunDurable holds a store that outlives its process against the promises, and
// against those of being opened again.
func RunDurable(t *testing.T, place Place) {
	Run(t, func(t testing.TB) store.Store { return place(t)() })
	t.Run("Reopen", func(t *testing.T) {
		for name, test := range reopenTests {
			t.Run(name, func(t *testing.T) { test(t, place(t)) })
		}
	})
}

// opened opens a store and closes it, if the test has not, after the test.
func opened(t testing.TB, open Open) store.Store {
	s := open(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

var background = context.Background()

// must fails the test at once if there is an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantError checks that an error is, or wraps, the one that is promised.
func wantError(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("the error is %v; want %v", got, want)
	}
}

// mustPut creates (was == store.NoRevision) or replaces a statistic.
func mustPut(t testing.TB, s store.Store, key store.Key, record store.Record, was store.Revision) store.Revision {
	t.Helper()
	revision, _, err := s.Put(background, key, record, was)
	must(t, err)
	if revision == store.NoRevision {
		t.Fatal("Put returned no revision")
	}
	return revision
}

// wantStored checks that the key has the record at the revision, in Get and List.
func wantStored(t testing.TB, s store.Store, key store.Key, revision store.Revision, record store.Record) {
	t.Helper()
	want := store.Statistic{ID: key.ID, Revision: revision, Record: record}
	got, _, err := s.Get(background, key)
	if err != nil || got != want {
		t.Errorf("Get(%q) = %+v, %v\nwant %+v", key.ID, got, err, want)
	}
	all, err := s.List(background, key.Owner, store.Query{Limit: 1000})
	must(t, err)
	for _, statistic := range all {
		if statistic == want {
			return
		}
	}
	t.Errorf("List = %+v\nwant among them %+v", all, want)
}

// wantAbsent checks that nothing is stored under the key.
func wantAbsent(t testing.TB, s store.Store, key store.Key) {
	t.Helper()
	got, _, err := s.Get(background, key)
	wantError(t, err, store.ErrNotFound)
	if got != (store.Statistic{}) {
		t.Errorf("Get returned %+v with its error", got)
	}
}
