package cassandra

import (
	"testing"
	"time"
)

func TestSuspects(t *testing.T) {
	var s suspects
	start := time.Now()
	check := func(after time.Duration, isRead, wantSuspected, wantAsk bool) {
		t.Helper()
		if suspected, ask := s.check("a", isRead, start.Add(after)); suspected != wantSuspected || ask != wantAsk {
			t.Errorf("after %v: suspected %v, ask %v; want %v, %v", after, suspected, ask, wantSuspected, wantAsk)
		}
	}
	const read, write = true, false
	check(0, read, false, true)
	s.add("a", start)
	s.add("b", start)
	s.remove("b")
	check(0, read, true, false)
	check(suspectTime-1, read, true, false)
	check(suspectTime, write, true, false)
	check(suspectTime, read, true, true)
	check(suspectTime, read, true, false) // one read is enough
	check(2*suspectTime, read, true, true)
	s.remove("a")
	check(2*suspectTime, write, false, true)
	if suspected, ask := s.check("b", write, start); suspected || !ask {
		t.Error("a node that has answered again is suspected")
	}
}
