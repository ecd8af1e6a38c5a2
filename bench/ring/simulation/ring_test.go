package simulation

import (
	"math"
	"reflect"
	"slices"
	"testing"
)

// costs are round figures.
var costs = Costs{Client: 0.00005, Server: 0.0002, ServerRead: 0.0001, Read: Work{0.0001, 0.0001}, Write: Work{0.0004, 0.0006},
	ReadWait: 0.0005, WriteWait: 0.002, More: 0.2, Backoff: 0.05, Spread: Spread{0.5, 0.75, 1, 1, 1.75}}

// ofNodes returns a ring of nodes with two cores, and as many servers.
func ofNodes(count int) Ring {
	return Ring{Nodes: count, Cores: 2, Replicas: 3, Servers: count, ServerCores: 2, Network: 0.0002, Costs: costs, Seed: 1}
}

// perPatch is the processor time of all nodes for a PATCH: two reads and a transaction, each with its replicas.
var perPatch = 2*(costs.Read.Coordinator+3*costs.Read.Replica) + costs.Write.Coordinator + 3*costs.Write.Replica

// TestNoRequestIsLost counts the requests, also of a ring that gets more than it can serve.
func TestNoRequestIsLost(t *testing.T) {
	for _, load := range []Load{
		{Rate: 1000, Users: 1e6}, {Rate: 1000, Users: 1e6, Reads: 1}, {Rate: 9000, Users: 1e6}, {Clients: 64, Users: 1e6, Reads: 0.5},
		{Rate: 1000, Users: 1e6, HotUser: 0.5}, {Rate: 1000, Users: 1e6, HotUser: 0.5, ByUser: true},
	} {
		got := Run(ofNodes(3), load, 0.5, 3)
		if got.Arrived != got.Served+got.Refused+got.Waiting || got.Served == 0 {
			t.Errorf("%+v: %d arrived, %d were served, %d refused and %d wait", load, got.Arrived, got.Served, got.Refused, got.Waiting)
		}
	}
}

// TestLittle compares the requests under way with their rate times their mean time (Little's law).
func TestLittle(t *testing.T) {
	for _, load := range []Load{{Rate: 1000, Users: 1e6}, {Rate: 1200, Users: 1e6, Reads: 0.5, Tenants: 100}, {Clients: 16, Users: 1e6}} {
		got := Run(ofNodes(3), load, 1, 20)
		if want := got.Rate * got.Mean; math.Abs(got.InFlight/want-1) > 0.02 {
			t.Errorf("%+v: %.3f requests are under way; want %.3f", load, got.InFlight, want)
		}
	}
}

// TestWorkIsThatOfTheCosts compares how busy the nodes and servers are with the sum of the costs.
func TestWorkIsThatOfTheCosts(t *testing.T) {
	const rate = 1000
	got := Run(ofNodes(3), Load{Rate: rate, Users: 1e6}, 1, 20)
	if want := rate * perPatch / (3 * 2); math.Abs(got.Use/want-1) > 0.03 {
		t.Errorf("the nodes are %.3f used; want %.3f", got.Use, want)
	}
	if want := rate * costs.Server / (3 * 2); math.Abs(got.ServerUse/want-1) > 0.03 {
		t.Errorf("the servers are %.3f used; want %.3f", got.ServerUse, want)
	}
}

// TestOneRequestAlone compares the time of a request that meets no other with the sum of its steps.
func TestOneRequestAlone(t *testing.T) {
	alone := ofNodes(3)
	alone.Costs.Spread = Same
	c := alone.Costs
	// A message to the coordinator and its answer, and between nodes, in each round.
	read := c.Read.Coordinator + c.Read.Replica + c.ReadWait + 4*alone.Network
	round := c.Write.Coordinator/3 + c.Write.Replica/3 + c.WriteWait + 2*alone.Network
	for _, test := range []struct {
		name string
		load Load
		want float64
	}{
		{"GET", Load{Rate: 1, Users: 1e6, Reads: 1}, c.ServerRead + read},
		{"PATCH", Load{Rate: 1, Users: 1e6}, c.Server + read + read + 3*round + 2*alone.Network},
	} {
		if got := Run(alone, test.load, 1, 100).P50; math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %.6f s; want %.6f", test.name, got, test.want)
		}
	}
}

// TestMoreNodesServeNotLess gives rings of more and more nodes, with as many servers, the same load.
func TestMoreNodesServeNotLess(t *testing.T) {
	last := 0.0
	for _, nodes := range []int{3, 4, 6, 12} {
		got := Run(ofNodes(nodes), Load{Rate: 4000, Users: 1e6}, 0.5, 1.5)
		if got.Rate < 0.99*last {
			t.Errorf("%d nodes serve %.0f/s; fewer nodes served %.0f/s", nodes, got.Rate, last)
		}
		last = got.Rate
	}
	if last < 0.97*4000 {
		t.Errorf("12 nodes serve %.0f/s of 4000", last)
	}
}

// TestSameSeed runs a simulation twice, and once with another seed.
func TestSameSeed(t *testing.T) {
	load := Load{Rate: 2000, Users: 1000, Tenants: 10, Reads: 0.3, HotUser: 0.1}
	one, again := ofNodes(5), ofNodes(5)
	other := one
	other.Seed = 2
	first := Run(one, load, 0.2, 1)
	if second := Run(again, load, 0.2, 1); !reflect.DeepEqual(first, second) {
		t.Errorf("the same seed gave %+v and then %+v", first, second)
	}
	if third := Run(other, load, 0.2, 1); reflect.DeepEqual(first, third) {
		t.Errorf("another seed gave the same: %+v", third)
	}
}

// TestPlacement looks at the replicas of each part of the ring.
func TestPlacement(t *testing.T) {
	r := newRing(ofNodes(10))
	first := make([]int, 10)
	for _, replicas := range r.placement.parts {
		first[replicas[0]]++
		sorted := slices.Sorted(slices.Values(replicas))
		if len(slices.Compact(sorted)) != 3 {
			t.Fatalf("the replicas of a part are %v; want three different nodes", replicas)
		}
	}
	for node, parts := range first {
		if parts != tokensOfNode {
			t.Errorf("node %d begins %d parts; want %d", node, parts, tokensOfNode)
		}
	}
}

// TestAQuorumIsEnough keeps replicas busy for ten seconds. A transaction waits for two of three.
func TestAQuorumIsEnough(t *testing.T) {
	for busy, want := range []bool{true, true, false} {
		r := newRing(ofNodes(3))
		const key = 1
		for _, node := range r.placement.of(key)[3-busy:] {
			for range r.Cores {
				r.nodes[node].serve(0, 10)
			}
		}
		written := false
		r.write(key, 1, func(bool) { written = true })
		r.clock.run(1)
		if written != want {
			t.Errorf("with %d busy replicas, a transaction has ended: %v; want %v", busy, written, want)
		}
	}
}
