package batch

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
)

// MaxRequests is how many requests a batch may have (Graph, "Batch size
// limitations").
const MaxRequests = 20

// parallel is how many requests of one batch are under way at once: enough to hide
// the wait for a commit, too few for one client to take the whole server.
const parallel = 8

// Runner answers batches. It is safe for concurrent use once its fields are set.
type Runner struct {
	// Next answers each request of a batch. It is called from several goroutines.
	// If it panics, that request alone is refused, with 500.
	Next http.Handler
	// Bases are the paths under which the API is served, as /beta.
	Bases []string
	// PublicHost is the host, with its port if need be, by which clients reach the
	// server if that is not the one of the request; "" for none. Absolute urls may
	// have it.
	PublicHost string
	// Refuse answers a request of a batch that Next is not to see. The request that
	// it is given is the outer one.
	Refuse func(w http.ResponseWriter, outer *http.Request, refusal Refusal)
}

// Refusal says why a request of a batch was not answered by the handler: with
// status 400 what is wrong with it, 424 that one failed that it depends on, 503
// that the outer request ended before its turn, 500 that the handler panicked. The
// message of the last is for the log and not for the caller.
type Refusal struct {
	Status int
	Fault
}

// nestedKey marks the context of the requests of a batch.
type nestedKey struct{}

// Run answers a batch: outer is the request that brought it, whose path must be
// that of the batch (as /beta/$batch), and body its decoded JSON text. What comes
// back is the body of a 200 answer with a response for each request, in their
// order; or a *Malformed error if the batch as a whole cannot be understood, in
// which case none of its requests was begun.
//
// Run returns when all requests have. If the context of outer ends before, those
// under way see it in their own contexts, and the others are refused with 503, so
// that the answer still tells what was done.
func (b *Runner) Run(outer *http.Request, body []byte) ([]byte, error) {
	// Whatever spelling of the url brought it here, and whatever the handler makes
	// of spellings: within a batch there is no other (OData JSON 19.1).
	if outer.Context().Value(nestedKey{}) != nil {
		return nil, malformed("", "A batch must not contain a batch.")
	}
	items, err := parse(body)
	if err != nil {
		return nil, err
	}
	now := &run{
		Runner: b,
		outer:  outer,
		ctx:    context.WithValue(outer.Context(), nestedKey{}, true),
		places: make(chan struct{}, parallel),
	}
	var group sync.WaitGroup
	for _, i := range items {
		group.Go(func() { now.answer(i) })
	}
	group.Wait()
	return encode(items)
}

// run is a batch that is being processed.
type run struct {
	*Runner
	outer  *http.Request
	ctx    context.Context // of the requests
	places chan struct{}   // as many as may be under way at once
}

// answer sees to it that the item has an answer.
func (r *run) answer(i *item) {
	defer close(i.done)
	i.answer = newRecorder()
	if refusal := r.attempt(i); refusal != nil {
		i.answer = newRecorder() // without what a handler wrote before it panicked
		r.Refuse(i.answer, r.outer, *refusal)
	}
}

// attempt passes the item to the handler when its turn comes, or returns why not.
func (r *run) attempt(i *item) (refusal *Refusal) {
	if refusal := r.awaitTurn(i); refusal != nil {
		return refusal
	}
	defer func() { <-r.places }()
	request, refusal := r.request(i)
	if refusal != nil {
		return refusal
	}
	defer func() {
		// Outside of net/http's goroutine a panic would end the process.
		if value := recover(); value != nil {
			refusal = i.refuse(http.StatusInternalServerError, "", "panic: %v\n%s", value, debug.Stack())
		}
	}()
	r.Next.ServeHTTP(i.answer, request)
	return nil
}

// awaitTurn waits for the items that this one depends on, and then for one of the
// places, which is held if it returns nil.
func (r *run) awaitTurn(i *item) *Refusal {
	ended := func() *Refusal {
		return i.refuse(http.StatusServiceUnavailable, "", "The batch was ended before this request was begun.")
	}
	for _, before := range i.after {
		select {
		case <-before.done:
		case <-r.ctx.Done():
			return ended()
		}
		if !before.answer.succeeded() {
			return i.refuse(http.StatusFailedDependency, "dependsOn",
				"Request %s, on which this one depends, was answered %d.", quoted(before.id), before.answer.status)
		}
	}
	select {
	case r.places <- struct{}{}:
	case <-r.ctx.Done():
		return ended()
	}
	if r.ctx.Err() != nil { // both were ready, and chance chose the place
		<-r.places
		return ended()
	}
	return nil
}

// refuse returns the refusal of the item for the sake of its member ("" for none).
func (i *item) refuse(status int, member, format string, values ...any) *Refusal {
	target := fmt.Sprintf("requests/%d", i.place)
	if member != "" {
		target += "/" + member
	}
	return &Refusal{Status: status, Fault: Fault{Target: target, Message: fmt.Sprintf(format, values...)}}
}
