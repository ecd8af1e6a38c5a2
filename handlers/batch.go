package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/batch"
)

// newBatchRunner returns what answers batches: each of their requests comes back to
// ServeHTTP as a request of its own.
func (s *Server) newBatchRunner() *batch.Runner {
	runner := &batch.Runner{Next: s, Bases: s.contract.bases, Refuse: s.refuseInBatch, Atomically: s.atomically}
	if public, err := url.Parse(s.publicURL); err == nil {
		runner.PublicHost = public.Host
	}
	return runner
}

// runBatch answers POST on $batch. What is told wrong with the batch as a whole is a
// 400, of which no request was begun.
func (s *Server) runBatch(ctx context.Context, body *gen.BatchRequest) (*answer, error) {
	outer := ctx.(*gin.Context).Request
	if faults := s.quirks.batchFaults(body); len(faults) > 0 {
		return nil, invalid(faults)
	}
	text, err := s.batches.Run(outer, outer.Body.(validatedBody).text)
	var wrong *batch.Malformed
	if errors.As(err, &wrong) {
		faults := make([]gen.ErrorDetail, len(wrong.Faults))
		for i, one := range wrong.Faults {
			faults[i] = fault(gen.InvalidValue, one.Target, "%s", one.Message)
		}
		return nil, invalid(faults)
	}
	return &answer{status: http.StatusOK, contentType: requestOf(outer).form.contentType(), body: text}, err
}

// refusals are the kinds of what the batch itself answers to one of its requests.
var refusals = map[int]error{
	http.StatusBadRequest:         errInvalid,
	http.StatusFailedDependency:   errDependency,
	http.StatusServiceUnavailable: errUnavailable,
}

// refuseInBatch answers a request of a batch that is not let through to a handler.
func (s *Server) refuseInBatch(w http.ResponseWriter, outer *http.Request, refusal batch.Refusal) {
	s.setHeaders(w.Header(), requestOf(outer))
	if refusal.Cause != nil {
		s.writeError(w, outer, refusal.Cause)
		return
	}
	kind, known := refusals[refusal.Status]
	if !known {
		s.writeError(w, outer, errors.New(refusal.Message)) // for the log alone
		return
	}
	s.writeError(w, outer, refuse(kind, refusal.Target, "%s", refusal.Message))
}
