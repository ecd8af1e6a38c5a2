package sqlite

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"afterhours/store"
)

func numbered(n int) store.Key {
	return store.Key{Owner: key.Owner, ID: string(rune('A' + n))}
}

// creating returns the write of a new statistic, as Put queues it.
func creating(key store.Key) *write {
	statistic := store.Statistic{ID: key.ID, Revision: store.NewRevision(), Record: record}
	return &write{run: create(key, &statistic), done: make(chan struct{})}
}

func TestAnErrorOfTheDatabaseUndoesTheGroup(t *testing.T) {
	s := opened(t, t.TempDir())
	trouble := errors.New("disk on fire")
	group := []*write{
		creating(numbered(0)),
		{run: func(*statements) error { return trouble }, done: make(chan struct{})},
		creating(numbered(1)),
	}
	s.writer.commit(group) // beside the idle goroutine of the writer
	for i, write := range group {
		<-write.done
		if !errors.Is(write.err, trouble) {
			t.Errorf("caller %d is told %v; want %v", i, write.err, trouble)
		}
	}
	wantCount(t, s, 0)
	put(t, s, key) // and the writer goes on
}

func TestAnAnswerOfOneCallerLeavesTheGroup(t *testing.T) {
	s := opened(t, t.TempDir())
	group := []*write{creating(numbered(0)), creating(numbered(0)), creating(numbered(1))}
	s.writer.commit(group)
	for i, want := range []error{nil, store.ErrExists, nil} {
		if !errors.Is(group[i].err, want) {
			t.Errorf("caller %d is told %v; want %v", i, group[i].err, want)
		}
	}
	wantCount(t, s, 2)
}

// TestARefusedApplyLeavesTheGroup: the savepoint undoes what the Apply did before it
// was refused, and nothing of those who share its commit.
func TestARefusedApplyLeavesTheGroup(t *testing.T) {
	s := opened(t, t.TempDir())
	applying := func(keys ...store.Key) *write {
		return &write{done: make(chan struct{}), run: func(s *statements) error {
			var steps []func(*statements) error
			for _, key := range keys {
				steps = append(steps, creating(key).run)
			}
			return inSavepoint(s, steps)
		}}
	}
	group := []*write{
		creating(numbered(0)), applying(numbered(1), numbered(2), numbered(0)),
		creating(numbered(1)), applying(numbered(3), numbered(4)), applying(numbered(4)),
	}
	s.writer.commit(group)
	for i, want := range []error{nil, store.ErrExists, nil, nil, store.ErrExists} {
		if !errors.Is(group[i].err, want) {
			t.Errorf("caller %d is told %v; want %v", i, group[i].err, want)
		}
	}
	wantCount(t, s, 4)
}

func TestAFailedCommitAnswersNobody(t *testing.T) {
	s := opened(t, t.TempDir())
	committing := s.writer.statements.commit
	s.writer.statements.commit = s.writer.statements.begin // fails: there is a transaction
	group := []*write{creating(numbered(0)), creating(numbered(1))}
	s.writer.commit(group)
	s.writer.statements.commit = committing
	for i, write := range group {
		if write.err == nil {
			t.Errorf("caller %d is told that it was written", i)
		}
	}
	wantCount(t, s, 0)
	put(t, s, key)
}

// TestACallerWhoGoesIsNotWaitedFor holds the lock of SQLite as another process
// would, so that the first write waits in the writer and the second in the queue.
func TestACallerWhoGoesIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	s, other := opened(t, dir), opened(t, dir)
	if err := exec(other.writer.statements.begin); err != nil {
		t.Fatal(err)
	}

	first := creating(numbered(0))
	s.writer.queue <- first
	for !first.claimed.Load() {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(background, 20*time.Millisecond)
	defer cancel()
	if _, _, err := s.Put(ctx, numbered(1), record, store.NoRevision); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v; want %v", err, context.DeadlineExceeded)
	}
	if err := exec(other.writer.statements.rollback); err != nil {
		t.Fatal(err)
	}
	<-first.done
	put(t, s, key) // what was queued before it has been looked at
	if _, _, err := s.Get(background, numbered(1)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get = %v; want %v, as the caller had gone before the write began", err, store.ErrNotFound)
	}
	wantCount(t, s, 2)
}

// TestTwoProcessesWrite lets two stores over one file stand for two processes.
func TestTwoProcessesWrite(t *testing.T) {
	dir := t.TempDir()
	stores := []*Store{opened(t, dir), opened(t, dir)}
	var writers sync.WaitGroup
	for n := range 100 {
		writers.Go(func() {
			revision := put(t, stores[n%2], numbered(n))
			wantRevision(t, stores[1-n%2], numbered(n), revision)
		})
	}
	writers.Wait()
	wantCount(t, stores[0], 100)
}

func wantCount(t *testing.T, s *Store, want int) {
	t.Helper()
	if got, err := s.Count(background, key.Owner, nil); err != nil || got != want {
		t.Errorf("Count = %d, %v; want %d", got, err, want)
	}
}

// TestACommitThatCannotBeTakenBack may come back at the next start: its callers are not
// told that nothing was changed, and nothing is written after it.
func TestACommitThatCannotBeTakenBack(t *testing.T) {
	s := opened(t, t.TempDir())
	s.writer.statements.nothing = s.writer.statements.release // fails: there is no savepoint
	err := s.writer.takeBack(errors.New("no room"))           // beside the idle goroutine of the writer
	if err := failure(background, "storing", err); !errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) {
		t.Errorf("the error is %v; want %v", err, store.ErrUnavailable)
	}
	if _, _, err := s.Put(background, key, record, store.NoRevision); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the next caller is told %v; want %v", err, store.ErrUnavailable)
	}
	wantCount(t, s, 0)
}
