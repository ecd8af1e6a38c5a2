package ring_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/program"
	"afterhours/store/cassandra/cassandratest"
)

var (
	counts = flag.String("nodes", "", "numbers of nodes of the rings to start and measure, as in 1,3; without it, a short run over the ring of AFTERHOURS_TEST_CASSANDRA")
	users  = flag.Int("users", 1000, "users of a ring, each with 100 statistics")
	lasts  = flag.Duration("phase", 10*time.Second, "how long each kind of request is measured")
	write  = flag.Bool("write", false, "write the pages instead of comparing them with the figures")
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// warmUps are how many responses of each kind come before anything counts, unless that takes longer than longestWarmUp
// phases.
var warmUps = []struct {
	operation
	clients, count int
}{{patch, atOnce, 25_000}, {get, atOnce, 20_000}, {list, few, 3_000}}

const longestWarmUp = 30

// figuresFile has what TestRing has measured, for TestSimulation.
const figuresFile = "figures.json"

// figures are what was measured.
type figures struct{ Rings []*ringFigures }

// ringFigures are those of one ring.
type ringFigures struct {
	Nodes      int
	Machine    string
	Phase      time.Duration
	Reads      string // the option reads of the store's URL
	WarmUps    []int  // responses of each kind that came before
	Statistics int
	Bytes      int64   // of the statistics on all nodes
	OtherBytes int64   // of the table that lists the users
	Import     float64 // statistics a second
	Idle       float64 // cores that all nodes take together without requests
	Phases     []*phase
}

// The users of a phase.
const (
	everybody = "any user"
	ofNode1   = "any user whose first replica is on node 1"
	oneUser   = "one user"
)

// phase is a load and what was measured of it. Processor times are for one response with 200; those of nodes are
// without what idle nodes take.
type phase struct {
	Operation, Users  string
	Servers, Clients  int
	Rate, Refused     float64 // responses a second
	P50, P99          time.Duration
	Client, OneServer time.Duration // processor time of the client, and of all servers
	Node              []time.Duration
	Cores             float64   // that client, servers and nodes took together
	Times             []float64 `json:",omitempty"` // seconds: the response times at 0.5%, 1.5% ... 99.5%, with one client
}

// TestRing measures rings of the numbers of nodes that the flags say. A short run, as in go test ./..., finds only
// whether every request is served.
func TestRing(t *testing.T) {
	if *counts == "" {
		w := &world{nodes: &nodes{address: cassandratest.Address(t)}, lasts: 100 * time.Millisecond}
		w.fill(t, 2)
		for _, op := range []operation{patch, get, list} {
			w.measure(t, op, everybody, 1, 4)
		}
		return
	}
	for text := range strings.SplitSeq(*counts, ",") {
		count, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(text, func(t *testing.T) { measureRing(t, count).keep(t) })
	}
}

// keep writes the figures to the file of all rings, in place of those of an older ring of as many nodes.
func (r *ringFigures) keep(t *testing.T) {
	t.Helper()
	f := readFigures(t)
	f.Rings = slices.DeleteFunc(f.Rings, func(other *ringFigures) bool { return other.Nodes == r.Nodes })
	f.Rings = append(f.Rings, r)
	slices.SortFunc(f.Rings, func(a, b *ringFigures) int { return a.Nodes - b.Nodes })
	text, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(figuresFile, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// world is a ring, its servers, and who asks them.
type world struct {
	*nodes
	lasts   time.Duration
	servers []*program.Server
	tokens  []string
	users   map[string][]string // by the constants of phase
	idle    []time.Duration     // processor time of each node in a second without requests
	ringFigures
}

// measureRing starts a ring, fills it, and measures it.
func measureRing(t *testing.T, count int) *ringFigures {
	t.Helper()
	w := &world{nodes: startNodes(t, count), lasts: *lasts}
	w.Nodes, w.Machine, w.Phase, w.Reads = count, machine(), w.lasts, "serial"
	w.fill(t, *users)
	for name, node := range w.first(t) {
		if node == 1 {
			w.users[ofNode1] = append(w.users[ofNode1], name)
		}
	}
	w.warmUp(t)
	w.rest(t)
	for _, clients := range []int{atOnce, few, 1} {
		for _, op := range []operation{patch, get, list} {
			if op.name != list.name || clients != atOnce { // a server makes a few lists at once
				w.add(t, op, everybody, 1, clients)
			}
		}
	}
	w.add(t, patch, ofNode1, 1, atOnce)
	w.add(t, get, ofNode1, 1, atOnce)
	for servers := 1; servers <= len(w.servers); servers++ {
		w.add(t, patchOwn, oneUser, servers, atOnce)
	}
	w.Bytes, w.OtherBytes = w.size(t, "statistics"), w.size(t, "owners")
	return &w.ringFigures
}

// fill imports the statistics of users and starts the servers.
func (w *world) fill(t *testing.T, count int) {
	t.Helper()
	dir := t.TempDir()
	file := writeRows(t, count)
	begun := time.Now()
	program.Run(t, "import", "--data", dir, "--store", w.address, file)
	w.Statistics = count * ofUser
	w.Import = float64(w.Statistics) / time.Since(begun).Seconds()
	w.users = map[string][]string{oneUser: {user(0)}}
	for n := range count {
		w.users[everybody] = append(w.users[everybody], user(n))
	}
	const servers = 3
	for range servers {
		w.servers = append(w.servers, program.Serve(t, dir, "--store", w.address))
	}
	for n := range callers {
		w.tokens = append(w.tokens, program.Run(t, "token", "--data", dir, "--tenant", tenant, "--role", "Analytics.ReadWrite.All",
			"--expires", "12h", "--user", user(1_000_000+n)))
	}
}

// warmUp sends requests so that Java compiles what is used most.
func (w *world) warmUp(t *testing.T) {
	t.Helper()
	for _, one := range warmUps {
		served := 0
		for n := 0; n < longestWarmUp && served < one.count; n++ {
			served += len(w.load(t, one.operation, everybody, 1, one.clients).times)
		}
		w.WarmUps = append(w.WarmUps, served)
	}
}

// rest measures what the nodes do without requests.
func (w *world) rest(t *testing.T) {
	t.Helper()
	before := w.processor(t)
	time.Sleep(w.lasts)
	for n, now := range w.processor(t) {
		idle := (now - before[n]) * time.Second / w.lasts
		w.idle = append(w.idle, idle)
		w.Idle += idle.Seconds()
	}
}

func (w *world) load(t *testing.T, op operation, who string, servers, clients int) *result {
	t.Helper()
	return load(t, w.servers[:servers], w.tokens, clients, w.users[who], op, w.lasts)
}

// add measures a phase and keeps its figures.
func (w *world) add(t *testing.T, op operation, who string, servers, clients int) {
	t.Helper()
	p := w.measure(t, op, who, servers, clients)
	t.Logf("%d nodes, %d servers, %d clients, %s, %s: %.0f/s (and %.0f/s refused), p50 %s, p99 %s; processor: client %s, servers %s, nodes %s; %.2f cores",
		w.Nodes, servers, clients, op.name, who, p.Rate, p.Refused, p.P50, p.P99, p.Client, p.OneServer, p.Node, p.Cores)
	w.Phases = append(w.Phases, p)
}

// measure loads the servers and returns the figures of the phase.
func (w *world) measure(t *testing.T, op operation, who string, servers, clients int) *phase {
	t.Helper()
	nodesBefore, ours, client := w.processor(t), w.ofServers(t), ofThisProcess(t)
	r := w.load(t, op, who, servers, clients)
	served := time.Duration(len(r.times))
	ours, client = w.ofServers(t)-ours, ofThisProcess(t)-client
	p := &phase{Operation: op.name, Users: who, Servers: servers, Clients: clients, Rate: r.rate(), Refused: float64(r.refused) / r.took.Seconds(),
		P50: r.percentile(0.5), P99: r.percentile(0.99), Client: client / served, OneServer: ours / served, Cores: (ours + client).Seconds() / r.took.Seconds()}
	for n, now := range w.processor(t) {
		used := now - nodesBefore[n]
		p.Cores += used.Seconds() / r.took.Seconds()
		if n < len(w.idle) {
			used -= time.Duration(w.idle[n].Seconds() * float64(r.took))
		}
		p.Node = append(p.Node, used/served)
	}
	if clients == 1 {
		const quantiles = 100
		for n := range quantiles {
			p.Times = append(p.Times, r.percentile((float64(n)+0.5)/quantiles).Seconds())
		}
	}
	return p
}

// ofServers returns the processor time that all servers have used so far.
func (w *world) ofServers(t *testing.T) (total time.Duration) {
	t.Helper()
	for _, server := range w.servers {
		total += processorOf(t, fmt.Sprint("/proc/", server.Process.Pid))
	}
	return total
}

// ofThisProcess returns the processor time that the client has used so far.
func ofThisProcess(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// find returns the figures of a phase.
func (r *ringFigures) find(op operation, who string, servers, clients int) *phase {
	for _, p := range r.Phases {
		if p.Operation == op.name && p.Users == who && cmp.Or(p.Servers-servers, p.Clients-clients) == 0 {
			return p
		}
	}
	return &phase{}
}
