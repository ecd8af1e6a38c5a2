package simulation

import (
	"math"
	"math/rand/v2"
	"testing"
)

// exponential is the spread of times without memory.
func exponential() Spread {
	const quantiles = 10_000
	var times []float64
	for n := range quantiles {
		times = append(times, -math.Log(1-(float64(n)+0.5)/quantiles))
	}
	return NewSpread(times)
}

// TestQueuesFollowTheFormulas compares the mean time in a queue of one core, to which work comes at random times, with
// the formula of Pollaczek and Khinchine: 1/(1-use) of the work if it has no memory (M/M/1), and
// 1+use/2/(1-use) of it if it is always the same (M/D/1).
func TestQueuesFollowTheFormulas(t *testing.T) {
	for _, test := range []struct {
		name   string
		spread Spread
		mean   func(use float64) float64
	}{
		{"M/M/1", exponential(), func(use float64) float64 { return 1 / (1 - use) }},
		{"M/D/1", Same, func(use float64) float64 { return 1 + use/2/(1-use) }},
	} {
		for _, use := range []float64{0.1, 0.5, 0.8} {
			if got, want := meanTime(test.spread, 1, use), test.mean(use); math.Abs(got/want-1) > 0.04 {
				t.Errorf("%s, %.0f%% used: the mean time is %.3f; want %.3f", test.name, 100*use, got, want)
			}
		}
	}
}

// TestSeveralCores compares the mean time of work without memory at two cores with the formula of M/M/2.
func TestSeveralCores(t *testing.T) {
	for _, use := range []float64{0.3, 0.8} {
		if got, want := meanTime(exponential(), 2, use), 1/(1-use*use); math.Abs(got/want-1) > 0.04 {
			t.Errorf("%.0f%% used: the mean time is %.3f; want %.3f", 100*use, got, want)
		}
	}
}

// meanTime returns the mean time from arrival to end, of work that takes a second in the mean.
func meanTime(spread Spread, cores int, use float64) float64 {
	random := rand.New(rand.NewPCG(1, 2))
	c, s := &clock{}, newStation(cores)
	const most = 300_000
	count, total := 0, 0.0
	var arrive func()
	arrive = func() {
		total += s.serve(c.now, spread.draw(random)) - c.now
		if count++; count < most {
			c.at(c.now+random.ExpFloat64()/use/float64(cores), arrive)
		}
	}
	c.at(0, arrive)
	c.run(math.MaxFloat64)
	return total / most
}

// TestClock schedules events in any order, some at the same time.
func TestClock(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	c := &clock{}
	type ran struct {
		at    float64
		order int
	}
	var all []ran
	for order := range 1000 {
		at := float64(random.IntN(100))
		c.at(at, func() {
			if c.now != at {
				t.Errorf("an event of second %v ran in second %v", at, c.now)
			}
			all = append(all, ran{at, order})
		})
	}
	c.run(98)
	if c.now != 98 || len(all) == 1000 || all[len(all)-1].at > 98 {
		t.Errorf("up to second 98, %d events ran, the last in second %v", len(all), all[len(all)-1].at)
	}
	c.run(99)
	for n := 1; n < len(all); n++ {
		if a, b := all[n-1], all[n]; a.at > b.at || a.at == b.at && a.order > b.order {
			t.Fatalf("%v ran before %v", a, b)
		}
	}
	if len(all) != 1000 {
		t.Errorf("%d of 1000 events ran", len(all))
	}
}
