package ring_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"afterhours/bench/ring/simulation"
)

var rings = flag.String("rings", "", "numbers of nodes of the rings to simulate, as in 10,100,1000, and write simulation.md; without it, the measured rings only")

// mostOff is by what factor the simulation of a measured ring may differ from what was measured there.
const mostOff = 2

// comparison is a phase that was measured and simulated.
type comparison struct {
	nodes    int
	measured *phase
	got      simulation.Result
}

// TestSimulation compares simulations of the measured rings with the measurements, and writes the page of larger rings if
// the flag rings names some.
func TestSimulation(t *testing.T) {
	f := readFigures(t)
	c := f.costs(t)
	var all []comparison
	for _, r := range f.Rings {
		for _, op := range []operation{patch, get} {
			for _, clients := range []int{1, few, atOnce} {
				p := r.find(op, everybody, 1, clients)
				one := comparison{r.Nodes, p, r.simulate(c, r.find(op, everybody, 1, atOnce).slower(), op, clients)}
				all = append(all, one)
				t.Logf("%d nodes, %s, %d clients: %.2f of the measured rate", r.Nodes, op.name, clients, ratio(one.got, p))
				if off := ratio(one.got, p); clients == atOnce && (off > mostOff || off < 1.0/mostOff) {
					t.Errorf("%d nodes, %s, %d clients: %.0f/s are simulated and %.0f/s were measured", r.Nodes, op.name, clients, one.got.Rate, p.Rate)
				}
			}
		}
	}
	if *rings == "" {
		return
	}
	var larger []*largerRing
	for text := range strings.SplitSeq(*rings, ",") {
		nodes, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		larger = append(larger, simulateLarger(t, nodes, c))
	}
	if err := os.WriteFile("simulation.md", []byte(simulationPage(all, larger)), 0o644); err != nil {
		t.Fatal(err)
	}
	*write = true
	compare(t, growing, func(text string) string { return withPart(t, text, "simulated", simulated(larger)) })
}

// simulated returns the part of growing.md that says what larger rings do.
func simulated(larger []*largerRing) string {
	var text strings.Builder
	fmt.Fprintf(&text, "| nodes of %d cores | writes/s with a p99 within %s | writes/s a core of node | the fullest node to the mean |\n|---|---|---|---|\n",
		cores, milliseconds(bounds[1]))
	for _, l := range larger {
		at := l.most[1]
		fmt.Fprintf(&text, "| %s | %s | %.0f | %s |\n", thousands(float64(l.Nodes)), writes(at), at.Rate/float64(l.Nodes*cores), fullest(at))
	}
	last := larger[len(larger)-1]
	fmt.Fprintf(&text, `
- **A hot tenant** with half of all writes leaves the fullest of %s nodes at %s times the mean: its users are spread as
  all others are. If a tenant were one partition, it would be %s times.
- **A hot user** has about %s writes/s if one server gets all of them, and %s if any of %d does. More nodes do not help: all of a
  user is on three.
`, thousands(float64(last.Nodes)), fullest(last.tenant[0]), fullest(last.tenant[1]), round(larger[0].user[0]),
		round(larger[0].user[1]), min(larger[0].Servers, 10))
	return text.String()
}

// bounds of p99 of which the page has the highest rate, in seconds.
var bounds = []float64{0.05, 0.1}

// largerRing is a simulated ring and what it did.
type largerRing struct {
	simulation.Ring
	capacity float64 // PATCHes a second that take all of the nodes' cores
	most     []simulation.Result
	tenant   [2]simulation.Result // half of the load for one tenant: by tenant and user, and by tenant
	user     [2]float64           // the most writes a second of one user: through one server, and through any
}

// part is how much of its cores the ring needs when a tenant is hot.
const part = 0.3

func simulateLarger(t *testing.T, nodes int, c simulation.Costs) *largerRing {
	t.Helper()
	perPatch := readsOfPatch*(c.Read.Coordinator+2*c.Read.Replica) + c.Write.Coordinator + 3*c.Write.Replica
	l := &largerRing{capacity: float64(nodes*cores) / perPatch}
	l.Ring = simulation.Ring{Nodes: nodes, Cores: cores, Replicas: 3, ServerCores: cores, Network: network.Seconds(), Costs: c, Seed: 1}
	l.Servers = max(2, int(math.Ceil(l.capacity*c.Server/cores)))
	load := simulation.Load{Users: 1e6 * nodes, Tenants: 1e5}
	results := map[float64]simulation.Result{}
	for _, bound := range bounds {
		l.most = append(l.most, l.highest(load, bound, results))
		t.Logf("%d nodes: p99 is %s at %.0f/s", nodes, milliseconds(l.most[len(l.most)-1].P99), l.most[len(l.most)-1].Rate)
	}
	load.Rate, load.HotTenant, load.HotUsers = part*l.capacity, 0.5, 1000*nodes
	l.tenant[0] = l.run(load)
	load.ByTenant = true
	l.tenant[1] = l.run(load)
	for n := range l.user {
		l.user[n] = l.mostOfUser(n == 0)
	}
	t.Logf("%d nodes: tenant %+v, user %v", nodes, l.tenant, l.user)
	return l
}

// requests are how many a simulation has, so that one in a hundred of them is many.
const requests = 30_000

// run simulates the load, for three tenths of a second at least, which are many requests of a large ring.
func (l *largerRing) run(load simulation.Load) simulation.Result {
	return simulation.Run(l.Ring, load, 0.2, max(0.3, requests/load.Rate))
}

// steps are how exactly the highest rate is found: 1/2^steps of the capacity.
const steps = 6

// highest returns the result at the highest rate whose p99 is within the bound. It is empty if there is no such rate.
func (l *largerRing) highest(load simulation.Load, bound float64, results map[float64]simulation.Result) (best simulation.Result) {
	low, high := 0.0, 1.0
	for range steps {
		middle := (low + high) / 2
		got, done := results[middle]
		if !done {
			load.Rate = middle * l.capacity
			got = l.run(load)
			results[middle] = got
		}
		if got.P99 <= bound && got.Refused == 0 {
			low, best = middle, got
		} else {
			high = middle
		}
	}
	return best
}

// mostOfUser returns the highest rate of one user whose p99 is within the larger bound, beside others with a tenth of the
// capacity.
func (l *largerRing) mostOfUser(byUser bool) (best float64) {
	small := *l
	small.Nodes, small.Servers = min(l.Nodes, 10), min(l.Servers, 10) // the user's replicas are three nodes of any ring
	low, high := 0.0, 4096.0
	for range 2 * steps {
		middle := (low + high) / 2
		got := small.run(simulation.Load{Rate: middle, HotUser: 1, Users: 1, Remembered: 1, ByUser: byUser})
		if got.P99 <= bounds[1] && got.Refused == 0 {
			low, best = middle, middle
		} else {
			high = middle
		}
	}
	return best
}

// writes says how many writes a second were served.
func writes(r simulation.Result) string {
	if r.Rate == 0 {
		return "none"
	}
	return round(r.Rate) + " writes/s"
}

// fullest says how busy the busiest node is, as a multiple of the mean.
func fullest(r simulation.Result) string {
	if r.Use == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", r.Fullest/r.Use)
}

// simulationPage returns the page of the simulation.
func simulationPage(all []comparison, larger []*largerRing) string {
	var page strings.Builder
	c := larger[0].Costs
	fmt.Fprintf(&page, `# Larger rings, simulated

Nothing on this page ran, except where it says "measured". Package `+"`bench/ring/simulation`"+` simulates servers and nodes event
by event, from the processor times of [ring.md](ring.md): every message, every wait for a core, every round of a transaction. Its
queues are tested against the formulas of queues (`+"`TestQueuesFollowTheFormulas`, `TestLittle`"+`). The same seed gives the same page.

`+"```"+`
$ go test ./bench/ring -v -timeout 2h -run TestSimulation -rings %s
`+"```"+`

## Against what was measured

The measured rings, with nodes, server and clients on two cores of which other programs took a part. The waits of the model are
set so that one client of three nodes has the time of the quickest tenth that were measured, which met no other program. What
other programs took is that of the row with 64 clients of the same ring and request. The costs are those of three nodes, so the
rows of one node are a forecast.

| nodes | request | clients | measured | simulated | simulated to measured |
|---|---|---|---|---|---|
`, *rings)
	for _, one := range all {
		fmt.Fprintf(&page, "| %d | %s | %d | %s/s, p50 %s | %s/s, p50 %s | %.2f |\n", one.nodes, one.measured.Operation, one.measured.Clients, thousands(one.measured.Rate),
			milliseconds(one.measured.P50.Seconds()), thousands(one.got.Rate), milliseconds(one.got.P50), ratio(one.got, one.measured))
	}
	fmt.Fprintf(&page, `
## Rings of more nodes

Each node and each server has two cores of the measured kind, and does nothing else. A message takes %s. PATCHes
arrive at random times, whether or not responses come, for any of a million users a node in 100,000 tenants whose sizes follow
Zipf's law. Each statistic is on three nodes. No server remembers it. The rate is the highest, in steps of 1/%d of all cores, at
which p99 is within the bound. How much times differ is taken from the GETs of one
client, without the slowest twentieth.

| nodes | servers | p99 within %s | p99 within %s | writes/s a core of node | nodes used | the fullest node to the mean |
|---|---|---|---|---|---|---|
`, milliseconds(network.Seconds()), 1<<steps, milliseconds(bounds[0]), milliseconds(bounds[1]))
	for _, l := range larger {
		at := l.most[1]
		fmt.Fprintf(&page, "| %s | %s | %s | %s | %.0f | %.0f%% | %s |\n", thousands(float64(l.Nodes)), thousands(float64(l.Servers)), writes(l.most[0]), writes(at),
			at.Rate/float64(l.Nodes*cores), 100*at.Use, fullest(at))
	}
	fmt.Fprintf(&page, `
## A hot tenant

Half of all writes are for one tenant, of a thousand users a node. All writes together need %.0f%% of the nodes' cores. "By tenant
and user" is what the store does. "By tenant alone" is the design that it does not have: one partition for a tenant.

| nodes | by tenant and user: p99 | the fullest node to the mean | by tenant alone: served | p99 | the fullest node to the mean |
|---|---|---|---|---|---|
`, 100*part)
	for _, l := range larger {
		spread, one := l.tenant[0], l.tenant[1]
		fmt.Fprintf(&page, "| %s | %s | %s | %.0f%% | %s | %s |\n", thousands(float64(l.Nodes)), milliseconds(spread.P99), fullest(spread),
			100*float64(one.Served)/float64(one.Arrived), milliseconds(one.P99), fullest(one))
	}
	fmt.Fprintf(&page, `
## A hot user

All data of a user is one partition, on three nodes, and its transactions come one after the other. So more nodes do not
help. One server gathers what waits in one transaction (up to 128 writes, each of which adds %.0f%% of its work). Several servers
make each other begin anew. The simulation says how many writes/s of one user have a p99 within %s:

- through one server: **%s writes/s**. A balancer that sends all requests of a user to the same server has that.
- through any of %s: **%s writes/s**.
`, 100*c.More, milliseconds(bounds[1]), round(larger[0].user[0]), plural(min(larger[0].Servers, 10), "server"), round(larger[0].user[1]))
	return page.String()
}
