package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"afterhours/store"
)

const (
	// maxTries is how many times a statement that the database rolls back is tried in all.
	maxTries = 5
	// firstPause is the average pause before the second try. Each further pause is twice
	// the last.
	firstPause = 5 * time.Millisecond
)

// timeout is how long a call waits for the database. A server that hangs neither answers
// nor breaks its connections, and would block the whole pool for ever. Another server must
// take over within 30 s, of which the driver needs 15 to close the connections.
const timeout = 8 * time.Second

// queryTimeout is timeout for a query of many rows, which its caller may want to take longer.
const queryTimeout = 30 * time.Second

// attempt runs one statement or transaction as one call of the store. It tries again if
// nothing has happened, and translates errors to the store's terms.
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
	for try := 1; try < maxTries && isUndone(err) && pause(limited, try); try++ {
		err = run(limited)
	}
	switch {
	case err == nil, isResult(err):
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx) // the driver's error says only that it was interrupted
	case limited.Err() != nil:
		return fmt.Errorf("%s: %w: the database has not answered for %v", doing, store.ErrUnavailable, timeout)
	case code(err) == readOnly:
		s.forEach((*pgxpool.Pool).Reset) // these connections lead to a server that is no longer the primary
	}
	switch {
	case code(err) == diskFull:
		return fmt.Errorf("%s: %w: %w", doing, store.ErrFull, err)
	case isUnavailable(err):
		return fmt.Errorf("%s: %w: %w", doing, store.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// pause waits before the next try, and reports whether the caller still waits.
func pause(ctx context.Context, try int) bool {
	base := firstPause << (try - 1)
	select {
	case <-time.After(base/2 + rand.N(base)):
		return true
	case <-ctx.Done():
		return false
	}
}

// Codes of PostgreSQL, appendix A of its manual.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	readOnly             = "25006"
	wrongUser            = "28000"
	wrongPassword        = "28P01"
	noDatabase           = "3D000"
	diskFull             = "53100"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
)

// isUndone reports whether the database rolled back the statement, so that another try is
// safe and likely to succeed.
func isUndone(err error) bool {
	switch code(err) {
	case serializationFailure, deadlockDetected:
		return true
	}
	return err != nil && pgconn.SafeToRetry(err)
}

// isUnavailable reports whether the error may pass and is not a bug: a connection cannot be
// made or breaks, or a server stops, has no room, or is no longer the primary.
func isUnavailable(err error) bool {
	code := code(err)
	if code == "" {
		return isOfConnection(err)
	}
	switch code[:2] {
	case "08", "40", "53", "55", "57", "58", "XX":
		return true
	}
	return code == readOnly
}

// isOfConnection reports whether the connection failed, and not the statement.
func isOfConnection(err error) bool {
	var (
		connecting *pgconn.ConnectError
		network    net.Error
	)
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, store.ErrUnavailable)
}

// code returns PostgreSQL's code of the error, or "" if it is not from the server.
func code(err error) string {
	if err == nil {
		return ""
	}
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		return failed.Code
	}
	return ""
}

// isResult reports whether the error is a result for one caller, which undoes nothing else:
// ErrNotFound, ErrExists or ErrConflict.
func isResult(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict)
}
