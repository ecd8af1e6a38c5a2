package command

import "testing"

// TestStreamsAreShared: while there is room, a connection may have any number of streams. Then each may
// have its share, and at least one.
func TestStreamsAreShared(t *testing.T) {
	s := &streams{}
	greedy := &streamCount{}
	for i := range maxStreams {
		if !s.begin(greedy) {
			t.Fatalf("stream %d is refused", i)
		}
	}
	if s.begin(greedy) {
		t.Error("a stream beyond all is not refused")
	}
	counts := make([]*streamCount, 2*maxStreams)
	for i := range counts {
		counts[i] = &streamCount{}
		if !s.begin(counts[i]) {
			t.Fatalf("the only stream of connection %d is refused", i)
		}
	}
	if s.begin(counts[0]) {
		t.Error("a second stream of a connection is not refused while there are more connections than streams")
	}
	for range maxStreams {
		s.end(greedy)
	}
	for _, count := range counts {
		s.end(count)
	}
	if s.all.Load() != 0 || s.connections.Load() != 0 || !s.begin(greedy) {
		t.Errorf("%d streams of %d connections are left", s.all.Load(), s.connections.Load())
	}
}
