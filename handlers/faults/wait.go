package faults

import (
	"context"
	"time"

	"afterhours/store/edm"
)

// maxDelay is how long a rule delays a request at most, as the contract states.
const maxDelay = 30 * edm.Second

// delay returns how long the rule delays a request.
func (r *rule) delay() time.Duration {
	return time.Duration(value(r.Delay)) * (time.Second / time.Duration(edm.Second))
}

// Wait waits in real time. It ends early without an error when EndWaits is called, and with the error of
// the context when that ends.
func (r *Rules) Wait(ctx context.Context, delay time.Duration) error {
	over := time.NewTimer(delay)
	defer over.Stop()
	select {
	case <-over.C:
	case <-r.ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// EndWaits ends all waits, now and later, so that a server that stops need not wait for them.
func (r *Rules) EndWaits() { r.end() }
