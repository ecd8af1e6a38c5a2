package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
)

// copier copies the journal into the file, in a goroutine and by a connection of its own:
// SQLite lets others write meanwhile. The writer does the rest, which is short then.
type copier struct {
	pool    *sql.DB
	on      *direct
	copying sync.Mutex    // held during a copy: SQLite would refuse a second one
	calls   chan struct{} // of wake
	ended   chan struct{}
	pages   atomic.Int64 // that the last copy has left
}

// startCopier opens the connection and starts the goroutine, which calls copy.
func startCopier(ctx context.Context, path string, durability Durability, copy func(*direct)) (*copier, error) {
	pool, err := connect(path, "synchronous("+string(durability)+")")
	if err != nil {
		return nil, err
	}
	c := &copier{pool: pool, calls: make(chan struct{}, 1), ended: make(chan struct{})}
	if err := c.prepare(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	go func() {
		defer close(c.ended)
		for range c.calls {
			c.copying.Lock()
			copy(c.on)
			c.copying.Unlock()
		}
	}()
	return c, nil
}

func (c *copier) prepare(ctx context.Context) error {
	conn, err := c.pool.Conn(ctx)
	if err != nil {
		return err
	}
	c.on, err = newDirect(conn)
	return err
}

// close waits for the copy under way.
func (c *copier) close() error {
	close(c.calls)
	<-c.ended
	return errors.Join(c.on.close(), c.pool.Close())
}

// wake asks for a copy, and does not wait for it.
func (c *copier) wake() {
	select {
	case c.calls <- struct{}{}:
	default:
	}
}

// left is how many pages the last copy has left in the journal. A reader needs them there, or
// they were written during the copy.
func (c *copier) left() int { return int(c.pages.Load()) }

// alone runs a copy when there is no other one.
func (c *copier) alone(run func() error) error {
	c.copying.Lock()
	defer c.copying.Unlock()
	return run()
}

// ifIdle is alone, but does nothing if there is another copy.
func (c *copier) ifIdle(run func() error) error {
	if !c.copying.TryLock() {
		return nil
	}
	defer c.copying.Unlock()
	return run()
}
