package limits

import (
	"sync"
	"time"
)

// activeFor is how long a caller counts as active after a request.
const activeFor = time.Second

// activity knows whether a caller is alone with the server. It needs only the two callers that came
// last: one of them is another one.
type activity struct {
	mu              sync.Mutex
	latest, earlier Caller
	latestAt        time.Time
	earlierAt       time.Time
}

// note records a request of the caller.
func (a *activity) note(caller Caller, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if caller != a.latest {
		a.earlier, a.earlierAt = a.latest, a.latestAt
		a.latest = caller
	}
	a.latestAt = now
}

// othersThan reports whether somebody else than the caller is active.
func (a *activity) othersThan(caller Caller, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	other := a.latestAt
	if caller == a.latest {
		other = a.earlierAt
	}
	return now.Sub(other) < activeFor
}
