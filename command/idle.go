package command

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A process is idle if it has allocated less than idleBytes in the time of idleTick.
const (
	idleTick  = 5 * time.Second
	idleBytes = 1 << 20
)

// releaseWhenIdle gives memory back to the system each time the process becomes idle, until the context
// ends. The Go runtime would keep what the start or a peak of requests has left: it counts the ballast of
// the heap as memory that is in use, and so collects seldom.
func releaseWhenIdle(ctx context.Context) {
	ticks := time.NewTicker(idleTick)
	defer ticks.Stop()
	for i := (idleness{}); ; {
		select {
		case <-ticks.C:
			if i.begins(allocatedBytes()) {
				runtime.GC() // a sync.Pool gives up what it holds at the second collection only
				debug.FreeOSMemory()
			}
		case <-ctx.Done():
			return
		}
	}
}

// allocatedBytes returns the bytes that the process has allocated on its heap since its start.
func allocatedBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// idleness finds when a process becomes idle.
type idleness struct {
	last     uint64 // allocated bytes at the last tick
	released uint64 // allocated bytes when the process last became idle
}

// begins is called at every tick with the bytes that the process has ever allocated. It reports whether
// the process was busy before, and is idle now.
func (i *idleness) begins(allocated uint64) bool {
	isIdle, wasBusy := allocated-i.last < idleBytes, allocated-i.released >= idleBytes
	i.last = allocated
	if isIdle && wasBusy {
		i.released = allocated
	}
	return isIdle && wasBusy
}
