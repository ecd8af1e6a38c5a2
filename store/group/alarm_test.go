package group

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestAlarm: callers share an alarm for as long as it is not too early for them.
func TestAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a alarm
		begun := time.Now()
		first := a.after()
		time.Sleep(patience - 1)
		if a.after() != first {
			t.Error("two callers at almost the same time have two alarms; want one")
		}
		time.Sleep(2 * time.Nanosecond)
		last := a.after()
		if last == first {
			t.Error("a caller has an alarm that comes too early")
		}
		<-first
		if waited := time.Since(begun); waited != 2*patience {
			t.Errorf("the first alarm came after %v; want %v", waited, 2*patience)
		}
		<-last
		if waited := time.Since(begun); waited != 3*patience+1 {
			t.Errorf("the last alarm came after %v; want %v", waited, 3*patience+1)
		}
	})
}

// watched is a context that notes whether somebody watches it.
type watched struct {
	context.Context
	is bool
}

func (w *watched) Done() <-chan struct{} {
	w.is = true
	return w.Context.Done()
}

// TestContextIsWatchedLate: a context is not watched during a short batch, and ends the wait for a long one.
func TestContextIsWatchedLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(1, 1, func(batch []*Call[time.Duration]) func() {
			time.Sleep(batch[0].Value)
			return nil
		})
		defer q.Close()
		short := &watched{Context: t.Context()}
		if err := q.Do(short, patience-1); err != nil || short.is {
			t.Errorf("a short batch: the error is %v, and the context is watched: %t; want neither", err, short.is)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience/2)
		defer cancel()
		begun := time.Now()
		if err := q.Do(ctx, time.Hour); err != context.DeadlineExceeded {
			t.Errorf("a long batch: the error is %v; want %v", err, context.DeadlineExceeded)
		}
		if waited := time.Since(begun); waited > 2*patience {
			t.Errorf("the caller waited for %v; want %v at most", waited, 2*patience)
		}
	})
}
