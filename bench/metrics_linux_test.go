package bench_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/contract/program"
)

// patchesInRound is how many PATCHes each of the connections sends in a round.
const patchesInRound = 10

// BenchmarkMetrics compares a server that has metrics with one that has none. Rounds of PATCHes on 64
// connections go to the one and the other in turn. It reports the throughput with metrics as a part of that
// without, by the time of the rounds, and by the processor time of the servers, which others on the
// machine disturb less.
func BenchmarkMetrics(b *testing.B) {
	for _, store := range []string{"memory", "sqlite"} {
		b.Run(store, func(b *testing.B) {
			servers := []*compared{newCompared(b, store), newCompared(b, store, "--admin-addr", "127.0.0.1:0")}
			for n := range b.N + 1 {
				if n == 1 { // the first round only warms up
					for _, one := range servers {
						one.took, one.processor = 0, -one.used(b)
					}
					b.ResetTimer()
				}
				for i := range servers {
					servers[(n+i)%2].round(n)
				}
			}
			for _, one := range servers {
				one.processor += one.used(b)
			}
			b.ReportMetric(float64(servers[0].took)/float64(servers[1].took), "throughput")
			b.ReportMetric(float64(servers[0].processor)/float64(servers[1].processor), "throughput-by-processor")
			b.ReportMetric(float64(servers[0].processor.Microseconds())/float64(b.N*connections*patchesInRound), "processor-µs/write")
		})
	}
}

// compared is a server with its clients.
type compared struct {
	*program.Server
	writers         []*writer
	took, processor time.Duration
}

func newCompared(b *testing.B, store string, args ...string) *compared {
	dir := b.TempDir()
	c := &compared{Server: program.Serve(b, dir, append([]string{"--store", store}, args...)...)}
	token := program.Run(b, "token", "--data", dir)
	for n := range connections {
		conn, err := c.Dial()
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		w := &writer{b: b, id: fmt.Sprintf("call_%d", n), token: token, conn: conn, responses: bufio.NewReader(conn)}
		w.send(w.request("POST", "", fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q}`, w.id)), http.StatusCreated)
		c.writers = append(c.writers, w)
	}
	return c
}

// round sends the PATCHes of one round.
func (c *compared) round(number int) {
	begun := time.Now()
	var all sync.WaitGroup
	for _, w := range c.writers {
		all.Go(func() {
			for n := range patchesInRound {
				w.send(w.request("PATCH", "/"+w.id, fmt.Sprintf(`{"duration":"PT%dS"}`, number*patchesInRound+n)), http.StatusOK)
			}
		})
	}
	all.Wait()
	c.took += time.Since(begun)
}

// used returns the processor time that the server has used so far.
func (c *compared) used(b *testing.B) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name of the program may have spaces
	var user, system int
	if _, err := fmt.Sscan(strings.Join(strings.Fields(after)[11:13], " "), &user, &system); err != nil { // proc_pid_stat(5)
		b.Fatal(err)
	}
	return time.Duration(user+system) * time.Second / 100
}
