package sqlite_test

import (
	"context"
	"testing"

	"afterhours/store"
	"afterhours/store/sqlite"
	"afterhours/store/storetest"
)

func TestStore(t *testing.T) { storetest.RunDurable(t, reopen) }

func BenchmarkPut(b *testing.B) {
	storetest.BenchmarkPut(b, func(t testing.TB) store.Store { return open(t, b.TempDir()) })
}

func BenchmarkFilter(b *testing.B) {
	storetest.BenchmarkFilter(b, func(t testing.TB) store.Store { return open(t, b.TempDir()) })
}

func BenchmarkAggregate(b *testing.B) {
	storetest.BenchmarkAggregate(b, func(t testing.TB) store.Store { return open(t, b.TempDir()) })
}

func BenchmarkExpensiveFilter(b *testing.B) {
	storetest.BenchmarkExpensiveFilter(b, func(t testing.TB) store.Store { return open(t, b.TempDir()) })
}

// reopen returns a function that opens the store in a new folder.
func reopen(t testing.TB) func() store.Store {
	dir := t.TempDir()
	return func() store.Store { return open(t, dir) }
}

func open(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), dir, sqlite.Full)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
