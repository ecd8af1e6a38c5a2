// Package problem owns what can be wrong with a request, and what its caller is told. It leaves
// alone the status, the code and the response (handlers has the one table and the one writer).
//
// The word is that of RFC 9457, "Problem Details for HTTP APIs"; the shape on the wire is Graph's.
package problem

import (
	"errors"
	"fmt"
	"slices"

	"afterhours/gen"
)

// The kinds of problems, besides the errors of package store.
var (
	ErrInvalid      = errors.New("the request breaks the contract")
	ErrUnknown      = errors.New("nothing at this address")
	ErrMethod       = errors.New("method not allowed")
	ErrToken        = errors.New("no valid token")
	ErrForbidden    = errors.New("not permitted")
	ErrPolicy       = errors.New("policy not satisfied")
	ErrPrecondition = errors.New("precondition failed")
	ErrDependency   = errors.New("failed dependency")
	ErrTimeout      = errors.New("body too slow")
	ErrTooLarge     = errors.New("body too large")
	ErrMediaType    = errors.New("unsupported media type")
	ErrFormat       = errors.New("unsupported format of the response")
	ErrStopped      = errors.New("query stopped")
	ErrThrottled    = errors.New("too many requests of one caller")
	ErrUnavailable  = errors.New("unavailable")
	// ErrNotImplemented is for what the standard has and this server does not (OData Protocol 9.3.1).
	ErrNotImplemented = errors.New("not implemented")
)

// Problem is an error with a message for the caller. The message of any other error may hold
// internals, so its caller is told only a sentence for its kind.
type Problem struct {
	// Kind is one of the kinds above, or an error of package store or auth.
	Kind error
	// Message is one sentence or more for a person.
	Message string
	// Target is the property, parameter or header that is wrong; "" for none.
	Target string
	// Details has one entry a fault, empty if Message says it all.
	Details []gen.ErrorDetail
	// Challenge is the WWW-Authenticate header (RFC 6750, section 3); "" for none.
	Challenge string
	// Unread is true if a part of the body may be unread. The connection must then close, or
	// net/http would read the remainder before it responds.
	Unread bool
	// Location is the URL at which to begin again, for a 410; "" for none.
	Location string
	// RetryAfter is after how many seconds the caller may try again; 0 if the kind says it.
	RetryAfter int
}

func (p *Problem) Error() string { return p.Message }
func (p *Problem) Unwrap() error { return p.Kind }

// Refuse returns a problem of the kind. Its message is formatted as by fmt.Sprintf.
func Refuse(kind error, target, format string, values ...any) *Problem {
	return &Problem{Kind: kind, Target: target, Message: fmt.Sprintf(format, values...)}
}

// Faults returns the details, or the problem itself as the only one.
func (p *Problem) Faults() []gen.ErrorDetail {
	if len(p.Details) > 0 {
		return p.Details
	}
	return []gen.ErrorDetail{Fault(gen.InvalidValue, p.Target, "%s", p.Message)}
}

// MaxFaults is how many faults a response names: maxItems of details in the contract.
const MaxFaults = 50

// Invalid returns the problem of a request with these faults, at least one. Its kind is ErrNotImplemented
// if all of them are NotSupported: without another fault the server would have to answer.
func Invalid(faults ...gen.ErrorDetail) *Problem {
	p := &Problem{Kind: ErrInvalid, Details: faults, Message: faults[0].Message}
	if !slices.ContainsFunc(faults, func(fault gen.ErrorDetail) bool { return fault.Code != gen.NotSupported }) {
		p.Kind = ErrNotImplemented
	}
	switch {
	case len(faults) == 1:
		p.Target = *faults[0].Target
	case len(faults) < MaxFaults:
		p.Message = fmt.Sprintf("The request breaks the contract in %d places; details names each.", len(faults))
	default:
		p.Message = fmt.Sprintf("The request breaks the contract in many places; details names %d.", MaxFaults)
		p.Details = faults[:MaxFaults]
	}
	return p
}

// IsInvalid reports whether the error is a problem of Invalid.
func IsInvalid(err error) bool {
	return errors.Is(err, ErrInvalid) || errors.Is(err, ErrNotImplemented)
}

// Fault returns one thing that is wrong. Its message is formatted as by fmt.Sprintf.
func Fault(code gen.ErrorDetailCode, target, format string, values ...any) gen.ErrorDetail {
	return gen.ErrorDetail{Code: code, Target: &target, Message: fmt.Sprintf(format, values...)}
}

// Shown returns a caller's text as a message repeats it: at most 60 characters.
func Shown(text string) string {
	const most = 60
	count := 0
	for i := range text {
		if count == most {
			return text[:i] + "…"
		}
		count++
	}
	return text
}
