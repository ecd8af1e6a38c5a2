package postgres

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"afterhours/store"
)

const (
	// carriers is how many groups of each kind may be under way: one is gathered while
	// others are with the database.
	carriers = 4
	// maxGroup is the most calls that share a round trip.
	maxGroup = 64
)

// call is one statement of one caller.
type call struct {
	key  store.Key // of the row, for the order of locks
	sql  string
	args []any
	// take reads the result, for the caller to find when done is closed. Its error is
	// the database's, or one of the store's promises.
	take func(pgx.BatchResults) error
	// claimed is set by the carrier when it begins, or by the caller when it goes: who
	// sets it decides whether the statement is sent.
	claimed atomic.Bool
	err     error
	done    chan struct{}
}

func (c *call) claim() bool { return c.claimed.CompareAndSwap(false, true) }

// groups has the statements of callers who come at the same time go to the database
// together, in one round trip and, if they write, with one commit: for single rows those
// cost more than the statement. Each statement is still all that its caller does.
type groups struct {
	pool  *pgxpool.Pool
	queue chan *call
	ended sync.WaitGroup
}

func newGroups(pool *pgxpool.Pool) *groups {
	g := &groups{pool: pool, queue: make(chan *call, maxGroup)}
	for range carriers {
		g.ended.Go(g.carry)
	}
	return g
}

// close waits for what is under way; nobody may call do any more.
func (g *groups) close() {
	close(g.queue)
	g.ended.Wait()
}

// do has the statement run. The error is the database's, or the context's: then the
// statement is not sent if that has not begun, and its outcome unknown otherwise.
func (g *groups) do(ctx context.Context, c *call) error {
	c.done = make(chan struct{})
	select {
	case g.queue <- c:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		c.claim()
		return ctx.Err()
	}
}

func (g *groups) carry() {
	for first := range g.queue {
		group := slices.DeleteFunc(g.fill(first), func(c *call) bool { return !c.claim() })
		if err := g.send(group); len(group) > 1 && concernsOne(err) {
			for _, c := range group {
				_ = g.send([]*call{c})
			}
		}
		for _, c := range group {
			close(c.done)
		}
	}
}

// concernsOne says whether an error undid a group for what only one of it is to blame
// for, or two groups that met: alone, each of the calls may go well.
func concernsOne(err error) bool {
	switch code(err) {
	case serializationFailure, deadlockDetected, lockNotAvailable:
		return true
	}
	return err != nil && !isUnavailable(err)
}

// send has the statements run as one transaction, sets the error of each call, and
// returns the one that undid them all.
func (g *groups) send(group []*call) error {
	// In one order for everybody, lest two groups wait for each other's rows.
	slices.SortStableFunc(group, func(a, b *call) int {
		return cmp.Or(cmp.Compare(a.key.Tenant, b.key.Tenant), cmp.Compare(a.key.User, b.key.User), cmp.Compare(a.key.ID, b.key.ID))
	})
	batch := &pgx.Batch{}
	for _, c := range group {
		batch.Queue(c.sql, c.args...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	results := g.pool.SendBatch(ctx, batch)
	var failed error
	for _, c := range group {
		if c.err = c.take(results); c.err != nil && !isAnswer(c.err) {
			failed = c.err
			break
		}
	}
	if err := results.Close(); failed == nil {
		failed = err
	}
	if failed != nil {
		for _, c := range group {
			c.err = failed
		}
	}
	return failed
}

// fill returns the first call and those that are queued, or will be when those who were
// just answered have had their turn.
func (g *groups) fill(first *call) []*call {
	group := []*call{first}
	for yielded := 0; len(group) < maxGroup; {
		select {
		case next, open := <-g.queue:
			if !open {
				return group
			}
			group = append(group, next)
		default:
			if yielded == len(group) {
				return group
			}
			yielded = len(group)
			runtime.Gosched()
		}
	}
	return group
}

// together is a runner of statements about the row of the key, each as part of a group
// of writes.
type together struct {
	*Store
	key store.Key
}

func (t together) row(ctx context.Context, into []any, sql string, args ...any) error {
	return t.writes.do(ctx, &call{key: t.key, sql: sql, args: args, take: func(results pgx.BatchResults) error {
		return notFound(results.QueryRow().Scan(into...))
	}})
}

// readOne returns what scan makes of one row, read as part of a group, or ErrNotFound.
func readOne[T any](ctx context.Context, s *Store, doing string, scan func(pgx.Row, *T) error, sql string, args ...any) (T, error) {
	var value T
	err := s.attempt(ctx, doing, func(ctx context.Context) error {
		read := new(T) // the carrier's until do returns nil
		err := s.reads.do(ctx, &call{sql: sql, args: args, take: func(results pgx.BatchResults) error {
			return notFound(scan(results.QueryRow(), read))
		}})
		if err == nil {
			value = *read
		}
		return err
	})
	return value, err
}
