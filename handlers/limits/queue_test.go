package limits_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"afterhours/handlers/limits"
)

func caller(name string) limits.Caller { return limits.Caller{User: name} }

var small = limits.Bounds{Slots: 2, Each: 2, Waiting: 6, WaitingEach: 4, Patience: time.Second}

// served has the calls that got a slot, in their order.
type served struct {
	mu    sync.Mutex
	calls []string
}

func (s *served) add(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
}

func (s *served) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// hold starts calls of the caller. Each takes a slot, notes its number in order and holds the slot for
// the time. The error of each call comes out of the channel.
func hold(q *limits.Queue, name string, count int, held time.Duration, order *served) <-chan error {
	errs := make(chan error, count)
	for n := range count {
		go func() {
			err := q.Acquire(context.Background(), caller(name))
			if err == nil {
				order.add(fmt.Sprint(name, n))
				time.Sleep(held)
				q.Release(caller(name))
			}
			errs <- err
		}()
		synctest.Wait() // the calls arrive in their order
	}
	return errs
}

// TestQueueTakesTurns checks that a caller with one call does not wait for all calls of another one.
func TestQueueTakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := limits.NewQueue(small)
		var order served
		hold(q, "many", 5, 10*time.Millisecond, &order)
		hold(q, "one", 1, 10*time.Millisecond, &order)
		hold(q, "two", 1, 10*time.Millisecond, &order)
		time.Sleep(time.Second)
		got := order.all()
		if len(got) != 7 || slices.Index(got, "one0") > 3 || slices.Index(got, "two0") > 4 {
			t.Errorf("served %v; want one0 and two0 before the calls of many that waited, except the first", got)
		}
		if s := q.State(); s.Running != 0 || s.Waiting != 0 || s.Refused != 0 {
			t.Errorf("at the end %+v", s)
		}
	})
}

// TestQueueHoldsEachToItsShare checks that one caller never takes every slot.
func TestQueueHoldsEachToItsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bounds := small
		bounds.Each = 1
		q := limits.NewQueue(bounds)
		var order served
		hold(q, "many", 3, 100*time.Millisecond, &order)
		begun := time.Now()
		if err := q.Acquire(t.Context(), caller("one")); err != nil || time.Since(begun) > 0 {
			t.Errorf("another caller waited %v: %v", time.Since(begun), err)
		}
		q.Release(caller("one"))
		time.Sleep(250 * time.Millisecond)
		if want := []string{"many0", "many1", "many2"}; !slices.Equal(order.all(), want) || time.Since(begun) < 200*time.Millisecond {
			t.Errorf("served %v, want %v, one after the other", order.all(), want)
		}
		time.Sleep(time.Second)
	})
}

// TestQueueRefuses checks the bounds of those who wait, and the end of their patience.
func TestQueueRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := limits.NewQueue(small)
		var order served
		many := hold(q, "many", 6, 10*time.Second, &order) // two run, four wait
		begun := time.Now()
		if err := q.Acquire(t.Context(), caller("many")); !errors.Is(err, limits.ErrBusy) || time.Since(begun) > 0 {
			t.Errorf("a fifth waiting call of one caller: %v after %v", err, time.Since(begun))
		}
		others := hold(q, "others", 2, 0, &order)
		if err := q.Acquire(t.Context(), caller("new")); !errors.Is(err, limits.ErrBusy) || time.Since(begun) > 0 {
			t.Errorf("a seventh waiting call: %v after %v", err, time.Since(begun))
		}
		for range 4 {
			if err := <-many; !errors.Is(err, limits.ErrBusy) || time.Since(begun) != small.Patience {
				t.Errorf("a call without a slot: %v after %v", err, time.Since(begun))
			}
		}
		if err := errors.Join(<-others, <-others); !errors.Is(err, limits.ErrBusy) {
			t.Errorf("calls of others without a slot: %v", err)
		}
		if err := errors.Join(<-many, <-many); err != nil {
			t.Errorf("calls with a slot: %v", err)
		}
		if s := q.State(); s.Running != 0 || s.Waiting != 0 || s.Refused != 8 || s.Limit != 2 {
			t.Errorf("at the end %+v", s)
		}
	})
}

// TestQueueLetsACallerWaitForItself checks that calls wait longer while no other caller is there, even if the
// one before them took long, and not if another one is.
func TestQueueLetsACallerWaitForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := limits.NewQueue(limits.Bounds{Slots: 1, Each: 1, Waiting: 9, WaitingEach: 9, Patience: 10 * time.Millisecond, Alone: time.Second})
		var order served
		one := hold(q, "one", 3, 300*time.Millisecond, &order)
		time.Sleep(310 * time.Millisecond) // the pace is measured: 300 ms
		more := hold(q, "one", 1, 0, &order)
		begun := time.Now()
		if err := q.Acquire(t.Context(), caller("two")); !errors.Is(err, limits.ErrBusy) || time.Since(begun) > 10*time.Millisecond {
			t.Errorf("another caller: %v after %v", err, time.Since(begun))
		}
		if err := errors.Join(<-one, <-one, <-one, <-more); err != nil {
			t.Errorf("calls that waited for those of their own caller: %v", err)
		}
	})
}

// TestQueueForgetsThoseWhoLeave checks that a call whose context ends is served no more.
func TestQueueForgetsThoseWhoLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := limits.NewQueue(small)
		var order served
		hold(q, "many", 2, 100*time.Millisecond, &order)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begun := time.Now()
		if err := q.Acquire(ctx, caller("gone")); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 50*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		time.Sleep(time.Second)
		if s := q.State(); s.Running != 0 || s.Waiting != 0 {
			t.Errorf("at the end %+v", s)
		}
	})
}

// TestQueueRefusesAtOnceWhomItCannotServe checks that calls are refused before they have waited, if
// the pace says that they would wait too long, and that a queue that has become fast takes them again.
func TestQueueRefusesAtOnceWhomItCannotServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := limits.NewQueue(limits.Bounds{Slots: 1, Each: 1, Waiting: 100, WaitingEach: 50, Patience: time.Second})
		burst := func(name string, held time.Duration) (taken, late int) {
			var done sync.WaitGroup
			var mu sync.Mutex
			begun := time.Now()
			for range 20 {
				done.Go(func() {
					err := q.Acquire(context.Background(), caller(name))
					mu.Lock()
					if err == nil {
						taken++
					} else if time.Since(begun) > 0 {
						late++
					}
					mu.Unlock()
					if err == nil {
						time.Sleep(held)
						q.Release(caller(name))
					}
				})
			}
			done.Wait()
			return taken, late
		}
		burst("a", 300*time.Millisecond) // the pace is not known yet
		for range 3 {
			if taken, late := burst("a", 300*time.Millisecond); taken != 4 || late != 0 {
				t.Errorf("at 300 ms each, %d are served and %d are refused late; want 4 within a second, and the others at once", taken, late)
			}
		}
		for range 10 {
			burst("b", time.Millisecond)
		}
		if taken, _ := burst("b", time.Millisecond); taken != 20 {
			t.Errorf("at 1 ms each, %d of 20 are served", taken)
		}
	})
}

// TestQueueAlways checks what holds at every moment, whatever happens: never more slots than there are,
// no caller over its share, nobody who waits beside a free slot, and nothing left at the end.
func TestQueueAlways(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		bounds := limits.Bounds{
			Slots: rapid.IntRange(1, 4).Draw(rt, "slots"), Each: rapid.IntRange(1, 4).Draw(rt, "each"),
			Waiting: rapid.IntRange(1, 6).Draw(rt, "waiting"), WaitingEach: rapid.IntRange(1, 4).Draw(rt, "waiting each"),
			Patience: 100 * time.Millisecond,
		}
		type call struct {
			caller     string
			after      int
			held, gone int // in milliseconds
		}
		calls := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) call {
			return call{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "caller"), rapid.IntRange(0, 30).Draw(rt, "after"),
				rapid.IntRange(0, 80).Draw(rt, "held"), rapid.IntRange(1, 200).Draw(rt, "gone")}
		}), 1, 40).Draw(rt, "calls")
		synctest.Test(t, func(*testing.T) {
			q := limits.NewQueue(bounds)
			var mu sync.Mutex // protects the next two
			running := map[string]int{}
			total := 0
			for _, c := range calls {
				time.Sleep(time.Duration(c.after) * time.Millisecond)
				go func() {
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration(c.gone)*time.Millisecond)
					defer cancel()
					if q.Acquire(ctx, caller(c.caller)) != nil {
						return
					}
					mu.Lock()
					running[c.caller]++
					total++
					if total > bounds.Slots || running[c.caller] > bounds.Each {
						rt.Errorf("%d slots of %d; of one caller %v of %d", total, bounds.Slots, running, bounds.Each)
					}
					mu.Unlock()
					time.Sleep(time.Duration(c.held) * time.Millisecond)
					mu.Lock()
					running[c.caller]--
					total--
					mu.Unlock()
					q.Release(caller(c.caller))
				}()
				synctest.Wait()
				if s := q.State(); s.Running < bounds.Slots && s.Waiting > 0 && bounds.Each >= bounds.Slots {
					rt.Errorf("a call waits beside a free slot: %+v", s)
				}
			}
			time.Sleep(10 * time.Second)
			if s := q.State(); s.Running != 0 || s.Waiting != 0 {
				rt.Errorf("at the end %+v", s)
			}
			for range bounds.Slots { // no slot has leaked
				if err := q.Acquire(context.Background(), caller(fmt.Sprint("new", time.Now()))); err != nil {
					rt.Errorf("a new caller: %v", err)
				}
				time.Sleep(time.Millisecond)
			}
		})
	})
}

// TestEachRefusalCounts: a call counts as refused, also if it was admitted at the moment when its patience
// ended.
func TestEachRefusalCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bounds := small
		bounds.Slots = 1
		q := limits.NewQueue(bounds)
		refused := uint64(0)
		for range 3000 {
			first := hold(q, "first", 1, bounds.Patience, &served{})
			second := <-hold(q, "second", 1, 0, &served{})
			if second != nil {
				refused++
			}
			if err := <-first; err != nil {
				t.Fatal(err)
			}
		}
		if got := q.State().Refused; got != refused {
			t.Errorf("%d calls were refused, and %d count", refused, got)
		}
	})
}
