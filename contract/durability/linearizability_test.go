package durability_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/cassandra/cassandratest"
	"afterhours/store/edm"
	"afterhours/store/postgres/postgrestest"
)

var operations = flag.Int("operations", 3000, "how many requests TestLinearizability sends to each store")

const (
	roundOperations = 2000 // in one history, which is checked on its own
	roundStatistics = 16   // in one history
	roundClients    = 32
)

// TestLinearizability: clients send requests about a few statistics at once, while servers
// are killed and started again. There is an order in which the same requests, one at a time,
// have the same responses, and no entity tag comes twice.
func TestLinearizability(t *testing.T) {
	for name, test := range map[string]struct {
		store   func(t *testing.T) string
		servers int
		kills   int // in each round
	}{
		"memory":    {func(*testing.T) string { return "memory" }, 1, 0}, // no kills: it keeps nothing
		"sqlite":    {func(*testing.T) string { return "sqlite" }, 1, 1},
		"postgres":  {func(t *testing.T) string { return postgrestest.Address(t) }, 2, 2},
		"cassandra": {func(t *testing.T) string { return cassandratest.Address(t) }, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, test.servers, "--store", test.store(t))
			asked, unknown, killed := 0, 0, 0
			for round := 0; asked < *operations; round++ {
				r := &historyRound{fleet: f, number: round, kills: test.kills}
				history := r.run()
				check(t, history)
				asked, killed = asked+len(history), killed+r.kills
				for _, one := range history {
					if one.Output.(outcome).status == 0 {
						unknown++
					}
				}
			}
			t.Logf("%d operations, %d of them with an unknown outcome, %d kills: linearizable", asked, unknown, killed)
		})
	}
}

// check fails the test if the history of a round does not fit the model.
func check(t *testing.T, history []porcupine.Operation) {
	t.Helper()
	for _, part := range byStatistic(history) {
		if result := judge(part); result != porcupine.Ok {
			for _, one := range part {
				t.Logf("%d to %d: %s", one.Call, one.Return, statisticModel.DescribeOperation(one.Input, one.Output))
			}
			t.Fatalf("the operations above are not linearizable (%s)", result)
		}
	}
}

// fleet is several servers on one store. Some may be down.
type fleet struct {
	t       *testing.T
	dir     string
	args    []string
	token   string
	client  *http.Client
	mu      sync.Mutex
	servers []*program.Server       // nil for one that is down
	next    int                     // the server to kill next
	tags    map[string]edm.Duration // the entity tags of all responses, with their durations
}

func newFleet(t *testing.T, servers int, args ...string) *fleet {
	dir := t.TempDir()
	f := &fleet{t: t, dir: dir, args: args, client: checked.Client(t), tags: map[string]edm.Duration{}}
	f.client.Timeout = time.Minute
	for range servers {
		f.servers = append(f.servers, program.Serve(t, dir, args...))
	}
	f.token = program.Run(t, "token", "--data", dir)
	return f
}

// url returns the URL of a server that is up. It waits until there is one.
func (f *fleet) url() string {
	for {
		f.mu.Lock()
		p := f.servers[rand.IntN(len(f.servers))]
		f.mu.Unlock()
		if p != nil {
			return p.URL
		}
		time.Sleep(time.Millisecond)
	}
}

// kill kills the next server and starts it again.
func (f *fleet) kill() {
	f.mu.Lock()
	n := f.next % len(f.servers)
	p := f.servers[n]
	f.servers[n], f.next = nil, f.next+1
	f.mu.Unlock()
	_ = p.End(syscall.SIGKILL)
	p = program.Serve(f.t, f.dir, f.args...)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.servers[n] = p
}

// historyRound is a history of requests about new statistics.
type historyRound struct {
	*fleet
	number, kills int
	begun         time.Time
	asked         atomic.Int64
	mu            sync.Mutex
	history       []porcupine.Operation
	tagOf         map[edm.Duration]string // the entity tag of each duration
	seen          map[string]edm.Duration // the last duration in a response about each statistic
}

// run sends the requests and returns their history.
func (r *historyRound) run() []porcupine.Operation {
	r.begun, r.tagOf, r.seen = time.Now(), map[edm.Duration]string{}, map[string]edm.Duration{}
	var clients sync.WaitGroup
	for n := range roundClients {
		clients.Go(func() {
			for {
				asked := r.asked.Add(1)
				if asked > roundOperations {
					return
				}
				r.do(n, r.draw(asked))
			}
		})
	}
	for n := range r.kills {
		at := int64(n*roundOperations+rand.IntN(roundOperations)) / int64(r.kills)
		for r.asked.Load() < at {
			time.Sleep(time.Millisecond)
		}
		r.kill()
	}
	clients.Wait()
	return r.history
}

// draw draws an operation. Its number makes its duration different from all others.
func (r *historyRound) draw(number int64) operation {
	o := operation{id: fmt.Sprintf("call_%d_%d", r.number, rand.IntN(roundStatistics))}
	own := edm.Duration(int64(r.number)*roundOperations+number) * edm.Second
	switch drawn := rand.IntN(24); {
	case drawn < 8:
		o.method = "GET"
	case drawn < 11:
		o.method, o.writes = "POST", own
	case drawn < 14:
		o.method, o.writes = "PATCH", own
	case drawn < 17:
		o.method, o.writes, o.match = "PATCH", own, r.latest(o.id)
	case drawn < 18:
		o.method = "PATCH" // of nothing
	case drawn < 19:
		o.method = "DELETE"
	case drawn < 20:
		o.method, o.writes = "PUT", own
	case drawn < 21:
		o.method, o.writes, o.match = "PUT", own, r.latest(o.id)
	case drawn < 22:
		o.method, o.writes = "set", own
	case drawn < 23:
		o.method, o.writes, o.match = "set", own, r.latest(o.id)
	default:
		o.method, o.match = "DELETE", r.latest(o.id)
	}
	return o
}

// latest returns the last duration in a response about the statistic. It may have changed
// since then.
func (r *historyRound) latest(id string) edm.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[id]
}

// do sends the request and adds it to the history, unless it is a read without a response.
func (r *historyRound) do(client int, o operation) {
	call := time.Since(r.begun)
	answered, tag, err := r.send(o)
	returned := time.Since(r.begun)
	if err != nil || answered.status == http.StatusServiceUnavailable {
		if o.method == "GET" {
			return
		}
		answered, returned = outcome{}, math.MaxInt64
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.history = append(r.history, porcupine.Operation{ClientId: client, Input: o, Output: answered, Call: int64(call), Return: int64(returned)})
	if answered.shown == 0 {
		return
	}
	known, there := r.tags[tag]
	if other := r.tagOf[answered.shown]; there && known != answered.shown || other != "" && other != tag {
		r.t.Errorf("the entity tag %s came with %v, and before with %v, which had %s", tag, answered.shown, known, other)
	}
	r.tags[tag], r.tagOf[answered.shown], r.seen[o.id] = answered.shown, tag, answered.shown
}

// send sends the request, and returns the response and its entity tag. The error is that of
// a broken connection.
func (r *historyRound) send(o operation) (outcome, string, error) {
	url, body, method := r.url()+program.Statistics, "", o.method
	switch {
	case o.method == "set":
		method, body = "PUT", fmt.Sprintf(`{"value":%q}`, o.writes)
	case o.method == "POST":
		body = fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q,"duration":%q}`, o.id, o.writes)
	case o.method == "PUT":
		body = fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","duration":%q}`, o.writes)
	case o.method == "PATCH" && o.writes != 0:
		body = fmt.Sprintf(`{"duration":%q}`, o.writes)
	case o.method == "PATCH":
		body = "{}"
	}
	if o.method != "POST" {
		url += "/" + o.id
	}
	if o.method == "set" {
		url += "/duration"
	}
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return outcome{}, "", err
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if o.match != 0 {
		r.mu.Lock()
		request.Header.Set("If-Match", r.tagOf[o.match])
		r.mu.Unlock()
	}
	response, err := r.client.Do(request)
	if err != nil {
		return outcome{}, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return outcome{}, "", err
	}
	var statistic struct{ Duration edm.Duration }
	if err := json.Unmarshal(text, &statistic); err != nil && len(text) > 0 {
		r.t.Errorf("%s %s = %d %s: %v", o.method, url, response.StatusCode, text, err)
	}
	return outcome{response.StatusCode, statistic.Duration}, response.Header.Get("ETag"), nil
}
