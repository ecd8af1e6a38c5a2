package ring_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
	"afterhours/store/edm"
)

// writers is how many clients of a load there are.
const writers = 16

// load is clients that write, each statistics of an owner of its own, and remember what was
// answered.
type load struct {
	clients []*writer
	ended   chan struct{}
	working sync.WaitGroup
}

// writer is one client. It sends a request again until the request succeeds.
type writer struct {
	t       *testing.T
	fleet   *program.Fleet
	client  *http.Client
	token   string
	kept    []edm.Duration // of each statistic, as it was acknowledged last
	writes  int            // how many were acknowledged
	refused int            // how many responses were 503
	longest time.Duration  // from the first try of a request to its last
}

func newLoad(t *testing.T, fleet *program.Fleet) *load {
	t.Helper()
	l := &load{}
	for n := range writers {
		token := program.Run(t, "token", "--data", fleet.Data, "--user", fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
		l.clients = append(l.clients, &writer{t: t, fleet: fleet, client: checked.Client(t), token: token})
	}
	return l
}

// start has the clients write until stop.
func (l *load) start() {
	l.ended = make(chan struct{})
	for _, w := range l.clients {
		l.working.Go(func() {
			for {
				select {
				case <-l.ended:
					return
				default:
					w.write()
				}
			}
		})
	}
}

func (l *load) stop() {
	close(l.ended)
	l.working.Wait()
}

// readAll fails the test unless each statistic is stored as it was acknowledged last. It returns
// how many there are.
func (l *load) readAll() (statistics int) {
	for _, w := range l.clients {
		l.working.Go(w.read)
		statistics += len(w.kept)
	}
	l.working.Wait()
	return statistics
}

// sum returns what all clients have counted so far.
func (l *load) sum() (writes, refused int, longest time.Duration) {
	for _, w := range l.clients {
		writes, refused, longest = writes+w.writes, refused+w.refused, max(longest, w.longest)
	}
	return writes, refused, longest
}

// write creates a statistic, or changes one of those that it has created.
func (w *writer) write() {
	duration := edm.Duration(w.writes+1) * edm.Second
	if n := len(w.kept); n > 0 && rand.IntN(2) == 0 {
		n = rand.IntN(n)
		status, text, _ := w.send(http.MethodPatch, path(n), fmt.Sprintf(`{"duration":%q}`, duration))
		if status != http.StatusOK {
			w.t.Errorf("PATCH %s = %d %s; want 200", path(n), status, text)
		}
		w.kept[n] = duration
	} else {
		status, text, again := w.send(http.MethodPost, program.Statistics, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"call_%d","duration":%q}`, n, duration))
		if status != http.StatusCreated && (status != http.StatusConflict || !again) {
			w.t.Errorf("POST = %d %s; want 201, or 409 after a 503 that left it open", status, text)
		}
		w.kept = append(w.kept, duration)
	}
	w.writes++
}

// patience is how long a request is sent again.
const patience = time.Minute

// send sends the request until the response is not 503. It returns the response, and whether one
// before was 503.
func (w *writer) send(method, path, body string) (status int, text string, again bool) {
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		status, _, text = checked.Send(w.t, w.client, method, w.fleet.URL()+path, w.token, body)
		w.longest = max(w.longest, time.Since(begun))
		if status != http.StatusServiceUnavailable || time.Since(begun) > patience {
			return status, text, again
		}
		w.refused, again = w.refused+1, true
	}
}

func (w *writer) read() {
	for n, want := range w.kept {
		status, text, _ := w.send(http.MethodGet, path(n), "")
		var stored struct{ Duration edm.Duration }
		if err := json.Unmarshal([]byte(text), &stored); err != nil || status != http.StatusOK || stored.Duration != want {
			w.t.Errorf("GET %s = %d %s; want the duration %v, which was acknowledged", path(n), status, text, want)
		}
	}
}

func path(n int) string { return fmt.Sprintf("%s/call_%d", program.Statistics, n) }
