package handlers

import (
	"context"
	"sync"

	"afterhours/store"
)

// turns lets the writers of one statistic go one after the other within this
// process. The store's compare-and-swap keeps updates from being lost; turns keep
// a thousand writers of one statistic from losing to each other again and again.
// The zero value is ready.
type turns struct {
	mu    sync.Mutex
	lines map[store.Key]*line
}

// line is where the writers of one key wait: who sends to turn has it.
type line struct {
	turn    chan struct{}
	writers int // waiting or having the turn; guarded by turns.mu
}

// take waits for the turn and returns how to give it back, or the context's error.
func (t *turns) take(ctx context.Context, key store.Key) (release func(), err error) {
	t.mu.Lock()
	if t.lines == nil {
		t.lines = map[store.Key]*line{}
	}
	l := t.lines[key]
	if l == nil {
		l = &line{turn: make(chan struct{}, 1)}
		t.lines[key] = l
	}
	l.writers++
	t.mu.Unlock()

	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn; t.leave(key, l) }, nil
	case <-ctx.Done():
		t.leave(key, l)
		return nil, ctx.Err()
	}
}

func (t *turns) leave(key store.Key, l *line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l.writers--; l.writers == 0 {
		delete(t.lines, key)
	}
}
