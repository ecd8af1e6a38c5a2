package handlers

import (
	"cmp"
	"context"
	"slices"
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

// takeAll waits for the turns of all the keys, one after the other in one order for
// all callers, so that no two of them wait for each other. No key may stand twice.
func (t *turns) takeAll(ctx context.Context, keys []store.Key) (release func(), err error) {
	var taken []func()
	release = func() {
		for _, one := range taken {
			one()
		}
	}
	for _, key := range slices.SortedFunc(slices.Values(keys), compareKeys) {
		one, err := t.take(ctx, key)
		if err != nil {
			release()
			return nil, err
		}
		taken = append(taken, one)
	}
	return release, nil
}

func compareKeys(a, b store.Key) int {
	return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.User, b.User), cmp.Compare(a.ID, b.ID))
}

func (t *turns) leave(key store.Key, l *line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l.writers--; l.writers == 0 {
		delete(t.lines, key)
	}
}
