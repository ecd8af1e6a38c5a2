package sqlite

import (
	"slices"
	"strconv"
	"testing"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"afterhours/store"
	"afterhours/store/group"
)

// runs returns how often each statement of a connection ran since the last call.
func runs(on *direct) map[*prepared]int {
	counted := map[*prepared]int{}
	for _, statement := range on.prepared {
		const andForget = 1
		if n := lib.Xsqlite3_stmt_status(on.thread, statement.handle, lib.SQLITE_STMTSTATUS_RUN, andForget); n > 0 {
			counted[statement] = int(n)
		}
	}
	return counted
}

// TestStatementsOfABatch: a batch of N replacing writes is N updates, the settings of N owners,
// the number of the commit, and one transaction.
func TestStatementsOfABatch(t *testing.T) {
	s := opened(t, t.TempDir())
	const writes = 20
	var creates, batch []write
	for n := range writes {
		key, was := numbered(n), store.NewRevision()
		creates = append(creates, func(s *statements) error {
			return s.insert(key, &store.Statistic{ID: key.ID, Revision: was, Record: record})
		})
		batch = append(batch, func(s *statements) error {
			statistic := &store.Statistic{ID: key.ID, Revision: store.NewRevision(), Record: record}
			if err := s.put(key, statistic, was); err != nil {
				return err
			}
			return settingsOf(s.getSettings.setOwner(key.Owner), new(store.Settings))
		})
	}
	by := &s.writer.statements
	s.writer.commit(batchOf(creates...)) // while the worker of the queue is idle
	runs(by.direct)
	s.writer.commit(batchOf(batch...))
	got := runs(by.direct)
	want := map[*prepared]int{by.begin: 1, by.rewrite: writes, by.getSettings: writes, by.number: 1, by.commit: 1}
	for _, statement := range by.prepared {
		if got[statement] != want[statement] {
			t.Errorf("%s ran %d times; want %d", libc.GoString(lib.Xsqlite3_sql(by.thread, statement.handle)), got[statement], want[statement])
		}
	}
}

// TestStatementsStayPrepared: SQLite prepares no statement of the writer a second time.
func TestStatementsStayPrepared(t *testing.T) {
	s := opened(t, t.TempDir())
	was := put(t, s, key)
	for range 5 {
		var err error
		if was, _, err = s.Put(background, key, record, was); err != nil {
			t.Fatal(err)
		}
	}
	by := &s.writer.statements
	s.writer.queue.Close() // so that the worker has ended
	s.writer.queue = group.New(1, maxBatch, s.writer.commit)
	for _, statement := range by.prepared {
		if n := lib.Xsqlite3_stmt_status(by.thread, statement.handle, lib.SQLITE_STMTSTATUS_REPREPARE, 0); n > 0 {
			t.Errorf("%s was prepared %d more times", libc.GoString(lib.Xsqlite3_sql(by.thread, statement.handle)), n)
		}
	}
}

// TestStatementsOfReads: a Get is one statement, and so is a page; a page of a range of dates
// has a second one, which counts the range.
func TestStatementsOfReads(t *testing.T) {
	s := opened(t, t.TempDir())
	put(t, s, key)
	count := func(pool *pool, read func() error) (n int) {
		t.Helper()
		for range 2 { // the first time prepares
			n = 0
			err := read()
			for range pool.size { // whichever connection it was
				r := <-pool.free
				for _, runs := range runs(r.direct) {
					n += runs
				}
				pool.free <- r
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	if n := count(s.singles, func() error { _, _, err := s.Get(background, key); return err }); n != 1 {
		t.Errorf("Get is %d statements; want 1", n)
	}
	dates := store.Binary{Op: store.Ge, X: startDate, Y: store.Literal{Value: store.Value{Kind: store.KindDate}}}
	for want, filter := range map[int]store.Expr{1: nil, 2: dates} {
		list := func() error {
			_, err := s.List(background, key.Owner, store.Query{Filter: filter, Limit: 10})
			return err
		}
		if n := count(s.readers, list); n != want {
			t.Errorf("List with the filter %v is %d statements; want %d", filter, n, want)
		}
	}
}

// TestAllocations: a page costs one allocation for each id, and some for the query. A lone Put
// is a commit, too.
func TestAllocations(t *testing.T) {
	s := opened(t, t.TempDir())
	const page = 35
	for n := range page {
		put(t, s, store.Key{Owner: key.Owner, ID: "statistic_" + strconv.Itoa(n)})
	}
	was := put(t, s, key)
	for _, test := range []struct {
		name string
		most float64
		run  func() error
	}{
		{"a page of 35", 40, func() error {
			found, err := s.List(background, key.Owner, store.Query{Limit: page})
			if len(found) != page {
				t.Fatalf("the page has %d statistics", len(found))
			}
			return err
		}},
		{"Get", 8, func() error { _, _, err := s.Get(background, key); return err }},
		{"Put", 22, func() (err error) { was, _, err = s.Put(background, key, record, was); return err }},
	} {
		var failed []error
		got := testing.AllocsPerRun(100, func() { failed = append(failed, test.run()) })
		if failed = slices.DeleteFunc(failed, func(err error) bool { return err == nil }); len(failed) > 0 || got > test.most {
			t.Errorf("%s makes %v allocations, %v; want at most %v", test.name, got, failed, test.most)
		}
	}
}
