package overload_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tally is the statuses and times of the responses that callers got.
type tally struct {
	mu    sync.Mutex
	times map[string][]time.Duration // by kind of request and status
	took  time.Duration              // of the whole measurement
}

func (y *tally) add(kind string, status int, took time.Duration) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.times == nil {
		y.times = map[string][]time.Duration{}
	}
	key := fmt.Sprint(kind, " ", status)
	y.times[key] = append(y.times[key], took)
}

// percentile returns the time within which that share of the responses came.
func percentile(times []time.Duration, share float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[int(share*float64(len(sorted)-1))]
}

// rate returns how many responses a second came with the key.
func (y *tally) rate(key string) float64 { return float64(len(y.times[key])) / y.took.Seconds() }

func (y *tally) String() string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(y.times)) {
		times := y.times[key]
		fmt.Fprintf(&text, "\n    %-12s %8.0f/s  p50 %8.2f ms  p99 %8.2f ms", key, y.rate(key), ms(percentile(times, 0.5)), ms(percentile(times, 0.99)))
	}
	return text.String()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// send sends the request and adds the response to the tally. Status 0 is no response.
func send(client *http.Client, y *tally, kind string, r *http.Request) (status int, body string) {
	begun := time.Now()
	response, err := client.Do(r)
	if err != nil {
		y.add(kind, 0, time.Since(begun))
		return 0, err.Error()
	}
	text, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		y.add(kind, 0, time.Since(begun))
		return 0, err.Error()
	}
	y.add(kind, response.StatusCode, time.Since(begun))
	return response.StatusCode, string(text)
}

// honestConnections is how many connections the honest callers have.
const honestConnections = 4

// honestWork sends what honest callers send, on each connection one request after the other,
// for the time of -load.
func (w *world) honestWork(t *testing.T) *tally {
	y := &tally{}
	client := newClient(t, honestConnections)
	begun := time.Now()
	var running sync.WaitGroup
	for range honestConnections {
		running.Go(func() {
			for n := 0; time.Since(begun) < *load; n++ {
				send(client, y, "GET", w.request("GET", "/"+statistic, w.honest, ""))
				send(client, y, "PATCH", w.request("PATCH", "/"+statistic, w.honest, fmt.Sprintf(`{"duration":"PT%dS"}`, n%59+1)))
				send(client, y, "list", w.request("GET", "?$top=1", w.honest, ""))
			}
		})
	}
	running.Wait()
	y.took = time.Since(begun)
	return y
}

// How long an attacking connection waits after a refusal. TestOpenLoop has clients that do not
// wait.
const (
	patient   = time.Second            // as Retry-After says
	impatient = 100 * time.Millisecond // a tenth of it
)

// attack repeats the request on that many connections until the context ends. A connection waits
// for retryAfter after a refusal.
func (w *world) attack(ctx context.Context, t *testing.T, connections int, retryAfter time.Duration, request func() *http.Request) (*tally, func()) {
	y := &tally{}
	client := newClient(t, connections)
	begun := time.Now()
	var running sync.WaitGroup
	for range connections {
		running.Go(func() {
			for ctx.Err() == nil {
				if status, _ := send(client, y, "attack", request().WithContext(ctx)); status != http.StatusOK {
					time.Sleep(retryAfter)
				}
			}
		})
	}
	return y, func() {
		running.Wait()
		y.took = time.Since(begun)
	}
}

// probe asks /readyz ten times a second until the context ends.
func (w *world) probe(ctx context.Context, t *testing.T) (*tally, func()) {
	y := &tally{}
	client := newClient(t, 1)
	begun := time.Now()
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			r, err := http.NewRequestWithContext(context.WithoutCancel(ctx), "GET", w.URL+"/readyz", nil)
			if err != nil {
				t.Error(err)
				return
			}
			send(client, y, "readyz", r)
			time.Sleep(100 * time.Millisecond)
		}
	})
	return y, func() {
		running.Wait()
		y.took = time.Since(begun)
	}
}
