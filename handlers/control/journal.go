package control

import (
	"context"
	"slices"
	"sync"
	"time"

	api "afterhours/control"
	"afterhours/store/edm"
)

// journalSize is how many requests the journal has, as the contract states.
const journalSize = 1000

// Journal has the last requests to the server. Its methods may be called concurrently.
type Journal struct {
	mu       sync.Mutex
	requests []api.Request // the last journalSize of them are in the journal
	added    chan struct{} // closed when a request is added
	ended    chan struct{} // closed by end
	end      func()
}

func newJournal() *Journal {
	j := &Journal{added: make(chan struct{}), ended: make(chan struct{})}
	j.end = sync.OnceFunc(func() { close(j.ended) })
	return j
}

// Add adds a request that took so long.
func (j *Journal) Add(request api.Request, took time.Duration) {
	request.Duration = edm.Duration(took / tick)
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.requests) == 2*journalSize {
		j.requests = append(j.requests[:0], j.requests[journalSize:]...)
	}
	j.requests = append(j.requests, request)
	close(j.added)
	j.added = make(chan struct{})
}

// clear removes the requests of a tenant, or all if it is "".
func (j *Journal) clear(tenant string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests = slices.DeleteFunc(j.requests, func(r api.Request) bool { return tenant == "" || value(r.Tenant) == tenant })
}

// find returns the requests that match, the oldest first, and a channel that is closed when one is
// added.
func (j *Journal) find(matches func(*api.Request) bool) ([]api.Request, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	found := []api.Request{}
	for i := max(0, len(j.requests)-journalSize); i < len(j.requests); i++ {
		if matches(&j.requests[i]) {
			found = append(found, j.requests[i])
		}
	}
	return found, j.added
}

// wait returns the requests that match, as soon as there are so many, or else when the time is over.
func (j *Journal) wait(ctx context.Context, matches func(*api.Request) bool, count int, atMost time.Duration) ([]api.Request, error) {
	over := time.NewTimer(atMost)
	defer over.Stop()
	for {
		found, added := j.find(matches)
		if len(found) >= count || atMost <= 0 {
			return found, nil
		}
		select {
		case <-added:
		case <-over.C:
			return found, nil
		case <-j.ended:
			return found, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
