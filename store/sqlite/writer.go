package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"afterhours/store"
	"afterhours/store/group"
)

// maxBatch is the most writes that share a commit. More would make the first of
// them wait longer without making the fsync noticeably cheaper for each.
const maxBatch = 256

// errStopped is the error of every write after the disk has failed once.
var errStopped = errors.New("writing has stopped until the next start, as the disk failed")

// write runs the statements of one caller's write. It has no context, because the caller
// may have stopped waiting.
type write func(*statements) error

// writer is the one goroutine of this process that writes, with the one connection
// that it writes through.
type writer struct {
	pool       *sql.DB
	conn       *sql.Conn
	statements statements
	queue      *group.Queue[write] // with one worker
	// failed is set when the disk failed. Nobody knows then what of the journal is on
	// the disk, and a later sync would succeed although pages are lost.
	failed bool
	bounds bounds
	// restartAt is the length of the journal at which to try again to restart it. It is
	// 0 if the last try succeeded: then bounds.all is the length.
	restartAt int
}

// openWriter opens the connection, brings the schema up to date and starts.
func openWriter(ctx context.Context, dir, path string, durability Durability) (*writer, error) {
	pool, err := connect(path, "synchronous("+string(durability)+")")
	if err != nil {
		return nil, err
	}
	w := &writer{pool: pool, bounds: defaultBounds}
	if err := w.prepare(ctx, dir); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	w.queue = group.New(1, maxBatch, w.commit)
	return w, nil
}

func (w *writer) prepare(ctx context.Context, dir string) (err error) {
	w.pool.SetMaxOpenConns(1)
	if err := migrate(ctx, w.pool, dir); err != nil {
		return err
	}
	if w.conn, err = w.pool.Conn(ctx); err != nil {
		return err
	}
	// The journal of Apply's savepoints is kept in memory: in a file it would cost as
	// much as the write itself.
	if _, err = w.conn.ExecContext(ctx, "PRAGMA temp_store = memory"); err != nil {
		return err
	}
	w.statements.conn = w.conn
	return w.statements.prepare(ctx, w.conn)
}

// do has run executed and committed. It returns run's error if that is a result, or else
// that of the database, or the context's: then the write does not happen if it has not
// begun.
func (w *writer) do(ctx context.Context, run write) error { return w.queue.Do(ctx, run) }

// close stops the writer and empties the journal. Every do must have returned.
func (w *writer) close() error {
	w.queue.Close()
	if !w.failed {
		_, _, _ = journal(w.statements.empty) // fails if another process reads the file
	}
	return errors.Join(w.conn.Close(), w.pool.Close())
}

// commit writes the batch in one transaction. Each caller gets its own result, or all get
// the error that undid the transaction. The journal is tidied when the callers have gone on.
func (w *writer) commit(batch []*group.Call[write]) (after func()) {
	if err := w.transact(batch); err != nil {
		group.Fail(batch, err)
		return nil
	}
	return w.tidy
}

// transact runs the batch in one transaction, unless the disk has ever failed.
func (w *writer) transact(batch []*group.Call[write]) error {
	if w.failed {
		return errStopped
	}
	err := w.try(batch)
	if isNoRoomToShare(err) {
		err = w.takeBack(err)
	}
	w.failed = w.failed || isFailedDisk(err)
	return err
}

func (w *writer) try(batch []*group.Call[write]) error {
	if err := exec(w.statements.begin); err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	for _, call := range batch {
		if call.Err = call.Value(&w.statements); !isResult(call.Err) {
			_ = exec(w.statements.rollback)
			return call.Err
		}
	}
	if err := exec(w.statements.commit); err != nil {
		// Most failures end the transaction by themselves, and then the rollback
		// has nothing to do. Either way the transaction has changed nothing.
		_ = exec(w.statements.rollback)
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// takeBack undoes a transaction that failed because the shared memory could not grow.
// SQLite grows it after the commit is synced in the journal, where the next start would find
// it. A commit that changes nothing overwrites it there, even if it fails in the same way.
func (w *writer) takeBack(failure error) error {
	if err := exec(w.statements.nothing); err != nil && !isNoRoomToShare(err) {
		w.failed = true
		return fmt.Errorf("%w: a commit failed (%v) and could not be taken back: %v", errStopped, failure, err)
	}
	return failure
}

// isResult reports whether the error is a result for one caller: nil, ErrNotFound,
// ErrExists or ErrConflict. Any other error rolls back the batch.
func isResult(err error) bool {
	return err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict)
}
