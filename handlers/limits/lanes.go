package limits

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// The account of a caller of long work, in milliseconds of work.
const (
	// freeTime is not charged: an honest page of a list takes less.
	freeTime = 20 * time.Millisecond
	// bytesForOne is how many bytes of a response cost one millisecond.
	bytesForOne = 128 << 10
	// savings is the most that a caller has, and as much is the most that a caller owes.
	savings = 500
	// refill is what a caller gets for each second.
	refill = 100
	// maxPause is the longest pause of the slow lane.
	maxPause = 2 * time.Second
)

// knownCallers bounds the memory of the state that is kept for each caller: about 2 MiB.
const knownCallers = 8192

// Lanes admits long work, such as lists, by what the earlier work of its caller took. Nothing is
// predicted. A caller with savings uses the fast lane. Each piece of work is timed, and its time beyond
// freeTime is taken from the savings. A caller without savings uses the slow lane, with one piece of work
// at a time. While other callers are active, a slot of the slow lane rests after each piece of work for
// as long as the work took. The slow lane then takes half of the time of its slots at most.
type Lanes struct {
	fast, slow *Queue
	savings    *lru.Cache[Caller, *rate.Limiter]
	activity   *activity
}

func newLanes(fast, slow Bounds, callers *activity) *Lanes {
	return &Lanes{fast: NewQueue(fast), slow: NewQueue(slow), savings: newCallerCache[*rate.Limiter](), activity: callers}
}

func newCallerCache[V any]() *lru.Cache[Caller, V] {
	cache, err := lru.New[Caller, V](knownCallers)
	if err != nil {
		panic(err) // lru.New fails only if the size is below one
	}
	return cache
}

// turn is the slot that a piece of work has in one of the lanes.
type turn struct {
	lanes   *Lanes
	caller  Caller
	savings *rate.Limiter
	begun   time.Time
	isSlow  bool
}

// enter waits for a slot by one of Queue's methods. The error is that of the method.
func (l *Lanes) enter(ctx context.Context, caller Caller, acquire func(*Queue, context.Context, Caller) error) (*turn, error) {
	t := &turn{lanes: l, caller: caller, savings: l.savingsOf(caller)}
	if t.savings.Tokens() > 0 {
		if err := acquire(l.fast, ctx, caller); err != nil {
			return nil, err
		}
		if t.begun = time.Now(); t.savings.Tokens() > 0 {
			return t, nil
		}
		l.fast.Release(caller) // the savings were spent meanwhile
	}
	if err := acquire(l.slow, ctx, caller); err != nil {
		return nil, err
	}
	t.begun, t.isSlow = time.Now(), true
	return t, nil
}

// savingsOf returns the savings of the caller. A new caller has all of them.
func (l *Lanes) savingsOf(caller Caller) *rate.Limiter {
	if known, ok := l.savings.Get(caller); ok {
		return known
	}
	fresh := rate.NewLimiter(refill, savings)
	if known, ok, _ := l.savings.PeekOrAdd(caller, fresh); ok {
		return known
	}
	return fresh
}

// leave gives the slot back and charges the caller for the work, whose response has that many bytes.
func (t *turn) leave(bytes int) {
	now := time.Now()
	took := now.Sub(t.begun)
	cost := int(max(0, took-freeTime)/time.Millisecond) + bytes/bytesForOne
	if t.savings.TokensAt(now) > -savings {
		t.savings.ReserveN(now, min(cost, savings))
	}
	switch {
	case !t.isSlow:
		t.lanes.fast.Release(t.caller)
	case t.lanes.activity.othersThan(t.caller, now):
		time.AfterFunc(min(took, maxPause), func() { t.lanes.slow.Release(t.caller) })
	default:
		t.lanes.slow.Release(t.caller)
	}
}
