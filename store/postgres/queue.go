package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"afterhours/store"
	"afterhours/store/group"
)

const (
	// workers is how many batches of a queue may be under way: one is gathered while the
	// database runs the others.
	workers = 4
	// maxBatch is the most statements that share a round trip.
	maxBatch = 64
)

// statement is one statement of one caller.
type statement struct {
	key  store.Key // of the row, for the order of locks
	sql  string
	args []any
	// take reads the result for the caller. Its error is the database's, or a result.
	take func(pgx.BatchResults) error
}

// newQueue returns a queue whose statements go to the database in one round trip and, if
// they write, with one commit: for single rows those cost more than the statement.
func newQueue(pool *pgxpool.Pool) *group.Queue[*statement] {
	return group.New(workers, maxBatch, func(batch []*group.Call[*statement]) func() {
		if err := send(pool, batch); len(batch) > 1 && concernsOne(err) {
			for i := range batch {
				_ = send(pool, batch[i:i+1])
			}
		}
		return nil
	})
}

// Measure implements store.Measured.
func (s *Store) Measure(to *store.Measurements) {
	s.reads.Observe(func(calls int, waited time.Duration) { to.Batch("reads", calls, waited) })
	s.writes.Observe(func(calls int, waited time.Duration) { to.Batch("writes", calls, waited) })
}

// concernsOne reports whether one statement, or a deadlock with another batch, failed the
// batch, so that each statement alone may succeed.
func concernsOne(err error) bool {
	switch code(err) {
	case serializationFailure, deadlockDetected, lockNotAvailable:
		return true
	}
	return err != nil && !isUnavailable(err)
}

// send runs the statements as one transaction, sets the error of each call, and returns
// the error that undid them all.
func send(pool *pgxpool.Pool, batch []*group.Call[*statement]) error {
	// All batches lock rows in the same order, so that no two wait for each other.
	slices.SortStableFunc(batch, func(a, b *group.Call[*statement]) int { return compareKeys(a.Value.key, b.Value.key) })
	sent := &pgx.Batch{}
	for _, call := range batch {
		sent.Queue(call.Value.sql, call.Value.args...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	results := pool.SendBatch(ctx, sent)
	err := take(results, batch)
	if closed := results.Close(); err == nil {
		err = closed
	}
	if err != nil {
		group.Fail(batch, err)
	}
	return err
}

// take reads the results of a batch until one is an error that undoes the batch.
func take(results pgx.BatchResults, batch []*group.Call[*statement]) error {
	for _, call := range batch {
		if call.Err = call.Value.take(results); call.Err != nil && !isResult(call.Err) {
			return call.Err
		}
	}
	return nil
}

func compareKeys(a, b store.Key) int {
	return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.User, b.User), cmp.Compare(a.ID, b.ID))
}

// queued is a runner of statements about the row of the key, each in a batch of writes.
type queued struct {
	*Store
	key store.Key
}

func (q queued) row(ctx context.Context, into []any, sql string, args ...any) error {
	return q.writes.Do(ctx, &statement{key: q.key, sql: sql, args: args, take: func(results pgx.BatchResults) error {
		return notFound(results.QueryRow().Scan(into...))
	}})
}

// readOne returns what scan makes of one row, read in a batch, or ErrNotFound.
func readOne[T any](ctx context.Context, s *Store, doing string, scan func(pgx.Row, *T) error, sql string, args ...any) (T, error) {
	var value T
	err := s.attempt(ctx, doing, func(ctx context.Context) error {
		read := new(T) // the worker's until Do returns nil
		err := s.reads.Do(ctx, &statement{sql: sql, args: args, take: func(results pgx.BatchResults) error {
			return notFound(scan(results.QueryRow(), read))
		}})
		if err == nil {
			value = *read
		}
		return err
	})
	return value, err
}
