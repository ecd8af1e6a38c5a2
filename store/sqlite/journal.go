package sqlite

import (
	"database/sql"

	lib "modernc.org/sqlite/lib"
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
	case all >= w.bounds.all:
		_, _, err = journal(w.statements.restart)
	case behind >= w.bounds.behind:
		_, _, err = journal(w.statements.checkpoint)
	}
	// A reader in the way, or a full disk: the journal grows until the next time.
	if primary(err) == lib.SQLITE_IOERR {
		w.failed = true
	}
}

// journal runs a statement that reports on the journal.
func journal(statement *sql.Stmt) (behind, all int, err error) {
	var busy, written int
	err = statement.QueryRow().Scan(&busy, &all, &written)
	return all - written, all, err
}
