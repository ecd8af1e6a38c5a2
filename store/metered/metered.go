// Package metered owns a store that times every call of another one and tells what became of it. It
// leaves alone who counts the calls.
//
//	Get, Put, ... -> the same method of the store below -> Observe
package metered

import (
	"context"
	"errors"
	"time"

	"afterhours/store"
)

// Observe takes one call: the operation, what became of it, and how long it took. Several goroutines
// call it. The operation is the name of the method, as in get and put_user. The result is ok,
// not_found, exists, conflict, full, damaged, unavailable, no_result, canceled or other. canceled means that the
// context of the call had ended.
type Observe func(operation, result string, took time.Duration)

// Store is a store.Store over another one.
type Store struct {
	below   store.Store
	observe Observe
}

var _ store.Store = (*Store)(nil)

// New returns a store that passes every call to the one below and then tells it to observe. It has the
// optional powers that the store below has, store.Measured excepted.
func New(below store.Store, observe Observe) store.Store {
	s := &Store{below: below, observe: observe}
	switch powers := below.(type) {
	case filePowers:
		return &fileStore{countStore{wholeStore{s, powers}, powers}, powers}
	case countPowers:
		return &countStore{wholeStore{s, powers}, powers}
	case store.Replacer:
		return &wholeStore{s, powers}
	}
	return s
}

// timed tells of one call when it has ended. It is called by defer, with the time when the call
// began.
func (s *Store) timed(ctx context.Context, operation string, begun time.Time, err *error) {
	s.observe(operation, result(ctx, *err), time.Since(begun))
}

// results are the errors of store.Store that have a result of their own. The first match wins.
var results = []struct {
	err    error
	result string
}{
	{store.ErrNotFound, "not_found"},
	{store.ErrExists, "exists"},
	{store.ErrConflict, "conflict"},
	{store.ErrFull, "full"},
	{store.ErrDamaged, "damaged"},
	{store.ErrUnavailable, "unavailable"},
	{store.ErrClosed, "unavailable"},
	{store.ErrNoResult, "no_result"},
}

// result returns what became of a call with the error.
func result(ctx context.Context, err error) string {
	if err == nil {
		return "ok"
	}
	for _, row := range results {
		if errors.Is(err, row.err) {
			return row.result
		}
	}
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return "canceled"
	}
	return "other"
}
