// Package gate owns the end of a store: Close waits for the calls under way, and no call
// begins after it. It leaves alone what a store frees then.
package gate

import (
	"context"
	"sync"

	"afterhours/store"
)

// Gate counts the calls under way. Its zero value is open.
type Gate struct {
	// mu is held for reading by every call and for writing by Close, which therefore
	// waits for all calls.
	mu     sync.RWMutex
	closed bool
}

// Enter begins a call. It returns ErrClosed if the store is closed, or the context's cause
// if the context has ended. If it returns nil, the caller must call Leave.
func (g *Gate) Enter(ctx context.Context) error {
	g.mu.RLock()
	err := context.Cause(ctx)
	if g.closed {
		err = store.ErrClosed
	}
	if err != nil {
		g.mu.RUnlock()
	}
	return err
}

// Leave ends a call for which Enter returned nil.
func (g *Gate) Leave() { g.mu.RUnlock() }

// Close waits for the calls under way and lets no other call begin. The first Close runs
// free and returns its error. Any later one returns nil.
func (g *Gate) Close(free func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil
	}
	g.closed = true
	return free()
}
