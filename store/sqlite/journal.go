package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"afterhours/store"
)

// bounds limit the journal, in pages of 4 KiB. SQLite writes the journal from its start
// again once all of it is in the file and no reader uses it.
type bounds struct {
	// step is the number of pages not yet in the file at which the copier begins to copy
	// them there, beside the writer.
	step int
	// pending is the number of those pages at which the writer waits for the copier, and
	// copies the rest itself.
	pending int
	// all is the number of pages at which the writer restarts the journal, if few pages are
	// left to copy. At twice as many it waits for the copier and for the readers.
	all int
}

var defaultBounds = bounds{step: 1_000, pending: 8_000, all: 8_000}

const (
	// fewPages is how many pages the writer may copy between two commits, so that no write
	// waits for more than some milliseconds.
	fewPages = 200

	shortRestart = 5 * time.Millisecond
	longRestart  = time.Second
)

// tidy keeps the journal within its bounds. SQLite can do so by itself, but would not
// report that the disk fails meanwhile, and all writes would wait for the whole copy.
func (w *writer) tidy() {
	pending, all, err := w.statements.checkpoint(none)
	if all < w.bounds.all {
		w.restartAt, w.waitAt = w.bounds.all, 2*w.bounds.all
	}
	tryAt := w.copier.left() + w.bounds.step
	switch {
	case err != nil:
	case all >= w.waitAt:
		w.waitAt = all + w.bounds.pending
		err = w.copier.alone(func() error { return w.restart(longRestart) })
	case pending >= max(w.bounds.pending, tryAt):
		err = w.copier.alone(func() error { return w.checkpoint(w.statements.direct, passive) })
	case all >= w.restartAt && pending <= fewPages:
		w.restartAt = all + w.bounds.step
		err = w.copier.ifIdle(func() error { return w.restart(shortRestart) })
	case pending >= tryAt || all >= w.restartAt:
		w.copier.wake()
	}
	w.copied(err)
}

// copied takes the error of a checkpoint. With any other one, of a busy reader or a full disk,
// the journal grows until the next try.
func (w *writer) copied(err error) {
	if isFailedDisk(err) || isDamage(err) {
		_ = w.failed(err)
	}
}

// checkpoint copies the journal into the file by the connection.
func (w *writer) checkpoint(on *direct, how int32) error {
	return w.timed(func(to *store.Measurements, took time.Duration) { to.Checkpoint(took) }, func() error {
		left, _, err := on.checkpoint(how)
		w.copier.pages.Store(int64(left))
		return err
	})
}

// restart copies the rest and waits for the readers, so that the journal can start again. A
// long reader, such as a backup, would hold up every write, so the next try comes only after
// the journal has grown further.
func (w *writer) restart(patience time.Duration) error {
	if err := w.setBusyTimeout(patience); err != nil {
		return err
	}
	return errors.Join(w.checkpoint(w.statements.direct, restarting), w.setBusyTimeout(busyTimeout))
}

// setBusyTimeout uses no prepared statement, since SQLite applies this pragma when it
// prepares it.
func (w *writer) setBusyTimeout(timeout time.Duration) error {
	_, err := w.conn.ExecContext(context.Background(), "PRAGMA "+busyPragma(timeout))
	return err
}

// The kinds of checkpoints.
const (
	none       = lib.SQLITE_CHECKPOINT_NOOP    // copies nothing
	passive    = lib.SQLITE_CHECKPOINT_PASSIVE // waits for nobody, and nobody waits for it
	restarting = lib.SQLITE_CHECKPOINT_RESTART // waits for the readers, so that the journal can start again
	empty      = lib.SQLITE_CHECKPOINT_TRUNCATE
)

// checkpoint makes a checkpoint and returns the pages of the journal that are not yet in the
// file, and all of its pages. It is not a prepared statement, since SQLite prepares a pragma
// for a checkpoint again each time.
func (d *direct) checkpoint(how int32) (pending, all int, err error) {
	const each = 4 // the bytes of a count
	counts := d.thread.Alloc(2 * each)
	defer d.thread.Free(2 * each)
	code := lib.Xsqlite3_wal_checkpoint_v2(d.thread, d.database, 0, how, counts, counts+each)
	if code != lib.SQLITE_OK && code != lib.SQLITE_BUSY {
		return 0, 0, d.failure(code)
	}
	read := libc.GoBytes(counts, 2*each)
	all = int(int32(binary.NativeEndian.Uint32(read)))
	return all - int(int32(binary.NativeEndian.Uint32(read[each:]))), all, nil
}
