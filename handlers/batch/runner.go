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
	// Atomically has the requests of an atomicityGroup done, all or none. It calls
	// requests, which does them one after the other in the context that it is given,
	// and says whether all succeeded. Only then Atomically makes what they did last,
	// and only if it returns nil their answers are given; else all are refused. It
	// may call requests again, which then does all of them anew, but not at once
	// with another call.
	Atomically func(ctx context.Context, requests func(context.Context) bool) error
	// Refuse answers a request of a batch that Next is not to see. The request that
	// it is given is the outer one.
	Refuse func(w http.ResponseWriter, outer *http.Request, refusal Refusal)
}

// Refusal says why a request of a batch was not answered by the handler: with
// status 400 what is wrong with it, 424 that one failed that it depends on or that
// is of its atomicityGroup, 503 that the outer request ended before its turn or that
// Atomically returned the error Cause, 500 that the handler panicked. The message of
// the last is for the log and not for the caller.
type Refusal struct {
	Status int
	Fault
	Cause error // nil but for an error of Atomically
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
	groups, err := parse(body)
	if err != nil {
		return nil, err
	}
	now := &run{
		Runner: b,
		outer:  outer,
		ctx:    context.WithValue(outer.Context(), nestedKey{}, true),
		places: make(chan struct{}, parallel),
	}
	var running sync.WaitGroup
	for _, g := range groups {
		running.Go(func() { now.answer(g) })
	}
	running.Wait()
	return encode(groups)
}

// run is a batch that is being processed.
type run struct {
	*Runner
	outer  *http.Request
	ctx    context.Context // of the requests
	places chan struct{}   // as many as may be under way at once
}

// answer sees to it that all items of the group have an answer.
func (r *run) answer(g *group) {
	defer func() {
		for _, i := range g.items {
			close(i.done)
		}
	}()
	if failed := r.awaitTurn(g); failed != nil {
		r.failOthers(g, failed)
		return
	}
	defer func() { <-r.places }()
	if g.name == "" {
		r.ask(r.ctx, g.items[0])
		return
	}
	r.askAll(g)
}

// askAll answers the items of an atomicityGroup, all with what their requests
// answered, or each with why nothing of them was done.
func (r *run) askAll(g *group) {
	var failed *item
	err := recovering(func() error {
		return r.Atomically(r.ctx, func(ctx context.Context) bool {
			failed = r.askInOrder(ctx, g)
			return failed == nil
		})
	})
	switch {
	case err != nil:
		for _, i := range g.items {
			refusal := i.refuse(http.StatusServiceUnavailable, "atomicityGroup", "The group could not be finished; send it again.")
			refusal.Cause = err
			r.refuse(i, refusal)
		}
	case failed != nil:
		r.failOthers(g, failed)
	}
}

// askInOrder asks the items of the group until one fails, which it returns.
func (r *run) askInOrder(ctx context.Context, g *group) (failed *item) {
	for _, i := range g.items {
		if r.ask(ctx, i); !i.answer.succeeded() {
			return i
		}
	}
	return nil
}

// failOthers refuses the items of the group but the one that failed.
func (r *run) failOthers(g *group, failed *item) {
	for _, i := range g.items {
		if i != failed {
			r.refuse(i, i.refuse(http.StatusFailedDependency, "atomicityGroup",
				"Request %s of the same group was answered %d, so that nothing of the group was done.",
				quoted(failed.id), failed.answer.status))
		}
	}
}

// ask passes the item to the handler, in whose place it answers if that cannot.
func (r *run) ask(ctx context.Context, i *item) {
	request, refusal := r.request(ctx, i)
	if refusal != nil {
		r.refuse(i, refusal)
		return
	}
	i.answer = newRecorder()
	if err := recovering(func() error { r.Next.ServeHTTP(i.answer, request); return nil }); err != nil {
		r.refuse(i, i.refuse(http.StatusInternalServerError, "", "%s", err))
	}
}

// refuse answers the item, without what a handler wrote before it panicked.
func (r *run) refuse(i *item, refusal *Refusal) {
	i.answer = newRecorder()
	r.Refuse(i.answer, r.outer, *refusal)
}

// recovering returns the error of the call, or its panic as one: outside of
// net/http's goroutine a panic would end the process.
func recovering(call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
		}
	}()
	return call()
}

// awaitTurn waits for what the items of the group depend on, and then for one of the
// places, which is held if it returns nil. Else it returns the item that cannot be
// begun, with its answer.
func (r *run) awaitTurn(g *group) (failed *item) {
	for _, i := range g.items {
		if refusal := r.awaitBefore(i); refusal != nil {
			r.refuse(i, refusal)
			return i
		}
	}
	select {
	case r.places <- struct{}{}:
		if r.ctx.Err() == nil {
			return nil
		}
		<-r.places // both were ready, and chance chose the place
	case <-r.ctx.Done():
	}
	r.refuse(g.items[0], g.items[0].ended())
	return g.items[0]
}

// awaitBefore waits for the items of other groups that this one depends on.
func (r *run) awaitBefore(i *item) *Refusal {
	for _, before := range i.after {
		if before.group == i.group {
			continue
		}
		select {
		case <-before.done:
		case <-r.ctx.Done():
			return i.ended()
		}
		if !before.answer.succeeded() {
			return i.refuse(http.StatusFailedDependency, "dependsOn",
				"Request %s, on which this one depends, was answered %d.", quoted(before.id), before.answer.status)
		}
	}
	return nil
}

func (i *item) ended() *Refusal {
	return i.refuse(http.StatusServiceUnavailable, "", "The batch was ended before this request was begun.")
}

// refuse returns the refusal of the item for the sake of its member ("" for none).
func (i *item) refuse(status int, member, format string, values ...any) *Refusal {
	target := fmt.Sprintf("requests/%d", i.place)
	if member != "" {
		target += "/" + member
	}
	return &Refusal{Status: status, Fault: Fault{Target: target, Message: fmt.Sprintf(format, values...)}}
}
