package cassandra

import (
	"context"
	"errors"
	"fmt"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
)

// timeout is how long a call waits for the ring.
const timeout = 8 * time.Second

// scanTimeout is timeout for a call that reads many pages, which its caller may want to take longer.
const scanTimeout = 30 * time.Second

// walkTimeout is timeout for a call that reads all owners, each page of which has to come within answerTimeout.
const walkTimeout = time.Hour

// attempt runs one call of the store, and translates errors to the store's terms.
func (s *Store) attempt(ctx context.Context, doing string, run func(context.Context) error) error {
	return s.attemptFor(ctx, timeout, doing, run)
}

// attemptFor is attempt with another timeout.
func (s *Store) attemptFor(ctx context.Context, timeout time.Duration, doing string, run func(context.Context) error) error {
	if err := s.gate.Enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := run(limited)
	switch {
	case err == nil, isResult(err):
		return err
	case errors.Is(err, gocql.ErrNotFound):
		return store.ErrNotFound
	case ctx.Err() != nil:
		return context.Cause(ctx) // the driver's error says only that it was interrupted
	case limited.Err() != nil:
		return fmt.Errorf("%s: %w: the database has not answered for %v", doing, store.ErrUnavailable, timeout)
	case isBug(err):
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, store.ErrUnavailable, err)
}

// isBug reports whether the database refused the statement itself, so that it would refuse it again. Any other
// error is of the ring: a node ended, too few replicas answered, or the answer came too late.
func isBug(err error) bool {
	var refused gocql.RequestError
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Code() {
	case gocql.ErrCodeInvalid, gocql.ErrCodeSyntax, gocql.ErrCodeConfig, gocql.ErrCodeAlreadyExists:
		return true
	}
	return false
}

// isResult reports whether the error is one of the store's own, a result for the caller.
func isResult(err error) bool {
	for _, result := range []error{store.ErrNotFound, store.ErrExists, store.ErrConflict, store.ErrOwners, store.ErrForgotten, store.ErrNoResult} {
		if errors.Is(err, result) {
			return true
		}
	}
	return false
}
