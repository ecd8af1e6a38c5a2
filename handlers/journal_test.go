package handlers

import (
	"runtime"
	"strings"
	"testing"
)

// TestCutKeepsNoMore: an entry of the journal keeps what it shows of a header or a path, not the whole text.
func TestCutKeepsNoMore(t *testing.T) {
	heap := func() int64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	kept := make([]string, 500)
	before := heap()
	for i := range kept {
		kept[i] = cut(strings.Repeat("a", 30<<10), maxJournaledHeader)
	}
	if each := (heap() - before) / int64(len(kept)); each > 1<<10 {
		t.Errorf("a text cut to %d bytes takes %d", len(kept[0]), each)
	}
}
