package handlers

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/gin-gonic/gin"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/batch"
	"afterhours/handlers/operations"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// newBatchRunner returns the runner of batches. It passes each request of a batch to ServeHTTP as a
// request of its own.
func (s *Server) newBatchRunner() *batch.Runner {
	runner := &batch.Runner{Next: s, Bases: s.spec.Bases, Begin: s.beginBatch, Refuse: s.refuseInBatch, Atomically: s.atomically}
	if public, err := url.Parse(s.publicURL); err == nil {
		runner.PublicHost = public.Host
	}
	return runner
}

// RunBatch is POST on $batch. A fault of the batch as a whole is a 400, and none of its requests runs.
func (s *Server) RunBatch(c *gin.Context, params gen.RunBatchParams) {
	s.serve(c, func(context.Context, *operations.Request) (*operations.Response, error) {
		if faults := s.quirks.BatchFaults(requestOf(c.Request).body); len(faults) > 0 {
			return nil, problem.Invalid(faults...)
		}
		return s.runBatch(c.Request, params)
	})
}

// multipartBatch is the media type of the response to a batch that is not JSON.
const multipartBatch = "multipart/mixed"

// runBatch runs the batch that a request brings.
func (s *Server) runBatch(r *http.Request, params gen.RunBatchParams) (*operations.Response, error) {
	outer := requestOf(r)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	whole := &running{outer: outer, turn: make(chan struct{}, 1), cancel: cancel}
	preference := operations.ContinueOnError(params.Prefer)
	response, err := s.batches.Run(r.WithContext(context.WithValue(ctx, batchKey{}, whole)), outer.body.Text,
		batch.Options{Multipart: outer.Media == multipartBatch, ContinueOnError: preference != ""})
	outer.fault = whole.withConnection(outer.fault)
	if err != nil {
		return nil, batchProblem(err)
	}
	return &operations.Response{
		Status:      http.StatusOK,
		ContentType: cmp.Or(response.ContentType, outer.Form.ContentType()),
		Body:        response.Body,
		Preference:  preference,
		Whole:       true,
	}, nil
}

// batchProblem returns the problem of a batch that is malformed, and any other error unchanged.
func batchProblem(err error) error {
	var malformed *batch.Malformed
	if !errors.As(err, &malformed) {
		return err
	}
	faults := make([]gen.ErrorDetail, len(malformed.Faults))
	for i, one := range malformed.Faults {
		faults[i] = problem.Fault(gen.InvalidValue, one.Target, "%s", one.Message)
	}
	return problem.Invalid(faults...)
}

// running is a batch whose requests are served. They share its place.
type running struct {
	// outer is the request that brought the batch.
	outer *request
	// turn is a lock of capacity 1: the long requests of a batch run one after the other.
	turn chan struct{}
	// hasBegun is true after the first long request; turn protects it.
	hasBegun bool
	// cancel ends the requests that run.
	cancel context.CancelFunc
	// connection is what a request of the batch does to the connection, nil for nothing.
	connection atomic.Pointer[api.FaultRuleConnection]

	mu sync.Mutex // protects all below, and that the place rests
	// working is how many requests are under way and not delayed, delayed how many a test delays.
	working, delayed int
}

type batchKey struct{}

// batchOf returns the batch that a request belongs to, nil for none.
func batchOf(ctx context.Context) *running {
	batch, _ := ctx.Value(batchKey{}).(*running)
	return batch
}

// begin notes that one more request works, in the place of the batch. The error is that of the context. end
// must follow in any case.
func (b *running) begin(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.working++
	return b.outer.held.place.Resume(ctx)
}

// end notes that one less works. The place rests if all others are delayed.
func (b *running) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.working--; b.working == 0 && b.delayed > 0 {
		b.outer.held.place.Rest()
	}
}

// delay calls wait for a request that works, which does not work meanwhile.
func (b *running) delay(ctx context.Context, wait func() error) error {
	b.addDelayed(1)
	b.end()
	err := wait()
	b.addDelayed(-1)
	return errors.Join(err, b.begin(ctx))
}

func (b *running) addDelayed(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.delayed += n
}

// wait waits until no other long request of the batch runs, and until it is the caller's turn again: a
// batch of dear requests goes to the slow lane in its midst.
func (b *running) wait(ctx context.Context) (leave func(), err error) {
	select {
	case b.turn <- struct{}{}:
		if b.hasBegun {
			err = b.outer.held.place.Next(ctx)
		}
		b.hasBegun = true
		if err != nil {
			<-b.turn
			return nil, err
		}
		return func() { <-b.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// beginBatch takes all that the requests of a batch need, before the first of them is served.
func (s *Server) beginBatch(outer *http.Request, requests []batch.Announced) error {
	req := requestOf(outer)
	if err := s.spend(req, max(0, len(requests)-1)); err != nil { // one was taken for the batch itself
		return err
	}
	long := 0
	for _, one := range requests {
		aliases := spec.Aliases(s.spec.CanonicalQuery(one.Query))
		path, raw, _ := s.spec.CanonicalURL(s.spec.WithKeys(one.Path, aliases))
		if raw != "" {
			path = raw
		}
		if op := s.spec.OperationAt(one.Method, path); op != nil && op.IsLong {
			long++
		}
	}
	if long == 0 {
		return nil
	}
	req.held.place.Close()
	var err error
	req.held.place, err = s.limits.Pages(outer.Context(), limited(req.Caller), long)
	return busy(err)
}

type atomicityGroupKey struct{}

// atomicityGroupOf returns the atomicity group of a request, nil for none.
func atomicityGroupOf(ctx context.Context) *operations.AtomicityGroup {
	group, _ := ctx.Value(atomicityGroupKey{}).(*operations.AtomicityGroup)
	return group
}

// atomically runs the requests of an atomicity group; see batch.Runner and operations.Service.
func (s *Server) atomically(ctx context.Context, requests func(context.Context) bool) error {
	return s.service.Atomically(ctx, func(group *operations.AtomicityGroup) bool {
		return requests(context.WithValue(ctx, atomicityGroupKey{}, group))
	})
}

// refusals are the kinds of the errors with which a batch itself responds to one of its requests.
var refusals = map[int]error{
	http.StatusBadRequest:         problem.ErrInvalid,
	http.StatusFailedDependency:   problem.ErrDependency,
	http.StatusServiceUnavailable: problem.ErrUnavailable,
}

// refuseInBatch responds to a request of a batch that does not reach ServeHTTP.
func (s *Server) refuseInBatch(w http.ResponseWriter, outer *http.Request, refusal batch.Refusal) {
	whole := requestOf(outer)
	inner := &request{Request: whole.Request, clientID: whole.clientID, fault: whole.fault} // the error is not the batch's
	outer = outer.WithContext(context.WithValue(outer.Context(), requestKey{}, inner))
	s.setHeaders(w.Header(), inner)
	err := errorOf(refusal)
	s.writeError(w, outer, err)
	s.traceRefusal(outer, refusal.Method, err)
}

// errorOf returns the error of a refusal.
func errorOf(refusal batch.Refusal) error {
	if refusal.Cause != nil {
		return refusal.Cause
	}
	kind, ok := refusals[refusal.Status]
	if !ok {
		return errors.New(refusal.Message) // for the log alone
	}
	return problem.Refuse(kind, refusal.Target, "%s", refusal.Message)
}
