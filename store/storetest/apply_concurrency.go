package storetest

import (
	"errors"
	"sync/atomic"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

var applyConcurrencyTests = map[string]func(*testing.T, store.Store){
	"of many that change the same two keys, in either order, one succeeds": func(t *testing.T, s store.Store) {
		a, b := numbered(ada, 1), within(s, numbered(bob, 2))
		revisions := [2]store.Revision{mustPut(t, s, a, call, store.NoRevision), mustPut(t, s, b, call, store.NoRevision)}
		for range 20 {
			var winners atomic.Int64
			var won [2]store.Revision
			atOnce(10, func(n int) {
				record := withDuration(call, edm.Duration(n))
				changes := []store.Change{replacement(a, revisions[0], record), replacement(b, revisions[1], record)}
				next := [2]store.Revision{changes[0].Revision, changes[1].Revision}
				if n%2 == 0 {
					changes[0], changes[1] = changes[1], changes[0]
				}
				if err := s.Apply(background, changes); err == nil {
					winners.Add(1)
					won = next
				} else {
					wantError(t, err, store.ErrConflict)
				}
			})
			if winners.Load() != 1 {
				t.Fatalf("%d changed the same revisions", winners.Load())
			}
			revisions = won
			wantStoredUnder(t, s, a, won[0])
			wantStoredUnder(t, s, b, won[1])
		}
	},
	"moving a tick neither loses nor doubles it, for no reader": func(t *testing.T, s store.Store) {
		const accounts, total = 4, 4 * 1000
		for n := range accounts {
			mustPut(t, s, numbered(ada, n), withDuration(call, total/accounts), store.NoRevision)
		}
		var added, moved atomic.Int64
		atOnce(12, func(n int) {
			for i := range 100 {
				from, to := numbered(ada, (n+i)%accounts), numbered(ada, (n+i+1+i%(accounts-1))%accounts)
				var err error
				switch n % 4 {
				case 0: // a Put between the others
					if err = increment(s, from); err == nil {
						added.Add(1)
					}
				case 1:
					before := added.Load()
					if sum := sumOf(t, s); sum < total+before || sum > total+added.Load()+3 {
						t.Errorf("the sum is %d; want %d and %d or few more", sum, total, before)
					}
				default:
					if err = move(s, from, to); err == nil {
						moved.Add(1)
					}
				}
				if err != nil && !errors.Is(err, store.ErrConflict) {
					t.Errorf("%v", err)
				}
			}
		})
		if sum := sumOf(t, s); sum != total+added.Load() || moved.Load() == 0 {
			t.Errorf("after %d were moved and %d added, the sum is %d; want %d", moved.Load(), added.Load(), sum, total+added.Load())
		}
	},
	"refused ones do not break others": func(t *testing.T, s store.Store) {
		taken := mustPut(t, s, first, call, store.NoRevision)
		atOnce(60, func(n int) {
			changes := []store.Change{creation(numbered(ada, 2*n), full), creation(numbered(ada, 2*n+1), full)}
			switch n % 3 {
			case 0:
				wantError(t, s.Apply(background, append(changes, creation(first, full))), store.ErrExists)
			case 1:
				if err := s.Apply(background, changes); err != nil {
					t.Errorf("Apply: %v", err)
				}
			default:
				if _, _, err := s.Put(background, changes[0].Key, full, store.NoRevision); err != nil {
					t.Errorf("Put: %v", err)
				}
			}
		})
		wantCount(t, s, ada, 1+2*20+20)
		wantStored(t, s, first, taken, call)
	},
}

// move moves a tick from one statistic to another, unless another caller wrote to one of
// them meanwhile.
func move(s store.Store, from, to store.Key) error {
	giver, _, err := s.Get(background, from)
	if err != nil {
		return err
	}
	taker, _, err := s.Get(background, to)
	if err != nil {
		return err
	}
	giver.Duration.Value--
	taker.Duration.Value++
	return s.Apply(background, []store.Change{
		replacement(from, giver.Revision, giver.Record), replacement(to, taker.Revision, taker.Record),
	})
}

// sumOf returns the sum of ada's durations at one moment.
func sumOf(t testing.TB, s store.Store) int64 {
	all, err := s.List(background, ada, store.Query{Limit: 1000})
	if err != nil {
		t.Errorf("List: %v", err)
	}
	var sum int64
	for _, statistic := range all {
		sum += int64(statistic.Duration.Value)
	}
	return sum
}
