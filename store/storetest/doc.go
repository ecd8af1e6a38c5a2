// Package storetest owns the suite that every store.Store must pass: each promise in the
// comments of package store is a subtest. It leaves alone how a store keeps its promises.
// The features of a single store (pragmas, plans, files) are tested in its own package.
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

// Open returns a new, empty store, or fails the test. The suite closes the store.
type Open func(t testing.TB) store.Store

// Reopen makes an empty database and returns a function that opens it. The suite opens the
// database several times, one after the other, and expects the data to be there.
type Reopen func(t testing.TB) (open func() store.Store)

// promises are the subtests of Run. Each has a store of its own, so that they may run in
// the random order of a map.
var promises = []struct {
	name  string
	tests map[string]func(t *testing.T, s store.Store)
}{
	{"Put", putTests},
	{"Delete", deleteTests},
	{"Apply", applyTests},
	{"ApplyConcurrent", applyConcurrencyTests},
	{"Track", trackTests},
	{"Record", recordTests},
	{"List", listTests},
	{"Query", queryTests},
	{"Oracle", oracleTests},
	{"Aggregate", aggregateTests},
	{"Model", modelTests},
	{"Settings", settingsTests},
	{"Users", userTests},
	{"Whole", wholeTests},
	{"People", peopleTests},
	{"Replace", replaceTests},
	{"Isolation", isolationTests},
	{"Cancel", cancelTests},
	{"Stop", stopTests},
	{"Concurrent", concurrencyTests},
	{"Close", closeTests},
}

// Run tests the promises of a store that ends with its process.
func Run(t *testing.T, open Open) {
	for _, promise := range promises {
		t.Run(promise.name, func(t *testing.T) {
			for name, test := range promise.tests {
				t.Run(name, func(t *testing.T) { test(t, opened(t, open)) })
			}
		})
	}
}

// RunDurable tests the promises of a store that outlives its process, and of opening it
// again.
func RunDurable(t *testing.T, reopen Reopen) {
	Run(t, func(t testing.TB) store.Store { return reopen(t)() })
	t.Run("Reopen", func(t *testing.T) {
		for name, test := range reopenTests {
			t.Run(name, func(t *testing.T) { test(t, reopen(t)) })
		}
	})
}

// opened opens a store, and closes it after the test unless the test has closed it.
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

// wantError checks that an error is, or wraps, the expected one.
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
