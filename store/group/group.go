// Package group owns how calls that come at once go together: a queue, and workers that
// take batches from it. It leaves alone how a batch is run, and what undoes one.
//
//	Do, DoFirst -> queue -> worker: a batch -> Run -> each caller its error
//
// An fsync or a round trip costs more than a statement, so callers share it. Unless many
// others called just before, a lone caller waits for its own run only.
package group

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Call is one caller's part of a batch.
type Call[T any] struct {
	Value T
	// Err is the result for the caller. Run sets it.
	Err error

	// claimed is set by the worker when it begins, or by the caller when it stops
	// waiting. The first of the two decides whether the call is run.
	claimed atomic.Bool
	done    chan struct{}
	queued  time.Time // zero if nobody observes the queue
}

func (c *Call[T]) claim() bool { return c.claimed.CompareAndSwap(false, true) }

// Fail sets the error of all calls of a batch.
func Fail[T any](batch []*Call[T], err error) {
	for _, call := range batch {
		call.Err = err
	}
}

// Run runs a batch of at least one call and sets the error of each. It must not keep the
// slice. If it returns a function, the worker calls that once the callers have their
// errors, before the next batch.
type Run[T any] func(batch []*Call[T]) (after func())

// Queue gathers calls into batches. New makes one.
type Queue[T any] struct {
	run       Run[T]
	most      int // calls in a batch
	calls     chan *Call[T]
	first     chan *Call[T] // of DoFirst
	workers   sync.WaitGroup
	alarm     alarm
	observe   atomic.Pointer[Observe]
	gathering chan struct{} // a lock, held by the worker that gathers the next batch: two would share its calls
	few       chan struct{} // has an element for each of the first fewBatches that are under way
	// longest is the longest pause before a batch. With several workers it is 0, since
	// another one takes the calls meanwhile.
	longest time.Duration
}

const (
	// manyCalls is how many calls a batch has after which a smaller one is worth a pause.
	manyCalls = 16

	longestPause = time.Millisecond

	// fewBatches is how many batches are under way at a time. Another one begins if it has waited for
	// quickBatch. A few large batches cost less than many small ones, but none may wait long for slow ones.
	fewBatches = 2
	quickBatch = 5 * time.Millisecond
)

// Observe takes how many calls a batch has, and how long the first of them has waited for it.
type Observe func(calls int, waited time.Duration)

// New returns a queue with the given number of workers. Each worker runs one batch at a
// time. A third worker begins only when its first call has waited for a few milliseconds. A
// batch has no more calls than most.
func New[T any](workers, most int, run Run[T]) *Queue[T] {
	if workers == 1 {
		return start(workers, most, run, longestPause)
	}
	return start(workers, most, run, 0)
}

func start[T any](workers, most int, run Run[T], longest time.Duration) *Queue[T] {
	q := &Queue[T]{run: run, most: most, calls: make(chan *Call[T], most), first: make(chan *Call[T]), longest: longest,
		gathering: make(chan struct{}, 1), few: make(chan struct{}, fewBatches)}
	for range workers {
		q.workers.Go(q.work)
	}
	return q
}

// Observe has the workers call observe for each batch before they run it.
func (q *Queue[T]) Observe(observe Observe) { q.observe.Store(&observe) }

// Do queues the value, waits until its batch has run, and returns the error that Run set.
// If the context ends first, Do returns the context's error, at most 20 ms later. The call
// is then dropped if its batch has not begun; otherwise its outcome is unknown.
func (q *Queue[T]) Do(ctx context.Context, value T) error { return q.do(ctx, q.calls, value) }

// DoFirst is Do for a rare call that must not wait for those that are queued: it is in the
// next batch of a worker.
func (q *Queue[T]) DoFirst(ctx context.Context, value T) error { return q.do(ctx, q.first, value) }

func (q *Queue[T]) do(ctx context.Context, calls chan<- *Call[T], value T) error {
	call := &Call[T]{Value: value, done: make(chan struct{})}
	if q.observe.Load() != nil {
		call.queued = time.Now()
	}
	select {
	case calls <- call:
	default:
		select {
		case calls <- call:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	select {
	case <-call.done:
		return call.Err
	case <-q.alarm.after():
	}
	select {
	case <-call.done:
		return call.Err
	case <-ctx.Done():
		call.claim()
		return context.Cause(ctx)
	}
}

// Close waits for the batches under way and ends the workers. Every Do must have returned.
func (q *Queue[T]) Close() {
	close(q.calls)
	q.workers.Wait()
}

func (q *Queue[T]) work() {
	batch := make([]*Call[T], 0, q.most)
	var last int           // how many calls the last batch had
	var took time.Duration // it
	for {
		q.gathering <- struct{}{}
		first, open := q.next()
		if !open {
			<-q.gathering
			return
		}
		isFew := q.begin()
		batch = q.fill(append(batch[:0], first))
		if last >= manyCalls && len(batch) < last*3/4 {
			// The callers of the last batch are on their way to call again, and one large
			// batch costs less than two small ones.
			time.Sleep(min(took/4, q.longest))
			batch = q.fill(batch)
		}
		<-q.gathering
		last = len(batch)
		took = q.finish(slices.DeleteFunc(batch, func(c *Call[T]) bool { return !c.claim() }))
		if isFew {
			<-q.few
		}
		clear(batch)
	}
}

// begin waits while fewBatches are under way, for quickBatch at most. It reports whether the batch is
// then one of those few. Calls are gathered meanwhile.
func (q *Queue[T]) begin() (isFew bool) {
	select {
	case q.few <- struct{}{}:
		return true
	default:
	}
	late := time.NewTimer(quickBatch)
	defer late.Stop()
	select {
	case q.few <- struct{}{}:
		return true
	case <-late.C:
		return false
	}
}

// next waits for the call that a batch begins with. It reports false after Close.
func (q *Queue[T]) next() (call *Call[T], open bool) {
	select {
	case call := <-q.first:
		return call, true
	default:
	}
	select {
	case call := <-q.first:
		return call, true
	case call, open := <-q.calls:
		return call, open
	}
}

// finish runs a batch and hands each caller its error. It returns how long the run took.
func (q *Queue[T]) finish(batch []*Call[T]) (took time.Duration) {
	if len(batch) == 0 {
		return 0
	}
	begun := time.Now()
	if observe := q.observe.Load(); observe != nil && !batch[0].queued.IsZero() {
		(*observe)(len(batch), begun.Sub(batch[0].queued))
	}
	after := q.run(batch)
	took = time.Since(begun)
	for _, call := range batch {
		close(call.done)
	}
	if after != nil {
		after()
	}
	return took
}

// fill adds to the batch what is queued. It yields to the callers of the last batch, who
// may call again: otherwise batches would alternate between full and nearly empty.
func (q *Queue[T]) fill(batch []*Call[T]) []*Call[T] {
	for yielded := 0; len(batch) < q.most; {
		select {
		case next, open := <-q.calls:
			if !open {
				return batch
			}
			batch = append(batch, next)
		default:
			if yielded == len(batch) {
				return batch
			}
			yielded = len(batch)
			runtime.Gosched()
		}
	}
	return batch
}
