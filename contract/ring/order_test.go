package ring_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"afterhours/contract/history"
	"afterhours/contract/program"
)

var (
	requests = flag.Int("requests", 2000, "how many requests TestOneOrderExplainsAll sends during each kind of failure")
	every    = flag.Duration("every", 20*time.Second, "the time from one failure to the next")
	atMost   = flag.Duration("at-most", 12*time.Hour, "the time after which TestOneOrderExplainsAll sends no further request")
	within   = flag.Duration("within", 10*time.Second, "how long a client may be without a success")
)

// settle is how long a failure waits for the ring to know that its nodes are there.
const settle = 3 * time.Second

// TestOneOrderExplainsAll: 32 clients send requests to two servers over the ring, while a node or a
// server fails again and again. An order of the same requests, one at a time, explains all
// responses, and no client is long without a success.
func TestOneOrderExplainsAll(t *testing.T) {
	for _, test := range []struct {
		name      string
		begin     func(r *ring, fleet *program.Fleet, n int)
		end       func(r *ring, n int)
		needsRoot bool
	}{
		{"nodes killed", func(r *ring, _ *program.Fleet, n int) { r.do("kill", n) }, func(r *ring, n int) { r.do("start-node", n) }, false},
		{"nodes paused", func(r *ring, _ *program.Fleet, n int) { r.do("pause", n) }, func(r *ring, n int) { r.do("resume", n) }, false},
		{"nodes cut off", func(r *ring, _ *program.Fleet, n int) { r.do("cut", n) }, func(r *ring, n int) { r.do("rejoin", n) }, true},
		{"servers killed", func(_ *ring, fleet *program.Fleet, _ int) { fleet.Kill() }, func(*ring, int) {}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.needsRoot && os.Geteuid() != 0 {
				t.Skip("iptables needs root")
			}
			r := openRing(t)
			fleet := program.ServeFleet(t, 2, "--store", r.address)
			begun := time.Now()
			run := history.Start(t, fleet, *requests)
			ended := time.AfterFunc(*atMost, run.Stop)
			defer ended.Stop()
			failures := 0
			for wait := settle; !over(run, wait); failures++ {
				next := time.Now().Add(*every)
				test.begin(r, fleet, failures)
				time.Sleep(*every / 2)
				test.end(r, failures)
				wait = max(settle, time.Until(next))
			}
			recorded, took := run.Wait(), time.Since(begun).Round(time.Second)
			history.Check(t, recorded)
			gaps := slices.Sorted(slices.Values(run.Gaps()))
			longest := gaps[len(gaps)-1]
			t.Logf("%d requests in %v, %d failures; %d writes of unknown outcome; one order explains all", run.Asked(), took, failures, run.Unknown())
			t.Logf("the longest time without a success, by client: %s", seconds(gaps))
			if longest > *within {
				t.Errorf("a client was without a success for %v; want at most %v", longest, *within)
			}
			if failures == 0 {
				t.Error("nothing has failed")
			}
		})
	}
}

// over waits, and reports whether all requests have been sent and answered.
func over(run *history.Run, wait time.Duration) bool {
	select {
	case <-run.Done():
		return true
	case <-time.After(wait):
		return false
	}
}

func seconds(all []time.Duration) (text string) {
	for _, one := range all {
		text += fmt.Sprintf(" %.1f", one.Seconds())
	}
	return text + " s"
}
