package batch

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"sync"
)

// MaxRequests is how many requests a batch may have (Graph, "Batch size
// limitations").
const MaxRequests = 20

// parallel is how many groups of one batch run at once. It is enough to hide the wait
// for a commit, and too few for one client to take up the whole server.
const parallel = 8

// Runner runs batches. It is safe for concurrent use once its fields are set.
type Runner struct {
	// Next serves each request of a batch. It is called from several goroutines. If
	// it panics, only that request is refused, with 500.
	Next http.Handler
	// Bases are the base paths of the API, such as /beta.
	Bases []string
	// PublicHost is a host that absolute urls may name besides that of the outer
	// request, with its port if it is not the default port; "" for none.
	PublicHost string
	// Atomically runs the requests of an atomicity group, all or none.
	//
	// It calls requests, which serves them one after the other in the given context
	// and reports whether all succeeded. If they did, Atomically commits what they
	// changed, else it discards it. If it returns an error, all requests of the group
	// are refused. It may call requests again to serve them all anew, but not while
	// another call is running.
	Atomically func(ctx context.Context, requests func(context.Context) bool) error
	// Begin is called once for a batch that is not malformed, before any of its requests is served. If
	// it returns an error, none is served. A path is not known yet if its url refers to the response to
	// another request.
	Begin func(outer *http.Request, requests []Announced) error
	// Refuse writes the response to a request of a batch that Next must not see, or
	// whose response must not be sent. outer is the outer request.
	Refuse func(w http.ResponseWriter, outer *http.Request, refusal Refusal)
}

// Refusal is the reason why a request of a batch gets no response of the handler:
//
//	400  the fault of the request
//	424  a request that it depends on, or one of its atomicity group, has failed
//	500  the handler panicked; the message is for the log, not for the caller
//	503  the outer request ended first, or Atomically returned the error Cause
type Refusal struct {
	Method string // of the request, in upper case; any text
	Status int
	Fault
	Cause error // the error of Atomically, else nil
}

// nestedKey marks the context of the requests of a batch.
type nestedKey struct{}

// Run runs a batch. outer is the request that brought the batch; its path must be that
// of the batch, such as /beta/$batch, and its Content-Type tells the format of the batch.
// body is its text, decompressed. The response has one for each request that was
// processed, in their order. If the batch is malformed, the error is a *Malformed and
// none of its requests was started. The same holds for an error of Begin, which Run
// returns.
//
// Run returns after all requests have ended. If the context of outer ends earlier, the
// contexts of running requests end too, and the others are refused with 503. The
// response therefore still says which requests were served.
func (b *Runner) Run(outer *http.Request, body []byte, options Options) (*Response, error) {
	// A batch must not contain a batch (OData JSON 19.1). The context shows one even if
	// the handler accepts a spelling of $batch that address does not recognise.
	if outer.Context().Value(nestedKey{}) != nil {
		return nil, malformed("", "A batch must not contain a batch.")
	}
	groups, isMultipart, err := parse(outer, body, options)
	if err != nil {
		return nil, err
	}
	r := &run{
		Runner: b,
		outer:  outer,
		base:   path.Dir(outer.URL.EscapedPath()),
		ctx:    context.WithValue(outer.Context(), nestedKey{}, true),
		slots:  make(chan struct{}, parallel),
	}
	if err := b.Begin(outer, r.announced(groups)); err != nil {
		return nil, err
	}
	if isMultipart {
		groups = r.runInOrder(groups, options.ContinueOnError)
	} else {
		r.runParallel(groups)
	}
	if options.Multipart {
		return encodeMultipart(groups), nil
	}
	return &Response{Body: encode(groups)}, nil
}

// runParallel runs the groups as their dependencies allow. One that may have to wait for another has a goroutine of its
// own. The others share some and the caller's, since the stack of each grows a few times until it is large enough for a
// request.
func (r *run) runParallel(groups []*atomicityGroup) {
	var running sync.WaitGroup
	independent := make(chan *atomicityGroup, len(groups))
	for _, g := range groups {
		if slices.ContainsFunc(g.items, func(i *item) bool { return len(i.dependencies) > 0 }) {
			running.Go(func() { r.runGroup(g) })
		} else {
			independent <- g
		}
	}
	close(independent)
	work := func() {
		for g := range independent {
			r.runGroup(g)
		}
	}
	for range min(parallel, len(independent)) - 1 {
		running.Go(work)
	}
	work()
	running.Wait()
}

// runInOrder runs the groups one after the other, up to the first that fails unless continueOnError is true
// (OData Protocol 11.7.7.5). It returns those that it ran.
func (r *run) runInOrder(groups []*atomicityGroup, continueOnError bool) []*atomicityGroup {
	for n, g := range groups {
		if r.runGroup(g); !continueOnError && !g.succeeded() {
			return groups[:n+1]
		}
	}
	return groups
}

// succeeded reports whether no request of the group has failed. 304 is no failure.
func (g *atomicityGroup) succeeded() bool {
	return !slices.ContainsFunc(g.items, func(i *item) bool { return i.response.status >= http.StatusBadRequest })
}

// run is a batch that is running.
type run struct {
	*Runner
	outer *http.Request
	base  string          // the path of the batch without its last segment
	ctx   context.Context // the parent of the requests' contexts
	slots chan struct{}   // a semaphore: each running group holds one
}

// runGroup waits for the group's turn and gives each of its items a response.
func (r *run) runGroup(g *atomicityGroup) {
	defer func() {
		for _, i := range g.items {
			if i.done != nil {
				close(i.done)
			}
		}
	}()
	if failed := r.awaitTurn(g); failed != nil {
		r.failOthers(g, failed)
		return
	}
	defer func() { <-r.slots }()
	if g.name == "" {
		r.serve(r.ctx, g.items[0])
		return
	}
	r.serveAtomically(g)
}

// serveAtomically serves the items of a named group by Atomically. If one fails, the
// others are refused. If Atomically returns an error, all are refused.
func (r *run) serveAtomically(g *atomicityGroup) {
	var failed *item
	err := recovering(func() error {
		return r.Atomically(r.ctx, func(ctx context.Context) bool {
			failed = r.serveInOrder(ctx, g)
			return failed == nil
		})
	})
	switch {
	case err != nil:
		whole := *g.items[0]
		whole.contentID = "" // the refusal is of all of them
		for _, i := range g.items {
			refusal := i.refuse(http.StatusServiceUnavailable, "atomicityGroup", "The atomicity group could not be finished; send it again.")
			refusal.Cause = err
			r.refuse(i, refusal)
		}
		whole.response = g.items[0].response
		g.failed = &whole
	case failed != nil:
		r.failOthers(g, failed)
	}
}

// serveInOrder serves the items of the group until one fails. It returns that item, nil
// if all succeeded.
func (r *run) serveInOrder(ctx context.Context, g *atomicityGroup) (failed *item) {
	for _, i := range g.items {
		if r.serve(ctx, i); !i.response.succeeded() {
			return i
		}
	}
	return nil
}

// failOthers refuses all items of the group except the one that failed.
func (r *run) failOthers(g *atomicityGroup, failed *item) {
	g.failed = failed
	for _, i := range g.items {
		if i != failed {
			r.refuse(i, i.refuse(http.StatusFailedDependency, "atomicityGroup",
				"Request %s of the same atomicity group failed with %d; no request of the group has taken effect.",
				quoted(failed.id), failed.response.status))
		}
	}
}

// serve lets the handler serve the item. It refuses the item if there is no valid request
// or if the handler panics.
func (r *run) serve(ctx context.Context, i *item) {
	request, refusal := r.request(ctx, i)
	if refusal != nil {
		r.refuse(i, refusal)
		return
	}
	i.response = newRecorder()
	if err := recovering(func() error { r.Next.ServeHTTP(i.response, request); return nil }); err != nil {
		r.refuse(i, i.refuse(http.StatusInternalServerError, "", "%s", err))
	}
}

// refuse makes the refusal the item's response. Anything that a handler has written
// before is discarded.
func (r *run) refuse(i *item, refusal *Refusal) {
	i.response = newRecorder()
	r.Refuse(i.response, r.outer, *refusal)
}

// recovering returns the error of call, or an error with the stack if call panics. A
// panic outside of net/http's own goroutines would end the process.
func recovering(call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
		}
	}()
	return call()
}

// awaitTurn waits for the dependencies of the group's items and then takes a slot. It
// returns nil if the slot is taken. Otherwise the group cannot start, and it returns the
// item that prevents it, which has been refused.
func (r *run) awaitTurn(g *atomicityGroup) (failed *item) {
	for _, i := range g.items {
		if refusal := r.awaitDependencies(i); refusal != nil {
			r.refuse(i, refusal)
			return i
		}
	}
	select {
	case r.slots <- struct{}{}:
		if r.ctx.Err() == nil {
			return nil
		}
		<-r.slots // both cases were ready, and select chose this one
	case <-r.ctx.Done():
	}
	r.refuse(g.items[0], g.items[0].ended())
	return g.items[0]
}

// awaitDependencies waits for the item's dependencies in other groups. It returns a
// refusal if one of them fails or if the outer request ends first.
func (r *run) awaitDependencies(i *item) *Refusal {
	for _, dependency := range i.dependencies {
		if dependency.group == i.group {
			continue
		}
		select {
		case <-dependency.done:
		case <-r.ctx.Done():
			return i.ended()
		}
		if !dependency.response.succeeded() {
			return i.refuse(http.StatusFailedDependency, "dependsOn",
				"Request %s, on which this one depends, failed with %d.", quoted(dependency.id), dependency.response.status)
		}
	}
	return nil
}
