package logs

import (
	"sync/atomic"
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
	leftOut atomic.Int64 // lines since the last call of tell
}

// NewQuota returns a quota that calls tell at most once a second, with the number of lines that were
// left out.
func NewQuota(tell func(leftOut int)) *Quota {
	return &Quota{limiter: rate.NewLimiter(linesPerSecond, linesAtOnce), tell: tell}
}

// Allow reports whether a line may be written. If not, it counts the line. Once a line is left out, all
// are until the next call of tell.
func (q *Quota) Allow() bool {
	if q.leftOut.Load() == 0 && q.limiter.Allow() {
		return true
	}
	if q.leftOut.Add(1) == 1 {
		time.AfterFunc(time.Second, func() { q.tell(int(q.leftOut.Swap(0))) })
	}
	return false
}
