package logs

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Lines that anybody can cause: so many a second, and so many at once after a quiet time.
const (
	linesPerSecond = 50
	linesAtOnce    = 200
)

// Quota bounds the number of lines that callers without a valid token can cause. It may be used by
// several goroutines.
type Quota struct {
	limiter *rate.Limiter
	tell    func(leftOut int)

	mu      sync.Mutex // protects leftOut
	leftOut int        // lines since the last call of tell
}

// NewQuota returns a quota that calls tell at most once a second, with the number of lines that were
// left out.
func NewQuota(tell func(leftOut int)) *Quota {
	return &Quota{limiter: rate.NewLimiter(linesPerSecond, linesAtOnce), tell: tell}
}

// Allow reports whether a line may be written. If not, it counts the line.
func (q *Quota) Allow() bool {
	if q.limiter.Allow() {
		return true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.leftOut == 0 {
		time.AfterFunc(time.Second, q.tellCount)
	}
	q.leftOut++
	return false
}

func (q *Quota) tellCount() {
	q.mu.Lock()
	count := q.leftOut
	q.leftOut = 0
	q.mu.Unlock()
	q.tell(count)
}
