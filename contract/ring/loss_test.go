package ring_test

import (
	"flag"
	"testing"
	"time"

	"afterhours/contract/program"
)

var phase = flag.Duration("phase", 5*time.Second, "how long clients write before and after each step of TestLostNode")

// TestLostNode: a node dies while clients write, its files are lost, and another one takes its
// place. Then another node dies. At each time, all that was acknowledged is there.
func TestLostNode(t *testing.T) {
	r := openRing(t)
	load := newLoad(t, program.ServeFleet(t, 2, "--store", r.address))
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"all nodes", func() {}},
		{"node 2 is dead", func() { r.do("kill", 1) }},
		{"another node 2 without its files", func() { r.do("replace", 1) }},
		// The new node has each row from one replica. Without a repair, that may be the one that missed a write.
		{"node 2 is repaired", func() { r.do("nodetool", 1, "repair", "--full", r.keyspace) }},
		{"node 3 is dead", func() { r.do("kill", 2) }},
	} {
		begun := time.Now()
		load.start()
		step.do()
		took := time.Since(begun)
		time.Sleep(*phase)
		load.stop()
		statistics := load.readAll()
		writes, refused, longest := load.sum()
		t.Logf("%s (after %.1f s): %d statistics read back, %d writes acknowledged so far, %d responses 503, the slowest write took %.1f s with its retries",
			step.name, took.Seconds(), statistics, writes, refused, longest.Seconds())
		if longest > *within {
			t.Errorf("a write succeeded after %v; want at most %v", longest, *within)
		}
	}
}

// TestRollingRestartOfTheRing: the nodes are shut down and started one after the other while clients write.
// Each request succeeds within ten seconds, and all that was acknowledged is there.
func TestRollingRestartOfTheRing(t *testing.T) {
	r := openRing(t)
	load := newLoad(t, program.ServeFleet(t, 2, "--store", r.address))
	begun := time.Now()
	load.start()
	time.Sleep(*phase)
	for node := range nodes {
		r.do("stop-node", node)
		r.do("start-node", node)
		time.Sleep(settle)
	}
	load.stop()
	took := time.Since(begun)
	statistics := load.readAll()
	writes, refused, longest := load.sum()
	t.Logf("%d nodes restarted in %v: %d writes acknowledged, %d responses 503, the slowest write took %.1f s with its retries; %d statistics read back",
		nodes, took.Round(time.Second), writes, refused, longest.Seconds(), statistics)
	if longest > *within {
		t.Errorf("a write succeeded after %v; want at most %v", longest, *within)
	}
}
