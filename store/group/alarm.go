package group

import (
	"sync/atomic"
	"time"
)

// alarm tells callers that they have waited for long enough to watch their contexts. The
// contexts of requests make a timer when somebody watches them, which costs more than the
// wait for a short batch. All callers of an alarm share two timers. Its zero value is ready.
type alarm struct {
	shared atomic.Pointer[chan struct{}] // nil if the next caller must make one
}

// patience is the shortest time until an alarm. The longest is twice as much.
const patience = 10 * time.Millisecond

// after returns a channel that is closed between patience and twice as much from now.
func (a *alarm) after() <-chan struct{} {
	if shared := a.shared.Load(); shared != nil {
		return *shared
	}
	made := make(chan struct{})
	if !a.shared.CompareAndSwap(nil, &made) {
		return a.after()
	}
	time.AfterFunc(patience, func() {
		a.shared.Store(nil) // later callers would not wait for patience
		time.AfterFunc(patience, func() { close(made) })
	})
	return made
}
