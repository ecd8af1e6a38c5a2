// Package gate owns the end of a store: which calls are under way, and that none
// begins after Close. It leaves alone what a store then frees.
package gate

import (
	"context"
	"sync"

	"afterhours/store"
)

// Gate counts the calls under way; its zero value is open.
type Gate struct {
	// mu is held for reading by every call, and for writing by Close, which so waits
	// for them all.
	mu     sync.RWMutex
	closed bool
}

// Enter opens the gate for one call, which must leave it; it is an error, and needs
// no Leave, when the store is closed or the context done.
func (g *Gate) Enter(ctx context.Context) error {
	g.mu.RLock()
	err := ctx.Err()
	if g.closed {
		err = store.ErrClosed
	}
	if err != nil {
		g.mu.RUnlock()
	}
	return err
}

// Leave ends a call that has entered.
func (g *Gate) Leave() { g.mu.RUnlock() }

// Close waits for the calls under way and lets in no other. Only the first one runs
// free, and returns what that does.
func (g *Gate) Close(free func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil
	}
	g.closed = true
	return free()
}
