package handlers

import (
	"context"
	"sync/atomic"
	"time"
)

// requestContext is the context of a request: it ends with the request, or at its deadline, or with its parent. It is
// context.WithDeadline and context.WithValue in one, and makes the former only for those who ask for Done or meet the
// end. Most requests never wait, so that they need no timer and no place among the children of their connection.
type requestContext struct {
	parent   context.Context
	req      *request // the value of requestKey
	deadline time.Time
	hasEnded atomic.Bool
	timed    atomic.Pointer[timedContext] // nil until somebody needs it
}

// timedContext is what context.WithDeadline returns.
type timedContext struct {
	context.Context
	cancel context.CancelFunc
}

func (c *requestContext) Deadline() (time.Time, bool) {
	if earlier, ok := c.parent.Deadline(); ok && earlier.Before(c.deadline) {
		return earlier, true
	}
	return c.deadline, true
}

func (c *requestContext) Done() <-chan struct{} { return c.time().Done() }

func (c *requestContext) Err() error {
	if c.timed.Load() == nil && !c.hasEnded.Load() && c.parent.Err() == nil && time.Now().Before(c.deadline) {
		return nil
	}
	return c.time().Err()
}

// Value asks the timed context if there is one: package context finds by a value of its own which context to cancel
// with which.
func (c *requestContext) Value(key any) any {
	if key == (requestKey{}) {
		return c.req
	}
	if timed := c.timed.Load(); timed != nil {
		return timed.Value(key)
	}
	return c.parent.Value(key)
}

// time returns the context that ends at the deadline. All callers get the same one.
func (c *requestContext) time() context.Context {
	if timed := c.timed.Load(); timed != nil {
		return timed
	}
	ctx, cancel := context.WithDeadline(c.parent, c.deadline)
	timed := &timedContext{ctx, cancel}
	if !c.timed.CompareAndSwap(nil, timed) {
		cancel()
		return c.timed.Load()
	}
	if c.hasEnded.Load() { // end may not have seen it
		cancel()
	}
	return timed
}

// end ends the context. It must be called.
func (c *requestContext) end() {
	c.hasEnded.Store(true)
	if timed := c.timed.Load(); timed != nil {
		timed.cancel()
	}
}
