package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
)

func (s *Store) openReaders(ctx context.Context, path string) (err error) {
	// More queries than a server runs at once, so that none waits here: its door lets in two
	// and a half for each processor, and five at least.
	if s.readers, err = connectReaders(ctx, path, max(5, 3*runtime.NumCPU())); err != nil {
		return err
	}
	// No more than can run at once: after each commit, every connection reads its pages again.
	if s.singles, err = connectReaders(ctx, path, runtime.NumCPU()); err != nil {
		return err
	}
	if s.probe, err = connectReaders(ctx, path, 1); err != nil {
		return err
	}
	return s.reads.prepare(ctx, s.readers, s.singles)
}

// connectReaders returns a pool whose connections are all open, and stay so: later there
// may be no descriptor to open one.
func connectReaders(ctx context.Context, path string, connections int) (*sql.DB, error) {
	readers, err := connect(path, "query_only(1)")
	if err != nil {
		return nil, err
	}
	readers.SetMaxOpenConns(connections)
	readers.SetMaxIdleConns(connections)
	if err := openAll(ctx, readers, connections); err != nil {
		return nil, errors.Join(err, readers.Close())
	}
	return readers, nil
}

func openAll(ctx context.Context, readers *sql.DB, connections int) error {
	for range connections {
		conn, err := readers.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()            // gives it back, once all are open
		if err := readNothing(ctx, conn); err != nil { // it opens the journal
			return err
		}
	}
	return nil
}

// readNothing reads the database, for an owner without statistics.
func readNothing(ctx context.Context, on queryer) error {
	return on.QueryRowContext(ctx, "SELECT count(*) FROM statistics WHERE "+ofOwner, "", "").Scan(new(int))
}

// queryer is a *sql.DB or a *sql.Conn.
type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// errWaited is the error of a query for which no connection was free until its context
// ended.
var errWaited = errors.New("no connection was free")

// query runs a query of many rows on a connection of its own, and interrupts it when the
// context ends.
//
// The driver would interrupt only the step to the first row. A filter may let SQLite find
// one row at once and search for the next one for seconds. The rows are read with a context
// that does not end, since the driver and database/sql would each start a goroutine to
// watch it.
func (s *Store) query(ctx context.Context, run func(ctx context.Context, on *sql.Conn) error) error {
	conn, err := s.readers.Conn(ctx)
	if err != nil && ctx.Err() != nil {
		return errWaited
	}
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // gives it back
	database, err := handle(conn)
	if err != nil {
		return err
	}
	unending := context.WithoutCancel(ctx)
	stop := interruptAtEnd(ctx, database)
	err = run(unending, conn)
	stop()
	if ctx.Err() != nil {
		// SQLite forgets an interrupt when the next statement begins. Without one,
		// database/sql would close the connection.
		_, _ = conn.ExecContext(unending, "SELECT 1")
	}
	return err
}
