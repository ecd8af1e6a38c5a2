package limits

import (
	"context"
	"time"
)

// Limits has all limits of one server. Its methods may be called concurrently.
type Limits struct {
	strangers, verifications, reads, writes *Queue
	long                                    *Lanes
	smallBodies, largeBodies, answers       *Memory
	rates                                   *rates // nil without a limit
	activity                                activity
}

// The bytes of memory for all requests together.
const (
	smallBodiesMemory = 16 << 20
	largeBodiesMemory = 128 << 20
	answersMemory     = 96 << 20
	// answerReserve is what the answer of one long operation is taken for before it is known: a page
	// of a thousand statistics has about 400 KiB.
	answerReserve = 512 << 10
)

// minBurst is the least burst of a rate: a batch of the largest size must be possible.
const minBurst = 20

// New returns the limits for a machine with that many cores. perSecond is how many requests a second
// each caller may send, 0 for no limit.
//
// Up to 256 writes share a commit, so there is room for them. One caller has less: its writes of one
// statistic go one after the other, and the last of them must not be late. Work of the lanes keeps a
// core busy, so there is no more of it at once than cores.
func New(cores, perSecond int) *Limits {
	short := Bounds{Slots: max(256, 128*cores), Each: max(100, 50*cores), Patience: 100 * time.Millisecond}
	short.Waiting, short.WaitingEach = 8192, 4096
	l := &Limits{
		strangers: NewQueue(Bounds{Slots: 128 * cores, Each: 64 * cores,
			Waiting: 8192, WaitingEach: 4096, Patience: time.Second, Late: true}),
		verifications: NewQueue(Bounds{Slots: 64 * cores, Each: 32 * cores,
			Waiting: 512 * cores, WaitingEach: 256 * cores, Patience: 500 * time.Millisecond}),
		reads:       NewQueue(short),
		writes:      NewQueue(short),
		smallBodies: NewMemory(smallBodiesMemory),
		largeBodies: NewMemory(largeBodiesMemory),
		answers:     NewMemory(answersMemory),
	}
	l.long = newLanes(
		Bounds{Slots: max(2, cores), Each: max(1, cores/2), Waiting: 64 * cores, WaitingEach: 64,
			Patience: 150 * time.Millisecond, Alone: 2 * time.Second}, // a page that people look at asks for several lists at once
		Bounds{Slots: max(1, cores/2), Each: 1, Waiting: 512, WaitingEach: 64, Patience: 3 * time.Second},
		&l.activity)
	if perSecond > 0 {
		l.rates = newRates(perSecond)
	}
	return l
}

// Verify takes a place to verify a token that is not known yet, from the network address. The error is
// that of Queue.Acquire.
func (l *Limits) Verify(ctx context.Context, address string) (leave func(), err error) {
	return enter(ctx, l.verifications, Caller{Address: address})
}

// Stranger takes a place for an answer that needs no token, to the network address. The error is that
// of Queue.Acquire.
func (l *Limits) Stranger(ctx context.Context, address string) (leave func(), err error) {
	return enter(ctx, l.strangers, Caller{Address: address})
}

func enter(ctx context.Context, queue *Queue, caller Caller) (leave func(), err error) {
	if err := queue.Acquire(ctx, caller); err != nil {
		return nil, err
	}
	return func() { queue.Release(caller) }, nil
}

// Place is what a request holds while it is worked on. One goroutine at a time may use it; IsLong may
// be called by others meanwhile.
type Place struct {
	limits *Limits
	caller Caller
	queue  *Queue // of short work, nil for long work
	turn   *turn  // of long work
	bytes  int64  // of the answer, for long work
	left   bool
	rests  bool // left by Rest
}

// Read takes a place for a short read, and Write for a short write. The error is that of
// Queue.Acquire.
func (l *Limits) Read(ctx context.Context, caller Caller) (*Place, error) {
	return l.short(ctx, caller, l.reads)
}

// Write takes a place for a short write; see Read.
func (l *Limits) Write(ctx context.Context, caller Caller) (*Place, error) {
	return l.short(ctx, caller, l.writes)
}

func (l *Limits) short(ctx context.Context, caller Caller, queue *Queue) (*Place, error) {
	l.activity.note(caller, time.Now())
	if err := queue.Acquire(ctx, caller); err != nil {
		return nil, err
	}
	return &Place{limits: l, caller: caller, queue: queue}, nil
}

// Long takes a place for long work. The error is ErrBusy if there is no memory for its answer, else
// that of Queue.Acquire.
func (l *Limits) Long(ctx context.Context, caller Caller) (*Place, error) {
	return l.Pages(ctx, caller, 1)
}

// Pages is Long for work whose answer has several pages.
func (l *Limits) Pages(ctx context.Context, caller Caller, pages int) (*Place, error) {
	l.activity.note(caller, time.Now())
	turn, err := l.long.enter(ctx, caller, (*Queue).Acquire)
	if err != nil {
		return nil, err
	}
	bytes := int64(pages) * answerReserve
	if err := l.answers.take(caller, bytes); err != nil {
		turn.leave(0)
		return nil, err
	}
	return &Place{limits: l, caller: caller, turn: turn, bytes: bytes}, nil
}

// IsLong reports whether the place is one for long work.
func (p *Place) IsLong() bool { return p.queue == nil }

// Next ends one piece of long work and begins another one, perhaps in the other lane. Work that has
// begun is not refused. The error is that of the context; the place is then left, and any further Next
// is ErrBusy.
func (p *Place) Next(ctx context.Context) error {
	if p.left {
		return ErrBusy
	}
	p.turn.leave(0)
	next, err := p.limits.long.enter(ctx, p.caller, (*Queue).AcquireAgain)
	if err != nil {
		p.left = true
		return err
	}
	p.turn = next
	return nil
}

// Leave ends the work. Its response has that many bytes, which the caller holds until Close: a client
// that reads slowly takes memory, but no place.
func (p *Place) Leave(bytes int) {
	if p.left {
		return
	}
	p.left = true
	if p.queue != nil {
		p.queue.Release(p.caller)
		return
	}
	p.turn.leave(bytes)
	p.limits.answers.change(p.caller, int64(bytes)-p.bytes)
	p.bytes = int64(bytes)
}

// Rest leaves the slot while nothing is done. What the place has of memory stays. Next and Leave do nothing
// before Resume.
func (p *Place) Rest() {
	if p.left {
		return
	}
	p.left, p.rests = true, true
	if p.queue != nil {
		p.queue.Release(p.caller)
		return
	}
	p.turn.leave(0)
}

// Resume takes a slot again after Rest; otherwise it does nothing. Work that has begun is not refused. The
// error is that of the context, and the place then still rests.
func (p *Place) Resume(ctx context.Context) (err error) {
	if !p.rests {
		return nil
	}
	if p.queue != nil {
		err = p.queue.AcquireAgain(ctx, p.caller)
	} else {
		p.turn, err = p.limits.long.enter(ctx, p.caller, (*Queue).AcquireAgain)
	}
	if err == nil {
		p.left, p.rests = false, false
	}
	return err
}

// Close gives back all that is left of the place. It must be called once.
func (p *Place) Close() {
	p.Leave(0)
	if p.IsLong() {
		p.limits.answers.change(p.caller, -p.bytes)
	}
}

// State is how much of every limit is taken at one moment.
type State struct {
	Strangers, Verifications, Reads, Writes, Fast, Slow QueueState
	SmallBodies, LargeBodies, Answers                   MemoryState
	// PerSecond is the rate of each caller, 0 for none; Throttled counts the requests beyond it.
	PerSecond int
	Throttled uint64
}

// State returns how much of every limit is taken.
func (l *Limits) State() State {
	s := State{
		Strangers: l.strangers.State(), Verifications: l.verifications.State(),
		Reads: l.reads.State(), Writes: l.writes.State(), Fast: l.long.fast.State(), Slow: l.long.slow.State(),
		SmallBodies: l.smallBodies.State(), LargeBodies: l.largeBodies.State(), Answers: l.answers.State(),
	}
	if l.rates != nil {
		s.PerSecond, s.Throttled = l.rates.perSecond, l.rates.throttled.Load()
	}
	return s
}
