// Package bounded owns what one input of a fuzz target may cost: memory and time. It
// leaves alone what is right about the answer.
package bounded

import (
	"runtime/metrics"
	"time"
)

// The bounds of an input. All that is allocated counts, freed or not, by whomever in
// the process; the time is one that only what has no end takes, even on a busy machine.
const (
	maxAllocated = 64 << 20
	maxTook      = 10 * time.Second
)

// Input begins an input. The function that it returns ends it, and fails the test if
// it cost more than one may.
func Input(t interface {
	Helper()
	Errorf(format string, values ...any)
}) (done func()) {
	allocated, begun := allocations(), time.Now()
	return func() {
		t.Helper()
		if cost := allocations() - allocated; cost > maxAllocated {
			t.Errorf("%d bytes were allocated; %d are the most", cost, maxAllocated)
		}
		if took := time.Since(begun); took > maxTook {
			t.Errorf("it took %v; %v is the most", took, maxTook)
		}
	}
}

func allocations() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
