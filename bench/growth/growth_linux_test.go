package growth_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"afterhours/contract/program"
)

var (
	largest = flag.Int("largest", 1000, "most statistics of a store; 10000000 takes 3 GB of disk for the time of the run")
	phase   = flag.Duration("phase", 50*time.Millisecond, "how long each operation is measured at each size in a round; from 5s on, the bounds of growth.md hold")
	rounds  = flag.Int("rounds", 1, "how often each phase is repeated; the figures are medians")
	page    = flag.String("page", "", "file to write the page of results to")
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// mostInMemory is the most statistics of a memory store.
const mostInMemory = 1_000_000

// sizes returns the numbers of statistics to measure at: 1,000, 100,000 and so on, and the largest.
func sizes(largest int) []int {
	var all []int
	for size := 1000; size < largest; size *= 100 {
		all = append(all, size)
	}
	return append(all, largest)
}

// TestGrowth fills stores of different sizes and loads them in turn, so that what else the machine does falls on all of
// them. A short run, as in go test ./..., finds only whether every request is served.
func TestGrowth(t *testing.T) {
	r := &report{}
	for _, size := range sizes(*largest) {
		r.sqlite = append(r.sqlite, fillSQLite(t, size))
	}
	r.compare(t, r.sqlite)
	r.connect(t, r.sqlite[min(1, len(r.sqlite)-1)])
	for _, one := range r.sqlite {
		one.stop(t)
	}
	for _, size := range sizes(min(*largest, mostInMemory)) {
		r.memory = append(r.memory, fillMemory(t, size))
	}
	r.compare(t, r.memory)
	if *phase >= 5*time.Second {
		for _, fault := range r.faults() {
			t.Error(fault)
		}
	}
	text := r.String()
	t.Log("\n" + text)
	if *page != "" {
		if err := os.WriteFile(*page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// compare measures every operation on each of the servers in turn.
func (r *report) compare(t *testing.T, servers []*filled) {
	for range *rounds {
		for _, op := range operations {
			for _, one := range servers {
				clients := one.dial(t, atOnce) // the server closes a connection that is silent for long
				one.measured[op.name] = append(one.measured[op.name], load(t, clients, op))
				hangUp(clients)
			}
		}
	}
	for _, one := range servers {
		one.peak = peakMemory(t, one.Server)
	}
}

// connectionCounts are the numbers of connections at which throughput is measured.
var connectionCounts = []int{1, 4, 16, 64, 256, 1024, 4096}

// connected is what was measured with a number of connections.
type connected struct {
	count    int
	measured map[string][]figures
}

// connect measures PATCH and GET with more and more connections.
func (r *report) connect(t *testing.T, server *filled) {
	r.size = server.size
	for _, count := range connectionCounts {
		if count > mostConnections(t) {
			t.Logf("%d connections need more open files than the limit of this process", count)
			break
		}
		r.connected = append(r.connected, connected{count, map[string][]figures{}})
	}
	for range *rounds {
		for _, with := range r.connected {
			for _, op := range []operation{patch, get} {
				clients := server.dial(t, with.count)
				with.measured[op.name] = append(with.measured[op.name], load(t, clients, op))
				hangUp(clients)
			}
		}
	}
}
