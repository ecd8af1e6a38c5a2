package faults

import (
	api "afterhours/control"
	"afterhours/gen"
)

// buckets are the token buckets of a rule with throttle.
type buckets struct{ rule *api.Throttle }

func newBuckets(rule *api.Throttle) *buckets { return &buckets{rule} }

// take takes what a request costs. The fault is a 429, or has no status and the headers of a request
// that passes. It needs the lock of Rules.
func (b *buckets) take(*Request) *Fault { return nil }

// checkThrottle returns what is wrong with a rule's throttle.
func checkThrottle(*api.Throttle) []gen.ErrorDetail { return nil }
