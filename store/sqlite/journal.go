package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// bounds are those of the journal, in pages of 4 KiB. It begins anew when all of it is
// in the file and nobody reads it.
type bounds struct {
	behind int // from how many not yet in the file the writer puts them there: most are put once for many commits
	all    int // from how many in all the writer also waits for those who read them
}

var defaultBounds = bounds{behind: 8_000, all: 16_000}

// tidy keeps the journal within its bounds. SQLite would do so by itself, but tells
// nobody when the disk fails meanwhile.
func (w *writer) tidy() {
	behind, all, err := journal(w.statements.journal)
	switch {
	case err != nil:
	case all >= max(w.bounds.all, w.restartAt):
		err = w.restart(all)
	case behind >= w.bounds.behind:
		_, _, err = journal(w.statements.checkpoint)
	}
	if all < w.bounds.all {
		w.restartAt = 0
	}
	// A reader in the way, or a full disk: the journal grows until the next time.
	w.failed = w.failed || isFailedDisk(err)
}

// restart waits a moment for those who read the journal, so that it can begin anew. One
// who goes on, as a backup does, would hold up every write: the next try is when the
// journal has grown further.
func (w *writer) restart(all int) error {
	w.restartAt = all + w.bounds.behind
	if err := w.setPatience(time.Second); err != nil {
		return err
	}
	_, _, err := journal(w.statements.restart)
	return errors.Join(err, w.setPatience(busyTimeout))
}

// setPatience is no prepared statement, as SQLite follows this pragma when it reads it.
func (w *writer) setPatience(timeout time.Duration) error {
	_, err := w.conn.ExecContext(context.Background(), "PRAGMA "+busyPragma(timeout))
	return err
}

// journal runs a statement that reports on the journal.
func journal(statement *sql.Stmt) (behind, all int, err error) {
	var busy, written int
	err = statement.QueryRow().Scan(&busy, &all, &written)
	return all - written, all, err
}
