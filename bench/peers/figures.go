package main

import (
	"cmp"
	"slices"
	"time"
)

// series is the samples of one server, one for each round.
type series struct {
	peer    peer
	samples []sample
}

// row is a series as the page shows it: the median of each figure.
type row struct {
	Title    string
	Rate     float64
	P50, P99 time.Duration
	ToBare   float64 // its rate to that of the first series
	OfSQLite float64 // the rate of Afterhours with sqlite to its own; 0 without that server
}

// rows returns a row for each series. The first one is the bare handler.
func rows(all []series) (table []row) {
	sqlite := slices.IndexFunc(all, func(s series) bool { return s.peer.name == "sqlite" })
	for _, one := range all {
		r := row{
			Title:  one.peer.title,
			Rate:   median(one.samples, func(s sample) float64 { return s.rate }),
			P50:    median(one.samples, func(s sample) time.Duration { return s.p50 }),
			P99:    median(one.samples, func(s sample) time.Duration { return s.p99 }),
			ToBare: ratio(one, all[0]),
		}
		if sqlite >= 0 {
			r.OfSQLite = ratio(all[sqlite], one)
		}
		table = append(table, r)
	}
	return table
}

// ratio returns the median of the ratios of the rounds. What slows the machine down for a while
// slows down all servers of a round, so this moves less than the ratio of medians.
func ratio(one, other series) float64 {
	ratios := make([]float64, len(one.samples))
	for n := range ratios {
		ratios[n] = one.samples[n].rate / other.samples[n].rate
	}
	return median(ratios, func(r float64) float64 { return r })
}

// median returns the median of a figure of the values: of an even number, the lower of the two
// in the middle. There must be one value at least.
func median[V any, F cmp.Ordered](values []V, figure func(V) F) F {
	figures := make([]F, len(values))
	for n, v := range values {
		figures[n] = figure(v)
	}
	slices.Sort(figures)
	return figures[(len(figures)-1)/2]
}
