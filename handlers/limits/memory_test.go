package limits_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/handlers/limits"
)

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
	var bodies []limits.Body
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
