package handlers

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type parentKey struct{}

// TestRequestContext ends the context of a request in each way, before and after somebody waits for it. In all of
// them it tells the same as the contexts of the standard library, and so does a context below it.
func TestRequestContext(t *testing.T) {
	errParent := errors.New("the parent's reason")
	for name, end := range map[string]func(c *requestContext, cancelParent context.CancelCauseFunc){
		"by nothing":              func(*requestContext, context.CancelCauseFunc) {},
		"by the end of a request": func(c *requestContext, _ context.CancelCauseFunc) { c.end() },
		"by its parent":           func(_ *requestContext, cancelParent context.CancelCauseFunc) { cancelParent(errParent) },
		"by its deadline":         func(*requestContext, context.CancelCauseFunc) { time.Sleep(requestTimeout) },
		"a moment before that":    func(*requestContext, context.CancelCauseFunc) { time.Sleep(requestTimeout - 1) },
	} {
		for _, waits := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				parent, cancelParent := context.WithCancelCause(context.WithValue(t.Context(), parentKey{}, "value"))
				defer cancelParent(nil)
				req := &request{}
				c := &requestContext{parent: parent, req: req, deadline: time.Now().Add(requestTimeout)}
				defer c.end()
				usual, cancelUsual := context.WithTimeout(parent, requestTimeout)
				defer cancelUsual()
				var below, usualBelow context.Context = c, usual
				if waits {
					var stop, stopUsual context.CancelFunc
					below, stop = context.WithCancel(c)
					usualBelow, stopUsual = context.WithCancel(usual)
					defer stop()
					defer stopUsual()
				}
				end(c, cancelParent)
				if c.hasEnded.Load() {
					cancelUsual()
				}
				synctest.Wait()
				for _, pair := range [][2]context.Context{{c, usual}, {below, usualBelow}} {
					for range 2 { // the second time somebody has waited
						if got, want := pair[0].Err(), pair[1].Err(); got != want {
							t.Errorf("%s, waits %t: Err is %v, want %v", name, waits, got, want)
						}
						if got, want := context.Cause(pair[0]), context.Cause(pair[1]); got != want {
							t.Errorf("%s, waits %t: the cause is %v, want %v", name, waits, got, want)
						}
						got, _ := pair[0].Deadline()
						if want, _ := pair[1].Deadline(); !got.Equal(want) {
							t.Errorf("%s: the deadline is %v, want %v", name, got, want)
						}
						if pair[0].Value(parentKey{}) != "value" || pair[0].Value(requestKey{}) != req {
							t.Errorf("%s: the values are not there", name)
						}
						select {
						case <-pair[0].Done():
							if pair[1].Err() == nil {
								t.Errorf("%s, waits %t: it is done", name, waits)
							}
						default:
							if pair[1].Err() != nil {
								t.Errorf("%s, waits %t: it is not done", name, waits)
							}
						}
					}
				}
			})
		}
	}
}

// TestRequestContextDeadline: a parent that ends earlier counts.
func TestRequestContextDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c := &requestContext{parent: parent, deadline: time.Now().Add(requestTimeout)}
		defer c.end()
		if deadline, ok := c.Deadline(); !ok || time.Until(deadline) != time.Second {
			t.Errorf("the deadline is %v", deadline)
		}
		<-c.Done()
		if !errors.Is(c.Err(), context.DeadlineExceeded) {
			t.Error(c.Err())
		}
	})
}

// TestRequestContextStartsNoGoroutine: a context below one that package context does not know would cost a goroutine.
func TestRequestContextStartsNoGoroutine(t *testing.T) {
	parent, cancelParent := context.WithCancel(t.Context())
	defer cancelParent()
	c := &requestContext{parent: parent, deadline: time.Now().Add(requestTimeout)}
	defer c.end()
	before := runtime.NumGoroutine()
	for range 100 {
		_, cancel := context.WithTimeout(c, time.Hour)
		defer cancel()
	}
	if after := runtime.NumGoroutine(); after > before+50 { // other tests may run
		t.Errorf("%d goroutines more", after-before)
	}
}

// TestRequestContextAtOnce: all who wait at once for the end get the same one, however it comes between them.
func TestRequestContextAtOnce(t *testing.T) {
	for range 200 {
		c := &requestContext{parent: t.Context(), deadline: time.Now().Add(requestTimeout)}
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				if i == 0 {
					c.end()
				}
				<-c.Done()
				if c.Err() != context.Canceled {
					t.Error(c.Err())
				}
			})
		}
		all.Wait()
	}
}
