package simulation

import (
	"math/rand/v2"
	"slices"
)

// station is a machine with cores. Work waits for one of them, first come first served.
type station struct {
	free []float64 // when each core has done all work so far
	busy float64   // seconds of work, of all cores together
}

func newStation(cores int) *station { return &station{free: make([]float64, cores)} }

// serve takes work that arrives now, and returns when it is done. Work must be given in the order in which it arrives.
func (s *station) serve(now, work float64) (done float64) {
	core := 0
	for n, at := range s.free {
		if at < s.free[core] {
			core = n
		}
	}
	s.free[core] = max(now, s.free[core]) + work
	s.busy += work
	return s.free[core]
}

// Spread says how much times differ: the quantiles of their ratio to the mean, all equally likely. The mean is 1.
type Spread []float64

// NewSpread returns the spread of times. There must be one at least, and not all may be 0.
func NewSpread(times []float64) Spread {
	total := 0.0
	for _, one := range times {
		total += one
	}
	spread := Spread(slices.Clone(times))
	for n := range spread {
		spread[n] *= float64(len(times)) / total
	}
	return spread
}

// Same is the spread of times that are all the same.
var Same = Spread{1}

func (s Spread) draw(random *rand.Rand) float64 { return s[random.IntN(len(s))] }
