package metrics

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// timings are histograms of times with two labels. HistogramVec would take most of the time of an
// observation to find the histogram: it checks and hashes the texts each time.
type timings struct {
	*prometheus.HistogramVec
	known atomic.Pointer[map[[2]string]prometheus.Observer]
	mu    sync.Mutex // for those who replace known
}

func newTimings(options prometheus.HistogramOpts, labels ...string) *timings {
	t := &timings{HistogramVec: prometheus.NewHistogramVec(options, labels)}
	t.known.Store(&map[[2]string]prometheus.Observer{})
	return t
}

// observe adds a time to the histogram with the values of the two labels, of which there must be few.
func (t *timings) observe(one, other string, took time.Duration) {
	found, ok := (*t.known.Load())[[2]string{one, other}]
	if !ok {
		found = t.add(one, other)
	}
	found.Observe(took.Seconds())
}

// add makes a histogram known.
func (t *timings) add(one, other string) prometheus.Observer {
	t.mu.Lock()
	defer t.mu.Unlock()
	added := t.WithLabelValues(one, other) // the same one for all who come at once
	known := maps.Clone(*t.known.Load())
	known[[2]string{one, other}] = added
	t.known.Store(&known)
	return added
}
