package group_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/store/group"
)

// gated returns a queue with one worker, whose batches report their values on begun and
// then wait for goOn.
func gated(t *testing.T, most int) (q *group.Queue[int], begun chan []int, goOn chan struct{}) {
	begun, goOn = make(chan []int), make(chan struct{})
	q = group.New(1, most, func(batch []*group.Call[int]) func() {
		var values []int
		for _, call := range batch {
			values = append(values, call.Value)
		}
		begun <- values
		<-goOn
		return nil
	})
	t.Cleanup(q.Close)
	return q, begun, goOn
}

// queue calls Do for the values, in their order, and returns once all are queued.
func queue(ctx context.Context, q *group.Queue[int], values ...int) (errs chan error) {
	errs = make(chan error, len(values))
	for _, value := range values {
		go func() { errs <- q.Do(ctx, value) }()
		time.Sleep(5 * time.Millisecond)
	}
	return errs
}

func TestCallsThatWaitAreOneBatch(t *testing.T) {
	q, begun, goOn := gated(t, 10)
	first := queue(t.Context(), q, 1)
	if got := <-begun; len(got) != 1 {
		t.Errorf("the first batch is %v; want a lone call", got)
	}
	others := queue(t.Context(), q, 2, 3, 4)
	goOn <- struct{}{}
	if got := <-begun; len(got) != 3 {
		t.Errorf("the second batch is %v; want the three calls that waited", got)
	}
	goOn <- struct{}{}
	for _, errs := range []chan error{first, others, others, others} {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// TestObserve: who observes a queue is told of each batch before it runs.
func TestObserve(t *testing.T) {
	q, begun, goOn := gated(t, 10)
	type batch struct {
		calls  int
		waited time.Duration
	}
	told := make(chan batch, 2)
	q.Observe(func(calls int, waited time.Duration) { told <- batch{calls, waited} })
	queue(t.Context(), q, 1)
	<-begun
	queue(t.Context(), q, 2, 3, 4)
	time.Sleep(20 * time.Millisecond)
	goOn <- struct{}{}
	<-begun
	goOn <- struct{}{}
	first, second := <-told, <-told
	if first.calls != 1 || first.waited < 0 || second.calls != 3 || second.waited < 20*time.Millisecond {
		t.Errorf("told is %+v, then %+v; want 1 call, then 3 of which the first has waited for 20 ms", first, second)
	}
}

func TestABatchHasAMost(t *testing.T) {
	q, begun, goOn := gated(t, 2)
	errs := queue(t.Context(), q, 1)
	<-begun
	others := queue(t.Context(), q, 2, 3, 4)
	for _, want := range []int{2, 1} {
		goOn <- struct{}{}
		if got := <-begun; len(got) != want {
			t.Errorf("a batch is %v; want %d calls", got, want)
		}
	}
	goOn <- struct{}{}
	for _, errs := range []chan error{errs, others, others, others} {
		<-errs
	}
}

func TestDoFirstIsInTheNextBatch(t *testing.T) {
	q, begun, goOn := gated(t, 2)
	errs := queue(t.Context(), q, 1)
	<-begun
	others := queue(t.Context(), q, 2, 3, 4)
	first := make(chan error)
	go func() { first <- q.DoFirst(t.Context(), 9) }()
	time.Sleep(5 * time.Millisecond)
	goOn <- struct{}{}
	if got := <-begun; len(got) != 2 || got[0] != 9 {
		t.Errorf("the next batch is %v; want 9 and then 2", got)
	}
	goOn <- struct{}{}
	if err := <-first; err != nil {
		t.Error(err)
	}
	if got := <-begun; len(got) != 2 {
		t.Errorf("the batch after it is %v; want 3 and 4", got)
	}
	goOn <- struct{}{}
	for _, errs := range []chan error{errs, others, others, others} {
		<-errs
	}
}

func TestEachCallerGetsItsError(t *testing.T) {
	odd := errors.New("odd")
	q := group.New(3, 8, func(batch []*group.Call[int]) func() {
		for i, j := 0, len(batch)-1; i < j; i, j = i+1, j-1 { // a batch may be reordered
			batch[i], batch[j] = batch[j], batch[i]
		}
		for _, call := range batch {
			if call.Value%2 == 1 {
				call.Err = odd
			}
		}
		return nil
	})
	defer q.Close()
	var callers sync.WaitGroup
	for n := range 500 {
		callers.Go(func() {
			if err := q.Do(t.Context(), n); (n%2 == 1) != errors.Is(err, odd) {
				t.Errorf("the error of %d is %v", n, err)
			}
		})
	}
	callers.Wait()
}

func TestFailSetsAllErrors(t *testing.T) {
	broken := errors.New("broken")
	batch := []*group.Call[int]{{Value: 1}, {Value: 2, Err: errors.New("another")}}
	group.Fail(batch, broken)
	for _, call := range batch {
		if call.Err != broken {
			t.Errorf("the error of %d is %v", call.Value, call.Err)
		}
	}
}

// TestACallerWhoStopsWaiting ends the contexts of three callers. The batch of the first runs,
// the second is queued, and the third waits for room in the queue.
func TestACallerWhoStopsWaiting(t *testing.T) {
	q, begun, goOn := gated(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	errs := queue(ctx, q, 1)
	<-begun
	others := queue(ctx, q, 2, 3)
	cancel()
	for _, errs := range []chan error{errs, others, others} {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v; want %v", err, context.Canceled)
		}
	}
	last := queue(t.Context(), q, 4)
	goOn <- struct{}{}
	if got := <-begun; len(got) != 1 || got[0] != 4 {
		t.Errorf("the next batch is %v; want the one caller who still waits", got)
	}
	goOn <- struct{}{}
	<-last
}

func TestAfterRunsWhenCallersHaveTheirErrors(t *testing.T) {
	answered, ran := make(chan struct{}), make(chan struct{})
	q := group.New(1, 1, func([]*group.Call[int]) func() {
		return func() {
			<-answered
			close(ran)
		}
	})
	if err := q.Do(t.Context(), 1); err != nil {
		t.Error(err)
	}
	close(answered)
	<-ran
	q.Close()
}

// TestCloseWaitsForABatch closes a queue whose only caller has gone while its batch runs.
func TestCloseWaitsForABatch(t *testing.T) {
	var ran atomic.Bool
	begun, goOn := make(chan struct{}), make(chan struct{})
	q := group.New(2, 2, func([]*group.Call[int]) func() {
		close(begun)
		<-goOn
		ran.Store(true)
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	errs := queue(ctx, q, 1)
	<-begun
	cancel()
	<-errs
	time.AfterFunc(10*time.Millisecond, func() { close(goOn) })
	q.Close()
	if !ran.Load() {
		t.Error("Close returned before the batch had run")
	}
}
