package command

import "testing"

// TestIdleness: memory is released once after each busy time.
func TestIdleness(t *testing.T) {
	var i idleness
	for n, tick := range []struct {
		allocated uint64 // in MiB
		want      bool
	}{
		{20, false}, // the start
		{20, true},
		{20, false}, // idle for longer
		{50, false}, // requests
		{90, false},
		{90, true},
		{90, false},
	} {
		// Probes allocate a little, even in an idle process.
		if got := i.begins(tick.allocated<<20 + uint64(n)*1000); got != tick.want {
			t.Errorf("at tick %d, with %d MiB: %v; want %v", n, tick.allocated, got, tick.want)
		}
	}
}
