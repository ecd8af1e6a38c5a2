package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

var concurrencyTests = map[string]func(*testing.T, store.Store){
	"no increment is lost": func(t *testing.T, s store.Store) {
		mustPut(t, s, first, withDuration(call, 0), store.NoRevision)
		var successes, losses atomic.Int64
		atOnce(100, func(int) {
			for range 100 {
				switch err := increment(s, first); {
				case err == nil:
					successes.Add(1)
				case errors.Is(err, store.ErrConflict):
					losses.Add(1)
				default:
					t.Errorf("increment: %v", err)
				}
			}
		})
		end, _, err := s.Get(background, first)
		must(t, err)
		if int64(end.Duration.Value) != successes.Load() || successes.Load()+losses.Load() != 100*100 || successes.Load() == 0 {
			t.Errorf("%d increments end at %d, and %d lost", successes.Load(), end.Duration.Value, losses.Load())
		}
	},
	"of many creates of one key, one succeeds": func(t *testing.T, s store.Store) {
		for round := range 20 {
			var winner store.Revision
			var winners atomic.Int64
			key := numbered(ada, round)
			atOnce(20, func(n int) {
				revision, _, err := s.Put(background, key, withDuration(call, edm.Duration(n)), store.NoRevision)
				if err == nil {
					winners.Add(1)
					winner = revision
				} else {
					wantError(t, err, store.ErrExists)
				}
			})
			if winners.Load() != 1 {
				t.Fatalf("%d created the same key", winners.Load())
			}
			wantStoredUnder(t, s, key, winner)
		}
	},
	"of many deletes of one revision, one succeeds": func(t *testing.T, s store.Store) {
		for range 20 {
			revision := mustPut(t, s, first, call, store.NoRevision)
			var winners atomic.Int64
			atOnce(20, func(int) {
				if err := s.Delete(background, first, revision); err == nil {
					winners.Add(1)
				} else {
					wantError(t, err, store.ErrNotFound)
				}
			})
			if winners.Load() != 1 {
				t.Fatalf("%d deleted the same revision", winners.Load())
			}
		}
	},
	"distinct keys lose nothing, and each write is seen at once": func(t *testing.T, s store.Store) {
		const writers, each = 50, 20
		atOnce(writers, func(n int) {
			owner := []store.Owner{ada, bob}[n%2]
			for i := range each {
				key := numbered(owner, n*each+i)
				revision, _, err := s.Put(background, key, call, store.NoRevision)
				if err != nil {
					t.Errorf("Put: %v", err)
					return
				}
				wantStoredUnder(t, s, key, revision)
			}
		})
		wantCount(t, s, ada, writers*each/2)
		wantCount(t, s, bob, writers*each/2)
	},
	"writes that fail do not break others": func(t *testing.T, s store.Store) {
		taken := mustPut(t, s, first, call, store.NoRevision)
		atOnce(60, func(n int) {
			key := numbered(ada, n)
			switch n % 3 {
			case 0:
				_, _, err := s.Put(background, first, full, store.NoRevision)
				wantError(t, err, store.ErrExists)
			case 1:
				_, _, err := s.Put(background, key, full, store.NewRevision())
				wantError(t, err, store.ErrNotFound)
			default:
				if _, _, err := s.Put(background, key, full, store.NoRevision); err != nil {
					t.Errorf("Put: %v", err)
				}
			}
		})
		wantCount(t, s, ada, 1+20)
		wantStored(t, s, first, taken, call)
	},
}

// increment adds a tick to the duration, unless another caller wrote meanwhile.
func increment(s store.Store, key store.Key) error {
	statistic, _, err := s.Get(background, key)
	if err != nil {
		return err
	}
	statistic.Duration.Value++
	_, _, err = s.Put(background, key, statistic.Record, statistic.Revision)
	return err
}

// atOnce runs n calls that all start together, and waits for them.
func atOnce(n int, call func(n int)) {
	var calls sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		calls.Go(func() {
			<-start
			call(i)
		})
	}
	close(start)
	calls.Wait()
}
