package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/batch"
	"afterhours/handlers/operations"
	"afterhours/handlers/problem"
)

// newBatchRunner returns the runner of batches. It passes each request of a batch to ServeHTTP as a
// request of its own.
func (s *Server) newBatchRunner() *batch.Runner {
	runner := &batch.Runner{Next: s, Bases: s.spec.Bases, Refuse: s.refuseInBatch, Atomically: s.atomically}
	if public, err := url.Parse(s.publicURL); err == nil {
		runner.PublicHost = public.Host
	}
	return runner
}

// RunBatch is POST on $batch. A fault of the batch as a whole is a 400, and none of its requests runs.
func (s *Server) RunBatch(c *gin.Context, _ gen.RunBatchParams) {
	serveBody(s, c, func(_ context.Context, req *operations.Request, body *gen.BatchRequest) (*operations.Response, error) {
		if faults := s.quirks.BatchFaults(body); len(faults) > 0 {
			return nil, problem.Invalid(faults...)
		}
		text, err := s.batches.Run(c.Request, requestOf(c.Request).body.Text)
		var malformed *batch.Malformed
		if errors.As(err, &malformed) {
			faults := make([]gen.ErrorDetail, len(malformed.Faults))
			for i, one := range malformed.Faults {
				faults[i] = problem.Fault(gen.InvalidValue, one.Target, "%s", one.Message)
			}
			return nil, problem.Invalid(faults...)
		}
		return &operations.Response{Status: http.StatusOK, ContentType: req.Form.ContentType(), Body: text}, err
	})
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
	inner := *requestOf(outer) // the error is not the batch's
	outer = outer.WithContext(context.WithValue(outer.Context(), requestKey{}, &inner))
	s.setHeaders(w.Header(), &inner)
	if refusal.Cause != nil {
		s.writeError(w, outer, refusal.Cause)
		return
	}
	kind, ok := refusals[refusal.Status]
	if !ok {
		s.writeError(w, outer, errors.New(refusal.Message)) // for the log alone
		return
	}
	s.writeError(w, outer, problem.Refuse(kind, refusal.Target, "%s", refusal.Message))
}
