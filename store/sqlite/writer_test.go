package sqlite

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/group"
)

func numbered(n int) store.Key {
	return store.Key{Owner: key.Owner, ID: string(rune('A' + n))}
}

// creating returns the write of a new statistic, as Put queues it.
func creating(key store.Key) write {
	statistic := store.Statistic{ID: key.ID, Revision: store.NewRevision(), Record: record}
	return func(s *statements) error { return s.insert(key, &statistic) }
}

// batchOf returns the writes as the queue gathers them.
func batchOf(writes ...write) (batch []*group.Call[write]) {
	for _, run := range writes {
		batch = append(batch, &group.Call[write]{Value: run})
	}
	return batch
}

func TestADatabaseErrorUndoesTheBatch(t *testing.T) {
	s := opened(t, t.TempDir())
	trouble := errors.New("disk on fire")
	batch := batchOf(creating(numbered(0)), func(*statements) error { return trouble }, creating(numbered(1)))
	s.writer.commit(batch) // while the worker of the queue is idle
	for i, call := range batch {
		if !errors.Is(call.Err, trouble) {
			t.Errorf("the error of caller %d is %v; want %v", i, call.Err, trouble)
		}
	}
	wantCount(t, s, 0)
	put(t, s, key) // and the writer goes on
}

func TestAResultForOneCallerLeavesTheBatch(t *testing.T) {
	s := opened(t, t.TempDir())
	batch := batchOf(creating(numbered(0)), creating(numbered(0)), creating(numbered(1)))
	s.writer.commit(batch)
	for i, want := range []error{nil, store.ErrExists, nil} {
		if !errors.Is(batch[i].Err, want) {
			t.Errorf("the error of caller %d is %v; want %v", i, batch[i].Err, want)
		}
	}
	wantCount(t, s, 2)
}

// TestARefusedApplyLeavesTheBatch checks that the savepoint undoes the changes of an Apply
// that is refused, and no change of the other calls in the batch.
func TestARefusedApplyLeavesTheBatch(t *testing.T) {
	s := opened(t, t.TempDir())
	applying := func(keys ...store.Key) write {
		return func(s *statements) error {
			var steps []write
			for _, key := range keys {
				steps = append(steps, creating(key))
			}
			return inSavepoint(s, steps)
		}
	}
	batch := batchOf(
		creating(numbered(0)), applying(numbered(1), numbered(2), numbered(0)),
		creating(numbered(1)), applying(numbered(3), numbered(4)), applying(numbered(4)),
	)
	s.writer.commit(batch)
	for i, want := range []error{nil, store.ErrExists, nil, nil, store.ErrExists} {
		if !errors.Is(batch[i].Err, want) {
			t.Errorf("the error of caller %d is %v; want %v", i, batch[i].Err, want)
		}
	}
	wantCount(t, s, 4)
}

func TestAFailedCommitFailsEveryCall(t *testing.T) {
	s := opened(t, t.TempDir())
	committing := s.writer.statements.commit
	s.writer.statements.commit = s.writer.statements.begin // fails: there is a transaction
	batch := batchOf(creating(numbered(0)), creating(numbered(1)))
	s.writer.commit(batch)
	s.writer.statements.commit = committing
	for i, call := range batch {
		if call.Err == nil {
			t.Errorf("caller %d has no error", i)
		}
	}
	wantCount(t, s, 0)
	put(t, s, key)
}

// TestNoWriteForACallerWhoHasGone holds up the first write in the writer, and so the
// second in the queue.
func TestNoWriteForACallerWhoHasGone(t *testing.T) {
	s := opened(t, t.TempDir())
	begun, goOn, first := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		first <- s.writer.do(background, func(s *statements) error {
			close(begun)
			<-goOn
			return creating(numbered(0))(s)
		})
	}()
	<-begun
	ctx, cancel := context.WithTimeout(background, 20*time.Millisecond)
	defer cancel()
	if _, _, err := s.Put(ctx, numbered(1), record, store.NoRevision); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v; want %v", err, context.DeadlineExceeded)
	}
	close(goOn)
	if err := <-first; err != nil {
		t.Error(err)
	}
	put(t, s, key) // by then the queue has passed what came before
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

// TestACommitThatCannotBeTakenBack checks the outcome of a commit that the next start may
// find: it is unknown (ErrUnavailable), and nothing is written afterwards.
func TestACommitThatCannotBeTakenBack(t *testing.T) {
	s := opened(t, t.TempDir())
	s.writer.statements.nothing = s.writer.statements.release // fails: there is no savepoint
	err := s.writer.takeBack(errors.New("no room"))           // while the worker of the queue is idle
	if err := failure(background, "storing", err); !errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) {
		t.Errorf("the error is %v; want %v", err, store.ErrUnavailable)
	}
	if _, _, err := s.Put(background, key, record, store.NoRevision); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the error of the next caller is %v; want %v", err, store.ErrUnavailable)
	}
	wantCount(t, s, 0)
}
