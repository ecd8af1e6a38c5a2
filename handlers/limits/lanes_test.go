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

// TestDearBatchGoesToTheSlowLaneInItsMidst checks that the requests of one batch are measured one by one,
// and that none of them is refused, however many others wait.
func TestDearBatchGoesToTheSlowLaneInItsMidst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limits.New(2, 0)
		place, err := l.Pages(t.Context(), caller("dear"), 20)
		if err != nil {
			t.Fatal(err)
		}
		for range 80 { // they wait and are refused
			go func() { _, _ = work(l, "dear", 5*time.Second) }()
		}
		begun := time.Now()
		slow := 0
		for n := range 10 {
			if _, err := work(l, "honest", time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				if err := place.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			slow += l.State().Slow.Running
			time.Sleep(time.Second)
		}
		place.Close()
		if took := time.Since(begun); slow < 8 || took < 15*time.Second {
			t.Errorf("%d of ten requests of a second were in the slow lane, and all took %v", slow, took)
		}
		time.Sleep(time.Minute)
		if s := l.State(); s.Slow.Running+s.Fast.Running != 0 || s.Answers.Taken != 0 {
			t.Errorf("at the end %+v", s)
		}
	})
}

// TestNextEndsWithItsContext checks that a place whose context ends between two pieces of work is given
// back once.
func TestNextEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limits.New(2, 0)
		for range 2 { // the savings are spent
			if _, err := work(l, "dear", time.Second); err != nil {
				t.Fatal(err)
			}
		}
		go func() { _, _ = work(l, "dear", 10*time.Second) }()
		place, err := l.Long(t.Context(), caller("other"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second) // the savings of the other are spent as well
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := place.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Next: %v", err)
		}
		if err := place.Next(t.Context()); !errors.Is(err, limits.ErrBusy) {
			t.Errorf("Next after it: %v", err)
		}
		place.Close()
		time.Sleep(time.Minute)
		if s := l.State(); s.Slow.Running+s.Fast.Running != 0 || s.Answers.Taken != 0 {
			t.Errorf("at the end %+v", s)
		}
	})
}
