// Package bounded owns how much memory and time one input of a fuzz target may take. It
// leaves alone which result is right.
package bounded

import (
	"runtime/metrics"
	"time"
)

// The limits of an input. maxAllocated is in bytes and counts all allocations of the process,
// freed ones too. maxTook is so long that only an endless loop takes it, even on a busy machine.
const (
	maxAllocated = 64 << 20
	maxTook      = 10 * time.Second
)

// Input begins to measure an input. done ends the measurement, and fails the test if the
// input took more than a limit.
func Input(t interface {
	Helper()
	Errorf(format string, values ...any)
}) (done func()) {
	allocated, begun := allocations(), time.Now()
	return func() {
		t.Helper()
		if cost := allocations() - allocated; cost > maxAllocated {
			t.Errorf("%d bytes were allocated; the limit is %d", cost, maxAllocated)
		}
		if took := time.Since(begun); took > maxTook {
			t.Errorf("it took %v; the limit is %v", took, maxTook)
		}
	}
}

func allocations() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
