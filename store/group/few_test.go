package group

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestASlowBatchKeepsNobodyWaiting: while two batches are stuck, another one begins a little later.
func TestASlowBatchKeepsNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, goOn := make(chan int), make(chan struct{})
		q := New(4, 100, func(batch []*Call[int]) func() {
			begun <- len(batch)
			<-goOn
			return nil
		})
		var callers sync.WaitGroup
		for n := range 3 {
			called := time.Now()
			callers.Go(func() { _ = q.Do(t.Context(), 0) })
			calls, waited := <-begun, time.Since(called)
			want := time.Duration(0)
			if n == 2 {
				want = 5 * time.Millisecond
			}
			if calls != 1 || waited != want {
				t.Errorf("batch %d has %d calls, and has waited for %v; want 1 and %v", n, calls, waited, want)
			}
		}
		close(goOn)
		callers.Wait()
		q.Close()
	})
}

// TestCallsGoInFewBatches: calls that come while two batches are under way go together in the next one,
// although two more workers are free.
func TestCallsGoInFewBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rounds, calls, least = 50, 40, 13
		var batches atomic.Int64
		q := New(4, 100, func([]*Call[int]) func() {
			batches.Add(1)
			time.Sleep(time.Millisecond)
			return nil
		})
		var callers sync.WaitGroup
		for range calls {
			callers.Go(func() {
				for range rounds {
					_ = q.Do(t.Context(), 0)
				}
			})
		}
		callers.Wait()
		q.Close()
		mean := rounds * calls / batches.Load()
		t.Logf("%d calls a batch", mean)
		if mean < least {
			t.Errorf("a batch has %d calls on average; want at least %d of %d callers", mean, least, calls)
		}
	})
}
