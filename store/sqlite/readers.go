package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"afterhours/store"
)

// pool has connections for reading. All are open until close: later there may be no
// descriptor to open one.
type pool struct {
	name     string
	database *sql.DB
	size     int
	free     chan *reader
	waits    atomic.Uint64
	waited   atomic.Int64
}

// reader is one of the connections.
type reader struct {
	*direct
	points  points
	queries map[string]*prepared // by their SQL
}

// maxQueries is how many prepared queries a reader keeps. Clients have few different ones.
const maxQueries = 16

func (s *Store) openReaders(ctx context.Context, path string) (err error) {
	// More queries than a server runs at once, so that none waits here: its door lets in two
	// and a half for each processor, and five at least.
	if s.readers, err = openPool(ctx, path, "lists", max(5, 3*runtime.NumCPU())); err != nil {
		return err
	}
	// No more than can run at once: after each commit, every connection reads its pages again.
	if s.singles, err = openPool(ctx, path, "points", runtime.NumCPU()); err != nil {
		return err
	}
	s.probe, err = openPool(ctx, path, "probe", 1)
	return err
}

func openPool(ctx context.Context, path, name string, size int) (*pool, error) {
	database, err := connect(path, "query_only(1)")
	if err != nil {
		return nil, err
	}
	p := &pool{name: name, database: database, size: size, free: make(chan *reader, size)}
	for range size {
		if err := p.open(ctx); err != nil {
			return nil, errors.Join(err, p.close())
		}
	}
	return p, nil
}

func (p *pool) open(ctx context.Context) error {
	conn, err := p.database.Conn(ctx)
	if err != nil {
		return err
	}
	on, err := newDirect(conn)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	r := &reader{direct: on, queries: map[string]*prepared{}}
	p.free <- r
	if err := readNothing(ctx, conn); err != nil { // it opens the journal
		return err
	}
	return r.points.prepare(ctx, on)
}

// close closes the connections, none of which must be in use.
func (p *pool) close() (err error) {
	for range len(p.free) {
		err = errors.Join(err, (<-p.free).close())
	}
	return errors.Join(err, p.database.Close())
}

// errWaited is the error of a query for which no connection was free until its context
// ended.
var errWaited = errors.New("no connection was free")

// take waits for a free connection. The caller must give it back.
func (p *pool) take(ctx context.Context) (*reader, error) {
	select {
	case r := <-p.free:
		return r, nil
	default:
	}
	p.waits.Add(1)
	begun := time.Now()
	defer func() { p.waited.Add(int64(time.Since(begun))) }()
	select {
	case r := <-p.free:
		return r, nil
	case <-ctx.Done():
		return nil, errWaited
	}
}

func (p *pool) giveBack(r *reader) { p.free <- r }

func (p *pool) stats() store.Pool {
	idle := len(p.free)
	return store.Pool{
		Name: p.name, Limit: p.size, InUse: p.size - idle, Idle: idle,
		Waits: p.waits.Load(), Waited: time.Duration(p.waited.Load()),
	}
}

// readNothing reads the database, for an owner without statistics.
func readNothing(ctx context.Context, on queryer) error {
	return on.QueryRowContext(ctx, "SELECT count(*) FROM statistics WHERE "+ofOwner, "", "").Scan(new(int))
}

// queryer is a *sql.DB or a *sql.Conn.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// query runs a query of many rows on a connection of its own, and interrupts it when the
// context ends.
//
// The driver would interrupt only the step to the first row. A filter may let SQLite find
// one row at once and search for the next one for seconds. The rows are read with a context
// that does not end, since the driver and database/sql would each start a goroutine to
// watch it.
func (s *Store) query(ctx context.Context, run func(ctx context.Context, on *reader) error) error {
	return s.queryShort(ctx, func(_ context.Context, r *reader) error {
		stop := interruptAtEnd(ctx, r.database)
		defer stop()
		return run(context.WithoutCancel(ctx), r)
	})
}

// queryShort is query without an interrupt, which costs a tenth of a page of 50.
func (s *Store) queryShort(ctx context.Context, run func(ctx context.Context, on *reader) error) error {
	r, err := s.readers.take(ctx)
	if err != nil {
		return err
	}
	defer s.readers.giveBack(r)
	return run(context.WithoutCancel(ctx), r)
}

// query returns the prepared query with its parameters bound. The caller must reset it.
func (r *reader) query(ctx context.Context, query string, args []any) (*prepared, error) {
	p, ok := r.queries[query]
	if !ok {
		if len(r.queries) == maxQueries {
			for old := range r.queries { // any one
				if err := r.forget(r.queries[old]); err != nil {
					return nil, err
				}
				delete(r.queries, old)
				break
			}
		}
		var err error
		if p, err = r.prepare(ctx, query); err != nil {
			return nil, err
		}
		r.queries[query] = p
	}
	return p.set(args...), nil
}
