package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"afterhours/store"
)

// bounds limit the journal, in pages of 4 KiB. SQLite writes the journal from its start
// again once all of it is in the file and no reader uses it.
type bounds struct {
	// pending is the number of pages not yet in the file at which the writer copies them
	// there. A page that many commits change is then copied once.
	pending int
	// all is the number of pages at which the writer also waits for the readers.
	all int
}

var defaultBounds = bounds{pending: 8_000, all: 16_000}

// tidy keeps the journal within its bounds. SQLite can do so by itself, but would not
// report that the disk fails meanwhile.
func (w *writer) tidy() {
	pending, all, err := journal(w.statements.journal)
	switch {
	case err != nil:
	case all >= max(w.bounds.all, w.restartAt):
		err = w.checkpoint(func() error { return w.restart(all) })
	case pending >= w.bounds.pending:
		err = w.checkpoint(func() error { _, _, err := journal(w.statements.checkpoint); return err })
	}
	if all < w.bounds.all {
		w.restartAt = 0
	}
	// With any other error, of a busy reader or a full disk, the journal grows until the
	// next try.
	if isFailedDisk(err) || isDamage(err) {
		_ = w.failed(err)
	}
}

// checkpoint copies the journal into the file by run.
func (w *writer) checkpoint(run func() error) error {
	return w.timed(func(to *store.Measurements, took time.Duration) { to.Checkpoint(took) }, run)
}

// restart waits a second for the readers, so that the journal can start again. A long
// reader, such as a backup, would hold up every write, so the next try comes only after
// the journal has grown further.
func (w *writer) restart(all int) error {
	w.restartAt = all + w.bounds.pending
	if err := w.setBusyTimeout(time.Second); err != nil {
		return err
	}
	_, _, err := journal(w.statements.restart)
	return errors.Join(err, w.setBusyTimeout(busyTimeout))
}

// setBusyTimeout uses no prepared statement, since SQLite applies this pragma when it
// prepares it.
func (w *writer) setBusyTimeout(timeout time.Duration) error {
	_, err := w.conn.ExecContext(context.Background(), "PRAGMA "+busyPragma(timeout))
	return err
}

// journal runs a checkpoint statement and returns the pages of the journal that are not
// yet in the file, and all of its pages.
func journal(statement *sql.Stmt) (pending, all int, err error) {
	var busy, written int
	err = statement.QueryRow().Scan(&busy, &all, &written)
	return all - written, all, err
}
