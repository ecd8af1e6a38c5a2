package control

import (
	"sync/atomic"
	"time"
)

// Clock shows the time by which the server judges. Its zero value shows real time. Its methods may be
// called concurrently.
type Clock struct {
	moved atomic.Pointer[moved] // nil for real time
}

// moved is how a clock differs from real time.
type moved struct {
	standing time.Time     // where the clock stands, zero for a clock that runs
	ahead    time.Duration // of real time, for a clock that runs
}

// Now returns the time that the clock shows.
func (c *Clock) Now() time.Time { return c.moved.Load().now() }

func (m *moved) now() time.Time {
	switch {
	case m == nil:
		return time.Now()
	case !m.standing.IsZero():
		return m.standing
	}
	return time.Now().Add(m.ahead)
}

// stop lets the clock stand still at a time.
func (c *Clock) stop(at time.Time) { c.moved.Store(&moved{standing: at}) }

// showRealTime undoes all moves.
func (c *Clock) showRealTime() { c.moved.Store(nil) }

// advance moves the clock. It changes nothing if the clock would then show a time that is not valid.
// It reports whether the clock has moved.
func (c *Clock) advance(by time.Duration) bool {
	for {
		was := c.moved.Load()
		next := &moved{ahead: by}
		switch {
		case was == nil:
		case was.standing.IsZero():
			next.ahead += was.ahead
		default:
			next = &moved{standing: was.standing.Add(by)}
		}
		if !isValid(was.now().Add(by)) {
			return false
		}
		if c.moved.CompareAndSwap(was, next) {
			return true
		}
	}
}

// The first and the last year that the clock shows. Tokens and JSON have no later ones.
const firstYear, lastYear = 1970, 9999

func isValid(at time.Time) bool {
	year := at.UTC().Year()
	return firstYear <= year && year <= lastYear
}
