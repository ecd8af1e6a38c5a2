package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"afterhours/store"
)

// maxGroup is the most writes that share a commit. More would make the first of
// them wait longer without making the fsync noticeably cheaper for each.
const maxGroup = 256

// errStopped says that nothing is written any more, since the disk has failed once.
var errStopped = errors.New("writing has stopped until the next start, as the disk failed")

// writer is the one goroutine of this process that writes, with the one connection
// that it writes through.
type writer struct {
	pool       *sql.DB
	conn       *sql.Conn
	statements statements
	queue      chan *write
	stopped    chan struct{}
	// failed is set when the disk failed: nobody knows then what of the journal is on
	// it, and a later sync would say that all is well though the pages are lost.
	failed bool
	bounds bounds
	// restartAt is how long the journal must be before the next try to restart it, 0
	// for its bound.
	restartAt int
}

// write is what one caller wants written. It has no context: that of a caller who
// has gone may no longer be asked.
type write struct {
	run func(*statements) error
	// claimed is set by the writer when it begins, or by the caller when it goes:
	// who sets it decides whether the write happens.
	claimed atomic.Bool
	err     error         // for the caller to read when done is closed
	done    chan struct{} // closed after the commit
}

func (w *write) claim() bool { return w.claimed.CompareAndSwap(false, true) }

// openWriter opens the connection, brings the schema up to date and starts.
func openWriter(ctx context.Context, dir, path string, durability Durability) (*writer, error) {
	pool, err := connect(path, "synchronous("+string(durability)+")")
	if err != nil {
		return nil, err
	}
	w := &writer{pool: pool, queue: make(chan *write, maxGroup), stopped: make(chan struct{}), bounds: defaultBounds}
	if err := w.prepare(ctx, dir); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	go w.work()
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
	// What Apply may have to undo is noted in memory, and not in a file, where it would
	// cost as much as the write itself.
	if _, err = w.conn.ExecContext(ctx, "PRAGMA temp_store = memory"); err != nil {
		return err
	}
	return w.statements.prepare(ctx, w.conn)
}

// do has run executed and committed. It returns run's error if that is one of the
// store's, or else that of the database, or the context's: then the write does not
// happen if it has not begun.
func (w *writer) do(ctx context.Context, run func(*statements) error) error {
	write := &write{run: run, done: make(chan struct{})}
	select {
	case w.queue <- write:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-write.done:
		return write.err
	case <-ctx.Done():
		write.claim()
		return ctx.Err()
	}
}

// close stops the writer when it has written what is queued, and empties the journal;
// nobody may call do any more.
func (w *writer) close() error {
	close(w.queue)
	<-w.stopped
	if !w.failed {
		_, _, _ = journal(w.statements.empty) // a reader of another process may be in the way
	}
	return errors.Join(w.conn.Close(), w.pool.Close())
}

func (w *writer) work() {
	defer close(w.stopped)
	group := make([]*write, 0, maxGroup)
	for first := range w.queue {
		group = w.fill(append(group[:0], first))
		w.commit(group)
		clear(group)
	}
}

// fill adds to the group what is queued, and what comes while those who have just been
// answered get their turn: they would otherwise fill every other group, and half of
// the commits would be for the few who came first.
func (w *writer) fill(group []*write) []*write {
	for yielded := 0; len(group) < maxGroup; {
		select {
		case next, open := <-w.queue:
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

// commit writes the group in one transaction and then answers its callers: each
// with its own result, or all with the error that undid the transaction.
func (w *writer) commit(group []*write) {
	begun := group[:0]
	for _, write := range group {
		if write.claim() {
			begun = append(begun, write)
		}
	}
	err := w.transact(begun)
	for _, write := range begun {
		if err != nil {
			write.err = err
		}
		close(write.done)
	}
	if err == nil {
		w.tidy()
	}
}

// transact runs the group in one transaction, unless the disk has ever failed.
func (w *writer) transact(group []*write) error {
	if len(group) == 0 {
		return nil
	}
	if w.failed {
		return errStopped
	}
	err := w.try(group)
	if isNoRoomToShare(err) {
		err = w.takeBack(err)
	}
	w.failed = w.failed || isFailedDisk(err)
	return err
}

func (w *writer) try(group []*write) error {
	if err := exec(w.statements.begin); err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	for _, write := range group {
		if write.err = write.run(&w.statements); !isAnswer(write.err) {
			_ = exec(w.statements.rollback)
			return write.err
		}
	}
	if err := exec(w.statements.commit); err != nil {
		// Most failures end the transaction by themselves, and then the rollback
		// has nothing to do; either way what remains is what was before.
		_ = exec(w.statements.rollback)
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// takeBack undoes a transaction that failed as the shared memory could not grow. SQLite
// grows it after it has put the commit into the journal and synced it, and the next start
// would find it there. A commit that changes nothing takes its place in the journal, even
// if it fails in the same way.
func (w *writer) takeBack(failure error) error {
	if err := exec(w.statements.nothing); err != nil && !isNoRoomToShare(err) {
		w.failed = true
		return fmt.Errorf("%w: a commit failed (%v) and could not be taken back: %v", errStopped, failure, err)
	}
	return failure
}

// isAnswer says whether an error is of the store's promises and concerns its caller
// alone; any other one undoes the group.
func isAnswer(err error) bool {
	return err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict)
}
