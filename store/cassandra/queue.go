package cassandra

import (
	"context"
	"sync"

	"afterhours/store"
)

// call is one caller's part of a step: changes of an owner's statistics, of the settings, or of both.
type call struct {
	changes  []store.Change
	settings *store.SettingsChange // nil for none

	done  chan struct{}
	err   error
	after store.Settings // the owner's settings after the call
}

// queue gathers the calls of each owner. One goroutine for each busy owner makes steps of what has gathered.
// Transactions of one partition that meet make each other begin anew, and a step costs about as much as one
// of its calls.
type queue struct {
	mu    sync.Mutex
	calls map[store.Owner][]*call // an owner is in it while a goroutine works
	steps sync.WaitGroup
}

const (
	// maxCalls is how many calls a step has at most.
	maxCalls = 128
	// maxChanges is how many changes a step has at most, unless it is of one call. A node takes 1.8 s at most for a
	// transaction.
	maxChanges = 500
)

// do waits until the call has been part of a step. If the context ends first, do returns its cause, and the outcome is
// unknown.
func (s *Store) do(ctx context.Context, owner store.Owner, c *call) (store.Settings, error) {
	c.done = make(chan struct{})
	s.queue.mu.Lock()
	waiting, busy := s.queue.calls[owner]
	s.queue.calls[owner] = append(waiting, c)
	s.queue.mu.Unlock()
	if !busy {
		s.queue.steps.Go(func() { s.work(owner) })
	}
	select {
	case <-c.done:
		return c.after, c.err
	case <-ctx.Done():
		return store.Settings{}, context.Cause(ctx)
	}
}

// work makes steps until no call of the owner waits.
func (s *Store) work(owner store.Owner) {
	for calls := s.queue.next(owner); len(calls) > 0; calls = s.queue.next(owner) {
		s.runStep(owner, calls)
		for _, c := range calls {
			close(c.done)
		}
	}
}

// next takes calls of the owner. The owner is not busy any more if there are none.
func (q *queue) next(owner store.Owner) []*call {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.calls[owner]
	if len(waiting) == 0 {
		delete(q.calls, owner)
		return nil
	}
	n, changes := 1, len(waiting[0].changes)
	for ; n < min(len(waiting), maxCalls); n++ {
		if changes += len(waiting[n].changes); changes > maxChanges {
			break
		}
	}
	q.calls[owner] = waiting[n:]
	return waiting[:n]
}
