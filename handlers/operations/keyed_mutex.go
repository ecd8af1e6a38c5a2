package operations

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"afterhours/store"
)

// keyedMutex is one lock for each statistic. The store's compare-and-swap prevents lost updates. The
// locks keep a thousand writers of one statistic in this process from failing and trying again and
// again. The zero value is ready.
type keyedMutex struct {
	mu    sync.Mutex
	byKey map[store.Key]*keyLock
}

// keyLock is the lock of one key: a send on held (capacity 1) takes it, a receive releases it.
type keyLock struct {
	held  chan struct{}
	users int // waiting for the lock or holding it; guarded by keyedMutex.mu
}

// lock waits for the lock of the key and returns the function that releases it, or the error of ctx.
func (m *keyedMutex) lock(ctx context.Context, key store.Key) (unlock func(), err error) {
	l := m.enter(key)
	select {
	case l.held <- struct{}{}:
		return func() { <-l.held; m.leave(key, l) }, nil
	case <-ctx.Done():
		m.leave(key, l)
		return nil, ctx.Err()
	}
}

// lockAll waits for the locks of all the keys. Every caller takes them in the same order, so that no
// two callers wait for each other. The keys must be distinct: a duplicate would wait for
// itself.
func (m *keyedMutex) lockAll(ctx context.Context, keys []store.Key) (unlock func(), err error) {
	var taken []func()
	unlock = func() {
		for _, one := range taken {
			one()
		}
	}
	for _, key := range slices.SortedFunc(slices.Values(keys), compareKeys) {
		one, err := m.lock(ctx, key)
		if err != nil {
			unlock()
			return nil, err
		}
		taken = append(taken, one)
	}
	return unlock, nil
}

func compareKeys(a, b store.Key) int {
	return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.User, b.User), cmp.Compare(a.ID, b.ID))
}

// enter returns the lock of the key, and counts its user.
func (m *keyedMutex) enter(key store.Key) *keyLock {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byKey == nil {
		m.byKey = map[store.Key]*keyLock{}
	}
	l := m.byKey[key]
	if l == nil {
		l = &keyLock{held: make(chan struct{}, 1)}
		m.byKey[key] = l
	}
	l.users++
	return l
}

// leave forgets the lock after its last user.
func (m *keyedMutex) leave(key store.Key, l *keyLock) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(m.byKey, key)
	}
}
