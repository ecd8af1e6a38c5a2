package history

import (
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/edm"
)

const (
	clients = 32
	// patience is how long a client waits for a response.
	patience = time.Minute
	// pause is how long a client waits after a request without success.
	pause = 20 * time.Millisecond
)

// Run is clients that send requests. Start makes one.
type Run struct {
	t        testing.TB
	fleet    *program.Fleet
	client   *http.Client
	token    string
	requests atomic.Int64
	begun    time.Time
	asked    atomic.Int64
	done     chan struct{}

	mu       sync.Mutex
	recorded []porcupine.Operation
	unknown  int
	gaps     [clients]time.Duration
	tagOf    map[edm.Duration]string    // the entity tag of each duration
	tags     map[string]edm.Duration    // the duration of each entity tag
	seen     map[statistic]edm.Duration // the last duration in a response about each statistic
}

// statistic is the key of a statistic.
type statistic struct{ owner, id int }

// Start has 32 clients send so many requests to the servers, which are new. It fails the test if
// a response breaks the contract, or if an entity tag comes with two durations or the reverse.
func Start(t testing.TB, fleet *program.Fleet, requests int) *Run {
	t.Helper()
	r := &Run{
		t: t, fleet: fleet, client: checked.Client(t), begun: time.Now(), done: make(chan struct{}),
		token: program.Run(t, "token", "--data", fleet.Data, "--role", "Analytics.ReadWrite.All", "--expires", "24h"),
		tagOf: map[edm.Duration]string{}, tags: map[string]edm.Duration{}, seen: map[statistic]edm.Duration{},
	}
	r.client.Timeout = patience
	r.requests.Store(int64(requests))
	var working sync.WaitGroup
	for n := range clients {
		working.Go(func() { r.work(n) })
	}
	go func() {
		working.Wait()
		close(r.done)
	}()
	return r
}

// Asked returns how many requests have been sent so far, some of which have no response yet.
func (r *Run) Asked() int { return min(int(r.asked.Load()), int(r.requests.Load())) }

// Stop ends the run early: the clients send no further request. Wait is still to be called.
func (r *Run) Stop() { r.requests.Store(min(r.requests.Load(), r.asked.Load())) }

// Done is closed when all requests have been sent and answered.
func (r *Run) Done() <-chan struct{} { return r.done }

// Wait waits until all requests have been sent and answered, and returns the history. It has no
// reads without a response.
func (r *Run) Wait() []porcupine.Operation {
	<-r.done
	return r.recorded
}

// Unknown returns how many requests in the history have an unknown outcome. It is called after Wait.
func (r *Run) Unknown() int { return r.unknown }

// Gaps returns the longest time that each client had without a success: a response
// other than 503. It is called after Wait.
func (r *Run) Gaps() []time.Duration { return r.gaps[:] }

// work is one client.
func (r *Run) work(client int) {
	last := time.Now()
	for number := r.asked.Add(1); number <= r.requests.Load(); number = r.asked.Add(1) {
		ok := r.do(client, r.draw(int(number)))
		if now := time.Now(); ok {
			r.gaps[client], last = max(r.gaps[client], now.Sub(last)), now
		} else {
			time.Sleep(pause)
		}
	}
	r.gaps[client] = max(r.gaps[client], time.Since(last))
}

// do sends the request and records it, unless it is a read without a response. It reports whether
// there is a response that tells the outcome.
func (r *Run) do(client int, one request) bool {
	call := time.Since(r.begun)
	got, tags, err := r.send(one)
	returned := time.Since(r.begun)
	ok := err == nil && got.status != http.StatusServiceUnavailable
	if !ok {
		if one.isRead() {
			return false
		}
		got, returned = response{}, math.MaxInt64
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recorded = append(r.recorded, porcupine.Operation{ClientId: client, Input: one, Output: got, Call: int64(call), Return: int64(returned)})
	if !ok {
		r.unknown++
	}
	for _, tag := range tags {
		r.learn(tag)
	}
	return ok
}

// tagged is a statistic in a response.
type tagged struct {
	statistic
	duration edm.Duration
	tag      string
}

// learn fails the test if the entity tag has come with another duration, or the reverse.
func (r *Run) learn(got tagged) {
	duration, known := r.tags[got.tag]
	if tag := r.tagOf[got.duration]; known && duration != got.duration || tag != "" && tag != got.tag {
		r.t.Errorf("the entity tag %s came with %v, and before with %v, which had %s", got.tag, got.duration, duration, tag)
	}
	r.tags[got.tag], r.tagOf[got.duration], r.seen[got.statistic] = got.duration, got.tag, got.duration
}

// latest returns the last duration in a response about the statistic. It may have changed since
// then.
func (r *Run) latest(owner, id int) edm.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[statistic{owner, id}]
}

// tag returns the entity tag that came with the duration.
func (r *Run) tag(duration edm.Duration) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tagOf[duration]
}
