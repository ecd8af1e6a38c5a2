package sqlite

import (
	"context"
	"time"

	lib "modernc.org/sqlite/lib"
)

// interruptPause is the time between two interrupts of one query.
const interruptPause = time.Millisecond

// interruptAtEnd interrupts the queries of a connection when the context ends. The caller
// must call stop before it gives the connection back.
func interruptAtEnd(ctx context.Context, database uintptr) (stop func()) {
	stopped, ended := make(chan struct{}), make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(ended)
		for {
			lib.Xsqlite3_interrupt(nil, database) // which only sets a flag
			select {
			case <-stopped:
				return
			case <-time.After(interruptPause): // a query that begins just now forgets the interrupt
			}
		}
	})
	return func() {
		close(stopped)
		if !cancel() {
			<-ended
		}
	}
}
