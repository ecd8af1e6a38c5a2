package ring_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"testing"
	"time"

	"afterhours/bench/ring/simulation"
)

// readsOfPatch is how often a PATCH reads a partition: once for the statistic, as the server does not remember most of
// so many, and once in the step that writes it.
const readsOfPatch = 2

// cores are those of the machine that was measured, and of each node and server that is simulated.
const cores = 2

// network is what a message takes in a data centre. On the machine that was measured it is part of the waits.
const network = 250 * time.Microsecond

// readFigures returns what TestRing has measured so far.
func readFigures(t *testing.T) *figures {
	t.Helper()
	f := &figures{}
	text, err := os.ReadFile(figuresFile)
	if errors.Is(err, fs.ErrNotExist) {
		return f
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, f); err != nil {
		t.Fatal(err)
	}
	return f
}

// ring returns the figures of the ring of a number of nodes.
func (f *figures) ring(t *testing.T, count int) *ringFigures {
	t.Helper()
	for _, r := range f.Rings {
		if r.Nodes == count {
			return r
		}
	}
	t.Fatalf("%s has no ring of %d nodes", figuresFile, count)
	return nil
}

// costs returns the costs of a request, from the ring of three nodes. Of the phases whose requests all went to node 1,
// what the other nodes did is the work of replicas, and what node 1 did besides is that of the coordinator.
func (f *figures) costs(t *testing.T) simulation.Costs {
	t.Helper()
	three := f.ring(t, 3)
	gets, patches := three.find(get, ofNode1, 1, atOnce), three.find(patch, ofNode1, 1, atOnce)
	// The work of the coordinator is the difference of two large figures. On a busy machine it may come out negative.
	read := simulation.Work{Replica: gets.others() / 2}
	read.Coordinator = max(0, gets.Node[0].Seconds()-read.Replica)
	write := simulation.Work{Replica: patches.others()/2 - readsOfPatch*read.Replica}
	write.Coordinator = max(0, patches.Node[0].Seconds()-write.Replica-readsOfPatch*(read.Coordinator+read.Replica))
	if read.Replica <= 0 || write.Replica <= 0 {
		t.Fatalf("the figures make no sense: a read costs %+v and a write %+v", read, write)
	}
	aloneGet, alonePatch := three.find(get, everybody, 1, 1), three.find(patch, everybody, 1, 1)
	c := simulation.Costs{Client: patches.Client.Seconds(), Server: patches.OneServer.Seconds(), ServerRead: gets.OneServer.Seconds(),
		Read: read, Write: write, Spread: simulation.NewSpread(aloneGet.Times[:undisturbed])} // a GET has the fewest steps
	hot := three.find(patchOwn, oneUser, 1, atOnce)
	c.More = min(1, hot.ofNodes()/(write.Coordinator+3*write.Replica))
	c.ReadWait = fit(0, 0.1, aloneGet.Times[quickest], func(wait float64) float64 {
		c.ReadWait = wait
		return three.simulate(c, 1, get, 1).P50
	})
	c.WriteWait = fit(0, 0.1, alonePatch.Times[quickest], func(wait float64) float64 {
		c.WriteWait = wait
		return three.simulate(c, 1, patch, 1).P50
	})
	c.Backoff = fit(0.001, 0.5, -three.find(patchOwn, oneUser, 3, atOnce).Rate, func(pause float64) float64 {
		c.Backoff = pause
		return -three.simulateUser(c, 3).Rate
	})
	return c
}

// The percentiles of the times of one client that show the machine as it is without other programs: the quickest tenth met
// none of them, and the slowest twentieth waited for them.
const (
	quickest    = 10
	undisturbed = 95
)

// others returns what all nodes but the first took for a request, in seconds.
func (p *phase) others() (total float64) {
	for _, node := range p.Node[1:] {
		total += node.Seconds()
	}
	return total
}

// ofNodes returns what all nodes took for a request, in seconds.
func (p *phase) ofNodes() float64 { return p.Node[0].Seconds() + p.others() }

// fit returns the value between the bounds whose figure is nearest. Larger values must have larger figures.
func fit(low, high, want float64, figure func(float64) float64) float64 {
	for range 12 {
		if middle := (low + high) / 2; figure(middle) < want {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// machine returns the measured machine, as it can be simulated. All work takes longer by a factor.
func (r *ringFigures) machine(c simulation.Costs, slower float64) simulation.Ring {
	for _, cost := range []*float64{&c.Client, &c.Server, &c.ServerRead, &c.Read.Coordinator, &c.Read.Replica, &c.Write.Coordinator, &c.Write.Replica} {
		*cost *= slower
	}
	return simulation.Ring{Nodes: r.Nodes, Cores: cores, Replicas: min(r.Nodes, 3), Servers: 1, OneMachine: true, Costs: c, Seed: 1}
}

// slower returns by how much other programs made the work longer that is done at once: 64 clients could use all cores.
func (p *phase) slower() float64 { return max(1, cores/p.Cores) }

// lasting is how long the measured machine is simulated, in seconds.
const lasting = 20

// simulate simulates a phase of the measured machine.
func (r *ringFigures) simulate(c simulation.Costs, slower float64, op operation, clients int) simulation.Result {
	load := simulation.Load{Clients: clients, Users: *users}
	if op.name == get.name {
		load.Reads = 1
	}
	return simulation.Run(r.machine(c, slower), load, 1, lasting)
}

// simulateUser simulates the phase in which all clients change statistics of one user.
func (r *ringFigures) simulateUser(c simulation.Costs, servers int) simulation.Result {
	machine := r.machine(c, r.find(patchOwn, oneUser, 1, atOnce).slower())
	machine.Servers = servers
	return simulation.Run(machine, simulation.Load{Clients: atOnce, HotUser: 1, Remembered: 1, Users: *users}, 1, lasting)
}

// ratio returns the simulated rate to the measured one.
func ratio(got simulation.Result, want *phase) float64 { return got.Rate / math.Max(want.Rate, 1e-9) }
