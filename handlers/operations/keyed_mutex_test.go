package operations

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/store"
)

// TestKeyedMutexExcludes checks that one goroutine at a time holds a key, by a counter without any
// other synchronisation, and that no entry is left.
func TestKeyedMutexExcludes(t *testing.T) {
	var m keyedMutex
	var counts [3]int
	keys := [3]store.Key{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for range 200 {
				i := rand.IntN(len(keys))
				held, err := m.lock(t.Context(), keys[i])
				if err != nil {
					t.Error(err)
					return
				}
				counts[i]++
				held.unlock()
			}
		})
		workers.Go(func() {
			for range 100 {
				i := rand.IntN(len(keys))
				j := (i + 1) % len(keys)
				unlock, err := m.lockAll(t.Context(), []store.Key{keys[i], keys[j]})
				if err != nil {
					t.Error(err)
					return
				}
				counts[i]++
				counts[j]++
				unlock()
			}
		})
	}
	workers.Wait()
	if sum := counts[0] + counts[1] + counts[2]; sum != 16*400 {
		t.Errorf("%v is %d increments, want %d", counts, sum, 16*400)
	}
	if len(m.byKey) != 0 {
		t.Errorf("%d entries are left", len(m.byKey))
	}
}

// TestKeyedMutexEndsWithItsContext checks that a waiter gives up when its context ends, and that
// lockAll then releases the locks that it already has.
func TestKeyedMutexEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m keyedMutex
		a, b := store.Key{ID: "a"}, store.Key{ID: "b"}
		heldB, err := m.lock(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := m.lockAll(ctx, []store.Key{b, a}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("lockAll: %v", err)
		}
		if _, err := m.lock(ctx, b); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("lock: %v", err)
		}
		heldA, err := m.lock(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		heldA.unlock()
		heldB.unlock()
		if len(m.byKey) != 0 {
			t.Errorf("%d entries are left", len(m.byKey))
		}
	})
}

func TestKeyedMutexKeysAreIndependent(t *testing.T) {
	var m keyedMutex
	for i := range 3 {
		for _, user := range []string{"u", "v"} {
			if _, err := m.lock(t.Context(), store.Key{Owner: store.Owner{User: user}, ID: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(m.byKey) != 6 {
		t.Errorf("%d entries for 6 locks", len(m.byKey))
	}
}
