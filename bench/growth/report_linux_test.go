package growth_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

const (
	// most is by how much the throughput, the p99 and, on sqlite, the memory of a store may be worse than those of the
	// smallest one.
	most = 1.5
	// leastOfBest is the part of the best throughput that is left with more connections.
	leastOfBest = 0.5
	// longestStart is the most time from the start of a process to its first response.
	longestStart = 300 * time.Millisecond
)

// report is what was measured.
type report struct {
	sqlite, memory []*filled
	size           int // of the store to which many connections were opened
	connected      []connected
}

// median returns the medians of the figures of all rounds.
func median(rounds []figures) figures {
	return figures{
		rate:    middle(rounds, func(f figures) float64 { return f.rate }),
		refused: middle(rounds, func(f figures) float64 { return f.refused }),
		p99:     middle(rounds, func(f figures) time.Duration { return f.p99 }),
	}
}

func middle[V cmp.Ordered](rounds []figures, of func(figures) V) V {
	var all []V
	for _, one := range rounds {
		all = append(all, of(one))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// faults returns what is out of its bound.
func (r *report) faults() (faults []string) {
	for _, all := range [][]*filled{r.sqlite, r.memory} {
		for _, op := range operations {
			first := median(all[0].measured[op.name])
			for _, one := range all[1:] {
				if f := median(one.measured[op.name]); f.worseThan(first) > most {
					faults = append(faults, fmt.Sprintf("%s at %d statistics: %s; at %d: %s", op.name, one.size, f, all[0].size, first))
				}
			}
		}
	}
	for _, one := range r.sqlite {
		if one.peak > most*r.sqlite[0].peak {
			faults = append(faults, fmt.Sprintf("the server of %d statistics had %.0f MiB; that of %d had %.0f MiB", one.size, one.peak, r.sqlite[0].size, r.sqlite[0].peak))
		}
		if one.started > longestStart {
			faults = append(faults, fmt.Sprintf("the first response at %d statistics came after %s", one.size, one.started))
		}
	}
	for _, op := range []operation{patch, get} {
		best := 0.0
		for _, with := range r.connected {
			rate := median(with.measured[op.name]).rate
			if best = max(best, rate); rate < leastOfBest*best {
				faults = append(faults, fmt.Sprintf("%s with %d connections: %.0f a second; with fewer: %.0f", op.name, with.count, rate, best))
			}
		}
	}
	return faults
}

// worseThan returns by what factor the throughput or the p99 is worse, whichever is worse.
func (f figures) worseThan(other figures) float64 {
	return max(other.rate/f.rate, float64(f.p99)/float64(other.p99))
}

func (f figures) String() string {
	return fmt.Sprintf("%s/s, %s", thousands(int64(f.rate)), milliseconds(f.p99))
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// thousands writes a number with commas.
func thousands(n int64) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
