package limits

import (
	"cmp"
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// ErrBusy is the error of a call that is refused because others hold what it needs.
var ErrBusy = errors.New("too much is under way")

// Caller is for whom work is done: the tenant, the user and the application of a token, or the network
// address of a request without a verified token.
type Caller struct{ Tenant, User, Application, Address string }

// Bounds are the limits of a Queue. All of them must be positive.
type Bounds struct {
	// Slots is how many calls run at once, and Each how many of one caller.
	Slots, Each int
	// Waiting is how many calls wait at once, and WaitingEach how many of one caller.
	Waiting, WaitingEach int
	// Patience is how long a call may wait. A call that would have to wait longer is refused at once,
	// unless the queue is Late.
	Patience time.Duration
	// Alone is the patience of a call that comes while no other caller has one. It keeps nobody else
	// waiting. 0 is Patience.
	Alone time.Duration
	// Late refuses after the patience only. It slows down callers who would come again at once.
	Late bool
}

// Queue admits a limited number of calls at once. Waiting callers take turns, however many calls each
// of them has. The calls of one caller wait in their order. A Queue may be used concurrently.
type Queue struct {
	bounds Bounds

	mu      sync.Mutex // protects all below
	running int
	waiting int
	refused uint64
	lines   map[Caller]*line
	// pace is the time from one admission of a waiting call to the next, as it was lately. It is 0
	// before the first.
	pace time.Duration
	// paced is when the last waiting call was admitted, or when calls began to wait after that.
	paced time.Time
	// turns has the lines that may go next: with a waiting call, and with fewer than Each running.
	// It is empty while a slot is free.
	turns list.List
}

// line has the calls of one caller. A caller without a call has no line.
type line struct {
	running int
	waiting list.List     // of *waiter, the oldest first
	turn    *list.Element // in turns, nil if it is not there
}

type waiter struct {
	hasBegun bool          // the call is part of work that has begun
	patience time.Duration // how long the call waits unless it has begun
	admitted chan struct{} // closed when the call has its slot
	at       *list.Element // in line.waiting, nil once it has its slot
}

// NewQueue returns a queue with the bounds.
func NewQueue(bounds Bounds) *Queue {
	return &Queue{bounds: bounds, lines: map[Caller]*line{}}
}

// Acquire takes a slot for a call of the caller, who must Release it. The error is ErrBusy if the
// queue is full, if the wait would be longer than the patience, or if it is. The error is that of the
// context if the context ends first.
func (q *Queue) Acquire(ctx context.Context, caller Caller) error {
	return q.acquire(ctx, caller, false)
}

// AcquireAgain is Acquire for a call that is part of work that has begun. It goes before the other calls
// of the caller, and waits until its context ends: work that has begun is not refused.
func (q *Queue) AcquireAgain(ctx context.Context, caller Caller) error {
	return q.acquire(ctx, caller, true)
}

func (q *Queue) acquire(ctx context.Context, caller Caller, hasBegun bool) error {
	q.mu.Lock()
	l := q.lines[caller]
	if l == nil {
		l = &line{}
		q.lines[caller] = l
	}
	if q.running < q.bounds.Slots && l.running < q.bounds.Each {
		q.running++
		l.running++
		q.mu.Unlock()
		return nil
	}
	patience := q.bounds.Patience
	if len(q.lines) == 1 {
		patience = cmp.Or(q.bounds.Alone, patience)
	}
	if !hasBegun && q.isTooLong(l, patience) {
		q.refused++
		q.forget(caller, l)
		q.mu.Unlock()
		return ErrBusy
	}
	w := &waiter{hasBegun: hasBegun, patience: patience, admitted: make(chan struct{})}
	if hasBegun {
		w.at = l.waiting.PushFront(w)
	} else {
		w.at = l.waiting.PushBack(w)
	}
	if q.waiting == 0 {
		q.paced = time.Now()
	}
	q.waiting++
	q.line(l)
	q.mu.Unlock()
	return q.await(ctx, caller, l, w)
}

// isTooLong reports whether one more call of the line, with that patience, is refused at once.
func (q *Queue) isTooLong(l *line, patience time.Duration) bool {
	return q.waiting >= q.bounds.Waiting || l.waiting.Len() >= q.bounds.WaitingEach ||
		!q.bounds.Late && q.expect(l) > patience
}

// expect returns how long one more call of the line would wait at the present pace. Before it go the
// calls of its line and, since callers take turns, as many of each other line. It is 0 if nobody waits:
// the pace may be an old one then, and that call will measure it.
func (q *Queue) expect(l *line) time.Duration {
	if q.waiting == 0 {
		return 0
	}
	turns := (l.waiting.Len() + 1) * max(1, q.turns.Len())
	return time.Duration(min(turns, q.waiting+1)) * q.pace
}

// keepPace measures the pace when a waiting call is admitted.
func (q *Queue) keepPace() {
	now := time.Now()
	took := now.Sub(q.paced)
	q.paced = now
	if q.pace == 0 {
		q.pace = took
	}
	q.pace += (took - q.pace) / 8
}

// await waits for the slot of w.
func (q *Queue) await(ctx context.Context, caller Caller, l *line, w *waiter) error {
	var over <-chan time.Time // when the patience is
	if !w.hasBegun {
		timer := time.NewTimer(w.patience)
		defer timer.Stop()
		over = timer.C
	}
	err := ErrBusy
	select {
	case <-w.admitted:
		return nil
	case <-over:
	case <-ctx.Done():
		err = ctx.Err()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.refused++
	if w.at == nil { // it was admitted at the same moment
		q.release(caller)
		return err
	}
	l.waiting.Remove(w.at)
	q.waiting--
	q.line(l)
	q.forget(caller, l)
	return err
}

// Release gives back a slot that the caller has acquired.
func (q *Queue) Release(caller Caller) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.release(caller)
}

func (q *Queue) release(caller Caller) {
	l := q.lines[caller]
	q.running--
	l.running--
	q.line(l)
	for q.running < q.bounds.Slots && q.turns.Len() > 0 {
		q.admit(q.turns.Front().Value.(*line))
	}
	q.forget(caller, l)
}

// admit gives a slot to a call of the line, which then is the last one in turns.
func (q *Queue) admit(l *line) {
	q.keepPace()
	w := l.waiting.Remove(l.waiting.Front()).(*waiter)
	w.at = nil
	q.waiting--
	q.running++
	l.running++
	close(w.admitted)
	q.turns.Remove(l.turn)
	l.turn = nil
	q.line(l)
}

// line puts the line into turns or takes it out, as its calls are now.
func (q *Queue) line(l *line) {
	may := l.waiting.Len() > 0 && l.running < q.bounds.Each
	switch {
	case may && l.turn == nil:
		l.turn = q.turns.PushBack(l)
	case !may && l.turn != nil:
		q.turns.Remove(l.turn)
		l.turn = nil
	}
}

// forget drops the line of a caller without a call.
func (q *Queue) forget(caller Caller, l *line) {
	if l.running == 0 && l.waiting.Len() == 0 {
		delete(q.lines, caller)
	}
}

// QueueState is how much of a Queue is taken at one moment.
type QueueState struct {
	// Limit is how many calls may run at once.
	Limit int
	// Running and Waiting are the calls now.
	Running, Waiting int
	// Refused counts the calls that got no slot since the start.
	Refused uint64
}

// State returns how much of the queue is taken.
func (q *Queue) State() QueueState {
	q.mu.Lock()
	defer q.mu.Unlock()
	return QueueState{Limit: q.bounds.Slots, Running: q.running, Waiting: q.waiting, Refused: q.refused}
}
