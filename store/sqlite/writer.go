package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"afterhours/store"
	"afterhours/store/group"
)

// maxBatch is the most writes that share a commit. More would make the first of
// them wait longer without making the fsync noticeably cheaper for each.
const maxBatch = 256

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
	health     *health
	files      *files
	count      countFile
	bounds     bounds
	copier     *copier
	// restartAt is the length of the journal, in pages, at which to try to restart it, and
	// waitAt that at which to wait for its readers.
	restartAt, waitAt int
	measurements      atomic.Pointer[store.Measurements] // nil if nobody measures
}

// openWriter opens the connection, brings the schema up to date and starts.
func openWriter(ctx context.Context, dir, path string, durability Durability) (*writer, error) {
	expected, how, err := readCount(dir) // before the database, which others may be writing
	if err != nil {
		return nil, err
	}
	pool, err := connect(path, "synchronous("+string(durability)+")")
	if err != nil {
		return nil, err
	}
	w := &writer{pool: pool, bounds: defaultBounds, health: &health{}}
	if err := w.prepare(ctx, dir); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	if err := w.findLoss(ctx, path, expected, how); err != nil {
		return nil, errors.Join(err, pool.Close()) // w.conn stays open, so that SQLite leaves the journal as it is
	}
	if w.files, err = openFiles(dir, path); err != nil {
		return nil, errors.Join(err, w.statements.close(), pool.Close())
	}
	if w.count, err = openCount(dir, durability); err != nil {
		return nil, errors.Join(err, w.statements.close(), pool.Close(), w.files.close())
	}
	w.copier, err = startCopier(ctx, path, durability, func(on *direct) { w.copied(w.checkpoint(on, passive)) })
	if err != nil {
		return nil, errors.Join(err, w.statements.close(), pool.Close(), w.files.close(), w.count.file.Close())
	}
	w.queue = group.New(1, maxBatch, w.commit)
	return w, nil
}

// findLoss returns an error if the database has fewer commits than expected. If the missing
// ones were Normal, it notes the loss and goes on: their caller has chosen that a power cut
// may lose them.
func (w *writer) findLoss(ctx context.Context, path string, expected uint64, how Durability) error {
	var stored uint64
	if err := w.conn.QueryRowContext(ctx, "SELECT number FROM commits").Scan(&stored); err != nil {
		return fmt.Errorf("reading the number of commits: %w", err)
	}
	if stored >= expected {
		return nil
	}
	missing := &loss{path, stored, expected, how}
	if how != Normal {
		return missing
	}
	w.health.say(store.Notice{Err: missing})
	return nil
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
	on, err := newDirect(w.conn)
	if err != nil {
		return err
	}
	return w.statements.prepare(ctx, on)
}

// do has run executed and committed. It returns run's error if that is a result, or else
// that of the database, or the context's: then the write does not happen if it has not
// begun.
func (w *writer) do(ctx context.Context, run write) error { return w.queue.Do(ctx, run) }

// close stops the writer and empties the journal. Every do must have returned. If writing
// had stopped, close leaves the files as they are and returns the reason.
func (w *writer) close() error {
	w.queue.Close()
	copier := w.copier.close()
	if err := w.files.checkAll(); err != nil {
		_ = w.health.stop(err)
	}
	closed := func() error { return errors.Join(copier, w.pool.Close(), w.files.close(), w.count.file.Close()) }
	if stopped := w.health.why(); stopped != nil {
		// The last connection would copy the journal into the database, even a damaged one,
		// and remove the journal that now has the name. This one stays open until the end
		// of the process.
		return errors.Join(stopped, closed())
	}
	_, _, _ = w.statements.checkpoint(empty) // fails if another process reads the file
	return errors.Join(w.statements.close(), closed())
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

// transact runs the batch in one transaction, unless writing has stopped. The files must
// still be the ones that are open when the commit is on disk: otherwise it is lost.
func (w *writer) transact(batch []*group.Call[write]) error {
	if stopped := w.health.why(); stopped != nil {
		return stopped
	}
	number, err := w.try(batch)
	if isNoRoomToShare(err) {
		err = w.takeBack(err)
	}
	if err != nil {
		return w.failed(err)
	}
	if err := w.files.check(); err != nil {
		return w.health.stop(err)
	}
	if number == 0 {
		return nil
	}
	if err := w.count.write(number); err != nil {
		return w.health.stop(fmt.Errorf("the disk failed: %w", err))
	}
	w.health.tried(nil)
	return nil
}

// failed returns the error of a commit for its callers, once it is known what the error means
// for later commits.
func (w *writer) failed(err error) error {
	switch {
	case isFull(err):
		w.health.tried(err)
	case isFailedDisk(err):
		// Nobody knows what of the journal is on the disk, and a later sync would succeed
		// although pages are lost.
		return w.health.stop(fmt.Errorf("the disk failed: %w", err))
	case isDamage(err): // more writes could damage more
		return w.health.stop(fmt.Errorf("the database is damaged: %w", err))
	}
	return err
}

// try runs the batch. It returns the number of the commit, or 0 if nothing was written.
func (w *writer) try(batch []*group.Call[write]) (number uint64, err error) {
	if err := w.statements.begin.run(); err != nil {
		return 0, fmt.Errorf("beginning a transaction: %w", err)
	}
	if number, err = w.run(batch); err != nil {
		_ = w.statements.rollback.run()
		return 0, err
	}
	if err := w.timed(func(to *store.Measurements, took time.Duration) { to.Commit(took) }, w.statements.commit.run); err != nil {
		// Most failures end the transaction by themselves, and then the rollback
		// has nothing to do. Either way the transaction has changed nothing.
		_ = w.statements.rollback.run()
		return 0, fmt.Errorf("committing: %w", err)
	}
	return number, nil
}

// run runs the batch in a transaction. If one of the calls succeeds, the commit gets a number.
func (w *writer) run(batch []*group.Call[write]) (number uint64, err error) {
	writes := false
	for _, call := range batch {
		if call.Err = call.Value(&w.statements); !isResult(call.Err) {
			return 0, call.Err
		}
		writes = writes || call.Err == nil
	}
	if writes {
		err = w.statements.number.first(func(p *prepared) error { number = uint64(p.int()); return nil })
	}
	return number, err
}

// takeBack undoes a transaction that failed because the shared memory could not grow.
// SQLite grows it after the commit is synced in the journal, where the next start would find
// it. A commit that changes nothing overwrites it there, even if it fails in the same way.
func (w *writer) takeBack(failure error) error {
	if err := w.statements.nothing.run(); err != nil && !isNoRoomToShare(err) {
		return w.health.stop(fmt.Errorf("a commit failed (%v) and could not be taken back: %v", failure, err))
	}
	return failure
}

// isResult reports whether the error is a result for one caller: nil, ErrNotFound,
// ErrExists or ErrConflict. Any other error rolls back the batch.
func isResult(err error) bool {
	return err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict)
}
