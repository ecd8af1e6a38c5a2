package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"afterhours/store"
)

func TestARolledBackStatementIsTriedAgain(t *testing.T) {
	of := func(code string) error { return &pgconn.PgError{Code: code} }
	for name, test := range map[string]struct {
		errs  []error // of one try after the other, then nil
		tries int
		want  error // nil for none
	}{
		"serialization failure": {[]error{of("40001"), of("40001")}, 3, nil},
		"deadlock":              {[]error{of("40P01")}, 2, nil},
		"for ever":              {[]error{of("40001"), of("40001"), of("40001"), of("40001"), of("40001")}, maxTries, store.ErrUnavailable},
		"never sent":            {[]error{notSent{}}, 2, nil},
		"a broken connection":   {[]error{of("08006")}, 1, store.ErrUnavailable},
		"the server stops":      {[]error{of("57P01")}, 1, store.ErrUnavailable},
		"the disk is full":      {[]error{of("53100")}, 1, store.ErrFull},
		"not the primary":       {[]error{of("25006")}, 1, store.ErrUnavailable},
		"a result":              {[]error{store.ErrConflict}, 1, store.ErrConflict},
	} {
		s, err := unconnected()
		if err != nil {
			t.Fatal(err)
		}
		tries := 0
		err = s.attempt(context.Background(), "testing", func(context.Context) error {
			tries++
			if tries <= len(test.errs) {
				return test.errs[tries-1]
			}
			return nil
		})
		if tries != test.tries || !errors.Is(err, test.want) {
			t.Errorf("%s: %v after %d tries; want %v after %d", name, err, tries, test.want, test.tries)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestNoRetryAfterTheCallerHasGone(t *testing.T) {
	s, err := unconnected()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	err = s.attempt(ctx, "testing", func(context.Context) error {
		<-ctx.Done()
		return &pgconn.PgError{Code: serializationFailure}
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v; want %v", err, context.DeadlineExceeded)
	}
}

func TestABugIsNotUnavailable(t *testing.T) {
	s, err := unconnected()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	fault := &pgconn.PgError{Code: "42601", Message: "syntax error"}
	err = s.attempt(context.Background(), "testing", func(context.Context) error { return fault })
	if !errors.Is(err, fault) || errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the error is %v; want %v and no %v", err, fault, store.ErrUnavailable)
	}
}

// notSent is an error like pgconn's when nothing was sent.
type notSent struct{}

func (notSent) Error() string     { return "conn closed" }
func (notSent) SafeToRetry() bool { return true }

// unconnected returns a store for tests that never use its database.
func unconnected() (*Store, error) {
	config, err := parse("postgres://127.0.0.1:1/none")
	if err != nil {
		return nil, err
	}
	return newStore(context.Background(), config)
}
