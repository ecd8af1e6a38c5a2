package group

import (
	"sync"
	"testing"
	"time"
)

// TestPause: a batch that is much smaller than the last one waits for more calls, for a
// quarter of the time that the last one took.
func TestPause(t *testing.T) {
	const took = 1600 * time.Millisecond
	for name, test := range map[string]struct {
		last, next int // calls in the two batches
		longest    time.Duration
		pause      time.Duration
	}{
		"after a large batch":     {20, 14, time.Hour, took / 4},
		"for no longer than most": {20, 14, took / 8, took / 8},
		"not if as large":         {20, 15, time.Hour, 0},
		"not after a small batch": {15, 1, time.Hour, 0},
		"not if others may take":  {20, 1, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun, goOn := make(chan int), make(chan struct{})
			q := start(1, 100, func(batch []*Call[int]) func() {
				begun <- len(batch)
				<-goOn
				return nil
			}, test.longest)
			var callers sync.WaitGroup
			queue := func(calls int) {
				for range calls {
					callers.Go(func() { _ = q.Do(t.Context(), 0) })
				}
			}
			queued := func(calls int) {
				for len(q.calls) != calls {
					time.Sleep(time.Millisecond)
				}
			}
			queue(1)
			<-begun
			queue(test.last)
			queued(test.last)
			goOn <- struct{}{}
			<-begun
			queue(test.next)
			queued(test.next)
			time.Sleep(took)
			ended := time.Now()
			goOn <- struct{}{}
			want := test.next
			if test.pause > 0 {
				queued(0)
				queue(1)
				want++
			}
			got, waited := <-begun, time.Since(ended)
			if got != want {
				t.Errorf("the batch has %d calls; want %d", got, want)
			}
			if waited < test.pause || waited > test.pause+took/8 {
				t.Errorf("it has waited for %v; want %v", waited, test.pause)
			}
			goOn <- struct{}{}
			callers.Wait()
			q.Close()
		})
	}
}
