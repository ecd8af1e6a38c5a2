package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	api "afterhours/control"
	"afterhours/handlers/faults"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// failedOnPurpose is the error of a fault. It has the status and the code of the fault, and not those
// of a row in the table.
type failedOnPurpose struct{ *faults.Fault }

func (f failedOnPurpose) Error() string { return "a fault that a test asked for" }

// Unwrap returns what the caller is told.
func (f failedOnPurpose) Unwrap() error {
	return &problem.Problem{Message: f.Message, Challenge: f.Challenge}
}

// applyFault lets the request fail if a test asked for it, and delays it. The error ends the request.
// The other parts of the fault change the response when it is sent; see faultyResponse.
func (s *Server) applyFault(r *http.Request, op *spec.Operation, req *request) error {
	fault, err := s.control.faultOf(r, op, req)
	if err != nil || fault == nil {
		return err
	}
	req.fault = fault
	if fault.Delay > 0 {
		if err := s.control.delay(r, fault); err != nil {
			return err
		}
	}
	if fault.Connection != "" {
		if whole := req.batch; whole != nil {
			whole.breakOff(fault.Connection)
		}
	}
	if fault.Connection == api.Reset {
		return context.Canceled // only requests of a batch get this response, and it is not sent
	}
	if fault.Status != 0 {
		return failedOnPurpose{fault}
	}
	return nil
}

// faultOf returns the fault of the request, nil for none. Its header counts more than rules.
func (a *controlAPI) faultOf(r *http.Request, op *spec.Operation, req *request) (*faults.Fault, error) {
	q := &faults.Request{
		Operation:     op.OperationID,
		IsList:        op.IsList(),
		IsQuery:       op.TakesQuery(),
		Method:        r.Method,
		Tenant:        req.Caller.Tenant,
		User:          req.Caller.User,
		Application:   req.Caller.Application,
		Header:        r.Header,
		Query:         queryOf(r),
		Now:           req.at,
		Origin:        a.server.origin(r),
		NotBefore:     req.Caller.NotBefore,
		AnswersClaims: req.Caller.AnswersClaims,
		Token:         req.Caller.Token,
	}
	if asked := r.Header.Values(faults.HeaderName); len(asked) > 0 {
		return a.service.Faults.Simulate(q, strings.Join(asked, ", "))
	}
	return a.service.Faults.Decide(q), nil
}

// queryOf returns the query options of a request. One that cannot be read has fewer.
func queryOf(r *http.Request) url.Values {
	options, _ := url.ParseQuery(r.URL.RawQuery)
	return options
}

// delay waits as long as the fault says. The request has no place of the server meanwhile, and its body
// may come later.
func (a *controlAPI) delay(r *http.Request, fault *faults.Fault) error {
	if whole := batchOf(r.Context()); whole != nil {
		return whole.delay(r.Context(), func() error { return a.service.Faults.Wait(r.Context(), fault.Delay) })
	}
	body, hasBody := r.Body.(*pacedBody)
	if hasBody {
		body.pause()
	}
	err := a.service.Faults.Wait(r.Context(), fault.Delay)
	if hasBody {
		body.begin()
	}
	return err
}

// withConnection returns the fault of the batch with what its requests do to the connection.
func (b *running) withConnection(fault *faults.Fault) *faults.Fault {
	connection := b.connection.Load()
	if connection == nil {
		return fault
	}
	var changed faults.Fault
	if fault != nil {
		changed = *fault
	}
	changed.Connection = *connection
	return &changed
}

// breakOff notes what a request of the batch does to the connection. A reset ends the other requests.
func (b *running) breakOff(connection api.FaultRuleConnection) {
	if connection == api.Reset {
		b.connection.Store(&connection)
		b.cancel()
		return
	}
	b.connection.CompareAndSwap(nil, &connection)
}
