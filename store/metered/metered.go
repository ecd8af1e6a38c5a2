// Package metered owns a store that tells an observer of every call of another store: metrics count and
// time the calls, traces have a span for each. It leaves alone what the observer makes of a call.
//
//	Get, Put, ... -> Begin -> the same method of the store below -> the function that Begin returned
//
//	metered.go  what an observer is told
//	forward.go  the methods of store.Store
//	powers.go   the powers that some stores have
package metered

import (
	"context"
	"errors"

	"afterhours/store"
)

// Begin is told that a call begins: the name of the method, as in PutUser. It returns the context of the
// call and a function that is told the error of the call, once. Several goroutines call both. No key,
// name or filter is told: they are of persons.
type Begin func(ctx context.Context, method string) (context.Context, func(error))

// Store is a store.Store over another one.
type Store struct {
	below store.Store
	begin Begin
}

var _ store.Store = (*Store)(nil)

// Outcome is how a call has ended.
type Outcome struct {
	// Word is ok, not_found, exists, conflict, full, damaged, unavailable, no_result, canceled or other.
	// canceled means that the context of the call had ended.
	Word string
	// IsFailed reports whether the store is to blame, and not the call.
	IsFailed bool
}

// outcomes has the outcome of each error. The first row that errors.Is decides.
var outcomes = []struct {
	err error
	Outcome
}{
	{store.ErrNotFound, Outcome{Word: "not_found"}},
	{store.ErrExists, Outcome{Word: "exists"}},
	{store.ErrConflict, Outcome{Word: "conflict"}},
	{store.ErrFull, Outcome{Word: "full", IsFailed: true}},
	{store.ErrDamaged, Outcome{Word: "damaged", IsFailed: true}},
	{store.ErrUnavailable, Outcome{Word: "unavailable", IsFailed: true}},
	{store.ErrClosed, Outcome{Word: "unavailable", IsFailed: true}},
	{store.ErrNoResult, Outcome{Word: "no_result"}},
}

// OutcomeOf returns the outcome of a call with its context and error. If the context has ended, the error
// may be any, as it is the context's cause.
func OutcomeOf(ctx context.Context, err error) Outcome {
	if err == nil {
		return Outcome{Word: "ok"}
	}
	for _, row := range outcomes {
		if errors.Is(err, row.err) {
			return row.Outcome
		}
	}
	if ctx.Err() != nil {
		return Outcome{Word: "canceled"}
	}
	return Outcome{Word: "other", IsFailed: true}
}
