package sqlite

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/store"
)

// TestShortWorkDoesNotWaitForQueries holds every connection for queries. Whatever reads one
// row, and Check, must go on. A query waits until its context ends, and is told why.
func TestShortWorkDoesNotWaitForQueries(t *testing.T) {
	s := opened(t, t.TempDir())
	revision := put(t, s, key)
	for _, taken := range takeAll(t, s.readers) {
		defer s.readers.giveBack(taken)
	}
	ctx, cancel := context.WithTimeout(background, 10*time.Second)
	defer cancel()
	if stored, _, err := s.Get(ctx, key); stored.Revision != revision {
		t.Errorf("Get: %v", err)
	}
	if _, err := s.Settings(ctx, key.Owner); err != nil {
		t.Errorf("Settings: %v", err)
	}
	if _, err := s.UserByUPN(ctx, key.Tenant, "ada@example.com"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("UserByUPN: %v", err)
	}
	if err := s.Check(ctx); err != nil {
		t.Errorf("Check: %v", err)
	}
	cause := errors.New("enough")
	short, cancel := context.WithTimeoutCause(background, 20*time.Millisecond, cause)
	defer cancel()
	if _, err := s.List(short, key.Owner, store.Query{Limit: 1}); !errors.Is(err, cause) || !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("List: %v; want %v and %v", err, store.ErrUnavailable, cause)
	}
}

// takeAll takes every connection of a pool, which must all be free.
func takeAll(t *testing.T, pool *pool) (taken []*reader) {
	t.Helper()
	if stats := pool.stats(); stats.InUse != 0 || stats.Idle != stats.Limit {
		t.Errorf("%d connections are in use and %d idle of %d", stats.InUse, stats.Idle, stats.Limit)
	}
	for range pool.size {
		r, err := pool.take(background)
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, r)
	}
	return taken
}

// TestCheckDoesNotWaitForQueuedWrites checks a store before which thousands of writes are
// queued.
func TestCheckDoesNotWaitForQueuedWrites(t *testing.T) {
	s := opened(t, t.TempDir())
	const queued = 8 * maxBatch
	begun, goOn := make(chan struct{}), make(chan struct{})
	var writes sync.WaitGroup
	writes.Go(func() {
		_ = s.writer.do(background, func(*statements) error { close(begun); <-goOn; return nil })
	})
	<-begun
	var waiting, written atomic.Int64
	for range queued {
		writes.Go(func() {
			waiting.Add(1)
			_ = s.writer.do(background, func(*statements) error {
				time.Sleep(100 * time.Microsecond)
				written.Add(1)
				return nil
			})
		})
	}
	for waiting.Load() < queued {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond) // until most of them are in the queue
	checked := make(chan error)
	go func() { checked <- s.Check(background) }()
	time.Sleep(100 * time.Millisecond)
	close(goOn)
	err := <-checked
	if before := written.Load(); err != nil || before > queued/2 {
		t.Errorf("Check = %v after %d writes that were queued before; want nil after one batch of %d", err, before, maxBatch)
	}
	writes.Wait()
}

// TestStoppedQueriesKeepTheirConnections checks that the connections after many stopped
// queries are those that were opened at the start.
func TestStoppedQueriesKeepTheirConnections(t *testing.T) {
	s := opened(t, t.TempDir())
	put(t, s, key)
	before := handles(t, s)
	for range 50 {
		ctx, cancel := context.WithTimeout(background, 10*time.Millisecond)
		err := s.query(ctx, endless)
		cancel()
		if err == nil {
			t.Fatal("an endless query has ended by itself")
		}
	}
	after := handles(t, s)
	for database := range before {
		if !after[database] {
			t.Errorf("of %d connections, one was closed", len(before))
		}
	}
}

// handles returns the handles of the connections for queries.
func handles(t *testing.T, s *Store) map[uintptr]bool {
	t.Helper()
	found := map[uintptr]bool{}
	for _, taken := range takeAll(t, s.readers) {
		database, err := handle(taken.conn)
		if err != nil {
			t.Fatal(err)
		}
		found[database] = true
		defer s.readers.giveBack(taken)
	}
	return found
}

// endless runs a query without an end.
func endless(ctx context.Context, on *reader) error {
	return on.conn.QueryRowContext(ctx, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n").Scan(new(int))
}

// TestIsShort checks which queries run without an interrupt.
func TestIsShort(t *testing.T) {
	for _, test := range []struct {
		name  string
		query store.Query
		want  bool
	}{
		{"the first page", store.Query{Limit: 11}, true},
		{"the largest page of the API", store.Query{Limit: 1001}, true},
		{"a later page", store.Query{Limit: 11, After: &store.Position{ID: "a"}}, true},
		{"more than a page", store.Query{Limit: 1002}, false},
		{"all but the first ones", store.Query{Limit: 11, Skip: 1}, false},
		{"a filter", store.Query{Limit: 11, Filter: store.IsOf{Type: store.Call}}, false},
		{"an order", store.Query{Limit: 11, Order: []store.Order{{By: startDate}}}, false},
	} {
		if got := isShort(test.query); got != test.want {
			t.Errorf("%s: %t; want %t", test.name, got, test.want)
		}
	}
}
