// Package metered owns a store that tells an observer of every call of another store: metrics count and
// time the calls, traces have a span for each. It leaves alone what the observer makes of a call.
//
//	Get, Put, ... -> Observer.BeginCall -> the same method of the store below -> Observer.EndCall
//
//	metered.go  what an observer is told
//	forward.go  the methods of store.Store
//	powers.go   the powers that some stores have
package metered

import (
	"context"
	"errors"
	"time"

	"afterhours/store"
)

// Observer is told of the calls: the name of the method, as in PutUser. Several goroutines call it. No key,
// name or filter is told: they are of persons.
type Observer interface {
	// BeginCall is told that a call begins. It returns the context of the call.
	BeginCall(ctx context.Context, method string) context.Context
	// EndCall is told that a call has ended: the context that BeginCall returned, when the call began, and its error.
	EndCall(ctx context.Context, method string, begun time.Time, err error)
}

// Store is a store.Store over another one.
type Store struct {
	below    store.Store
	observer Observer
}

// call is a call under way. It is a value, so that it costs no memory.
type call struct {
	of     *Store
	ctx    context.Context
	method string
	begun  time.Time
}

func (s *Store) begin(ctx context.Context, method string) call {
	return call{s, s.observer.BeginCall(ctx, method), method, time.Now()}
}

func (c call) end(err error) { c.of.observer.EndCall(c.ctx, c.method, c.begun, err) }

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
