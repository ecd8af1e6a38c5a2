package limits

import "sync"

// Memory bounds the bytes that all requests together hold for one purpose. A caller has at most a
// quarter of it. Nobody waits for memory: who holds it may be slow. A Memory may be used concurrently.
type Memory struct {
	most int64

	mu      sync.Mutex // protects all below
	taken   int64
	callers map[Caller]int64
	refused uint64
}

// NewMemory returns a memory of that many bytes.
func NewMemory(most int64) *Memory {
	return &Memory{most: most, callers: map[Caller]int64{}}
}

// take takes bytes for the caller. The error is ErrBusy if there are not enough.
func (m *Memory) take(caller Caller, bytes int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	held := m.callers[caller] + bytes
	if m.taken+bytes > m.most || held > m.most/4 {
		m.refused++
		return ErrBusy
	}
	m.taken += bytes
	m.set(caller, held)
	return nil
}

// change adds bytes to what the caller holds, without a limit. They may be negative.
func (m *Memory) change(caller Caller, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.taken += bytes
	m.set(caller, m.callers[caller]+bytes)
}

// set keeps how many bytes the caller holds.
func (m *Memory) set(caller Caller, held int64) {
	if held == 0 {
		delete(m.callers, caller)
		return
	}
	m.callers[caller] = held
}

// MemoryState is how much of a Memory is taken at one moment.
type MemoryState struct {
	// Limit and Taken are in bytes.
	Limit, Taken int64
	// Refused counts the requests that got no memory since the start.
	Refused uint64
}

// State returns how much of the memory is taken.
func (m *Memory) State() MemoryState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return MemoryState{Limit: m.most, Taken: m.taken, Refused: m.refused}
}

// SmallBody is the size in bytes up to which a body has a share of memory of its own. So large bodies
// that never end cannot stop small ones.
const SmallBody = 64 << 10

// Body is the memory that the body of one request takes. One goroutine at a time may use it. The zero Body takes none,
// and may be freed.
type Body struct {
	limits *Limits
	caller Caller
	from   *Memory // nil before Hold
	bytes  int64
}

// Body returns the memory for a body of the caller. It must be freed.
func (l *Limits) Body(caller Caller) Body { return Body{limits: l, caller: caller} }

// Hold makes the body take that many bytes, instead of those that it took before. The error is
// ErrBusy if there are not enough; it then takes what it took before.
func (b *Body) Hold(bytes int64) error {
	from := b.limits.smallBodies
	if bytes > SmallBody {
		from = b.limits.largeBodies
	}
	more := bytes
	if from == b.from {
		more -= b.bytes
	}
	if err := from.take(b.caller, more); err != nil {
		return err
	}
	if from != b.from {
		b.Free()
	}
	b.from, b.bytes = from, bytes
	return nil
}

// Free gives all bytes back. It may be called again.
func (b *Body) Free() {
	if b.from != nil {
		b.from.change(b.caller, -b.bytes)
	}
	b.from, b.bytes = nil, 0
}
