package limits_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/handlers/limits"
)

// work does a piece of long work that takes a time, and returns when it began and whether it was done.
func work(l *limits.Limits, name string, takes time.Duration) (begun time.Time, err error) {
	place, err := l.Long(context.Background(), caller(name))
	if err != nil {
		return time.Time{}, err
	}
	defer place.Close()
	begun = time.Now()
	time.Sleep(takes)
	return begun, nil
}

// TestDearWorkGoesToTheSlowLane checks that a caller whose queries take a second soon does one at a
// time, with pauses while others are active, and that those others never wait.
func TestDearWorkGoesToTheSlowLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limits.New(2, 0)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		done := make(chan int, 50)
		for range 50 { // connections of one caller, who tries again at once
			go func() {
				count := 0
				for ctx.Err() == nil {
					if _, err := work(l, "dear", time.Second); err == nil {
						count++
					}
					time.Sleep(time.Millisecond)
				}
				done <- count
			}()
		}
		time.Sleep(3 * time.Second) // the savings of the caller are spent
		for ctx.Err() == nil {
			asked := time.Now()
			begun, err := work(l, "honest", 3*time.Millisecond)
			if err != nil || begun.Sub(asked) > 0 {
				t.Fatalf("an honest list waited %v: %v", begun.Sub(asked), err)
			}
			time.Sleep(20 * time.Millisecond)
			if s := l.State(); s.Slow.Running > 1 || s.Fast.Running > 0 {
				t.Fatalf("the dear caller has %d slow and %d fast slots", s.Slow.Running, s.Fast.Running)
			}
		}
		total := 0
		for range 50 {
			total += <-done
		}
		if total < 25 || total > 36 {
			t.Errorf("%d dear queries in a minute; about half of it is for them", total)
		}
		time.Sleep(10 * time.Second)
		if s := l.State(); s.Slow.Running != 0 || s.Slow.Waiting != 0 || s.Answers.Taken != 0 {
			t.Errorf("at the end %+v", s)
		}
	})
}

// TestAloneNobodyPauses checks that a dear caller without others works without pauses.
func TestAloneNobodyPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limits.New(2, 0)
		begun := time.Now()
		for range 10 {
			if _, err := work(l, "dear", time.Second); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took != 10*time.Second {
			t.Errorf("ten queries of a second took %v", took)
		}
	})
}

// TestDearCallersShareTheSlowLane checks that dear callers take turns, and get out of the slow lane
// when they have paid.
func TestDearCallersShareTheSlowLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limits.New(4, 0) // two slow slots
		counts := map[string]int{}
		for _, name := range []string{"a", "b", "c"} {
			if _, err := work(l, name, 600*time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}
		deadline := time.Now().Add(time.Minute)
		finished := make(chan string, 1000)
		for _, name := range []string{"a", "a", "a", "b", "c"} {
			go func() {
				for time.Now().Before(deadline) {
					if _, err := work(l, name, 300*time.Millisecond); err == nil {
						finished <- name
					}
				}
			}()
		}
		time.Sleep(70 * time.Second)
		for len(finished) > 0 {
			counts[<-finished]++
		}
		if counts["a"] > 2*counts["b"] || counts["a"] > 2*counts["c"] || counts["b"] < 30 {
			t.Errorf("%v; a has three connections and may not have twice as much", counts)
		}
		place, err := l.Long(t.Context(), caller("a"))
		if err != nil {
			t.Fatal(err)
		}
		defer place.Close()
		if s := l.State(); s.Fast.Running != 1 {
			t.Errorf("after ten seconds without work the caller is not in the fast lane: %+v", s)
		}
	})
}

// TestShortListsAreNeverDear checks that a caller of many short lists stays in the fast lane.
func TestShortListsAreNeverDear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limits.New(2, 0)
		for range 1000 {
			place, err := l.Long(t.Context(), caller("honest"))
			if err != nil {
				t.Fatal(err)
			}
			if l.State().Fast.Running != 1 {
				t.Fatal("a short list is in the slow lane")
			}
			time.Sleep(15 * time.Millisecond)
			place.Leave(50 << 10)
			place.Close()
		}
	})
}

// TestAnswersAreHeldUntilTheyAreWritten checks that a slow reader takes memory and no place.
func TestAnswersAreHeldUntilTheyAreWritten(t *testing.T) {
	l := limits.New(2, 0)
	var reading []*limits.Place
	for {
		place, err := l.Long(t.Context(), caller("slow reader"))
		if errors.Is(err, limits.ErrBusy) {
			break
		}
		place.Leave(8 << 20)
		reading = append(reading, place)
	}
	s := l.State()
	if s.Answers.Taken > s.Answers.Limit/4+8<<20 || len(reading) < 2 || s.Fast.Running+s.Slow.Running != 0 {
		t.Errorf("%d answers of 8 MiB are held by one caller: %+v", len(reading), s)
	}
	if place, err := l.Long(t.Context(), caller("another")); err != nil {
		t.Errorf("another caller: %v", err)
	} else {
		place.Close()
	}
	for _, place := range reading {
		place.Close()
	}
	if s := l.State(); s.Answers.Taken != 0 {
		t.Errorf("at the end %d bytes", s.Answers.Taken)
	}
}

// TestLargeBodiesDoNotStopSmallOnes checks the two shares of memory for bodies, and the quarter of a
// caller.
func TestLargeBodiesDoNotStopSmallOnes(t *testing.T) {
	l := limits.New(2, 0)
	held := map[string]int{}
	var bodies []*limits.Body
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		for {
			body := l.Body(caller(name))
			if err := errors.Join(body.Hold(4<<10), body.Hold(8<<10)); err != nil {
				t.Fatalf("a small body: %v", err)
			}
			if err := body.Hold(4 << 20); err != nil {
				if !errors.Is(err, limits.ErrBusy) {
					t.Fatal(err)
				}
				bodies = append(bodies, body)
				break
			}
			held[name]++
			bodies = append(bodies, body)
		}
	}
	if held["a"] != 8 || held["d"] != 8 || held["e"] != 0 {
		t.Errorf("bodies of 4 MiB: %v; a caller has a quarter of 128 MiB", held)
	}
	if s := l.State(); s.LargeBodies.Taken != 128<<20 || s.SmallBodies.Taken != 5*8<<10 || s.LargeBodies.Refused != 5 {
		t.Errorf("held: %+v %+v", s.LargeBodies, s.SmallBodies)
	}
	for _, body := range bodies {
		body.Free()
		body.Free()
	}
	if s := l.State(); s.LargeBodies.Taken != 0 || s.SmallBodies.Taken != 0 {
		t.Errorf("at the end %+v %+v", s.LargeBodies, s.SmallBodies)
	}
}

// TestSpend checks that requests are taken all or none, and that each caller has a rate of its own.
func TestSpend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limits.New(2, 100)
		if wait := l.Spend(caller("a"), 90); wait != 0 {
			t.Errorf("90 of 100: %v", wait)
		}
		if wait := l.Spend(caller("a"), 20); wait != 100*time.Millisecond {
			t.Errorf("20 of the last 10: after %v, want 100ms", wait)
		}
		if wait := l.Spend(caller("a"), 10); wait != 0 {
			t.Errorf("the last 10 were taken, although 20 were refused: %v", wait)
		}
		if wait := l.Spend(caller("b"), 100); wait != 0 {
			t.Errorf("another caller: %v", wait)
		}
		time.Sleep(time.Second)
		if wait := l.Spend(caller("a"), 100); wait != 0 {
			t.Errorf("a second later: %v", wait)
		}
		if s := l.State(); s.PerSecond != 100 || s.Throttled != 1 {
			t.Errorf("%+v", s)
		}
		if few := limits.New(2, 1); few.Spend(caller("a"), 20) != 0 || few.Spend(caller("a"), 1) != time.Second {
			t.Error("at a rate of one a second, a batch of 20 is possible, and then one more after a second")
		}
		if limits.New(2, 0).Spend(caller("a"), 1e6) != 0 {
			t.Error("without a limit")
		}
	})
}
