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
	free  []*keyLock // those that no key has now, as many as there were users at once
}

// keyLock is the lock of one key: a send on held (capacity 1) takes it, a receive releases it.
type keyLock struct {
	held  chan struct{}
	users int // waiting for the lock or holding it; guarded by keyedMutex.mu
}

// heldKey is the lock of a key that its holder must release once.
type heldKey struct {
	of   *keyedMutex
	key  store.Key
	lock *keyLock
}

func (h heldKey) unlock() {
	<-h.lock.held
	h.of.leave(h.key, h.lock)
}

// lock waits for the lock of the key and returns it, or the error of ctx.
func (m *keyedMutex) lock(ctx context.Context, key store.Key) (heldKey, error) {
	l := m.enter(key)
	select {
	case l.held <- struct{}{}:
		return heldKey{m, key, l}, nil
	default: // ctx.Done makes a timer, and only those who wait need one
	}
	select {
	case l.held <- struct{}{}:
		return heldKey{m, key, l}, nil
	case <-ctx.Done():
		m.leave(key, l)
		return heldKey{}, ctx.Err()
	}
}

// lockAll waits for the locks of all the keys. Every caller takes them in the same order, so that no
// two callers wait for each other. The keys must be distinct: a duplicate would wait for
// itself.
func (m *keyedMutex) lockAll(ctx context.Context, keys []store.Key) (unlock func(), err error) {
	var taken []heldKey
	unlock = func() {
		for _, one := range taken {
			one.unlock()
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
		l = m.unused()
		m.byKey[key] = l
	}
	l.users++
	return l
}

// unused returns a lock that no key has. It needs m.mu.
func (m *keyedMutex) unused() *keyLock {
	last := len(m.free) - 1
	if last < 0 {
		return &keyLock{held: make(chan struct{}, 1)}
	}
	l := m.free[last]
	m.free = m.free[:last]
	return l
}

// leave takes the lock from its key after its last user.
func (m *keyedMutex) leave(key store.Key, l *keyLock) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(m.byKey, key)
		m.free = append(m.free, l)
	}
}
