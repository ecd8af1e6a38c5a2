package sqlite

import (
	"errors"

	lib "modernc.org/sqlite/lib"
)

// isFull reports whether nothing was written because there was no room.
func isFull(err error) bool { return primary(err) == lib.SQLITE_FULL || isNoRoomToShare(err) }

// isFailedDisk reports whether the disk failed. Then its content is unknown.
func isFailedDisk(err error) bool {
	return primary(err) == lib.SQLITE_IOERR && !isNoRoomToShare(err)
}

// isDamage reports whether the file has something else than SQLite has written.
func isDamage(err error) bool {
	return primary(err) == lib.SQLITE_CORRUPT || primary(err) == lib.SQLITE_NOTADB
}

// isNoRoomToShare reports whether the shared memory could not grow with the journal.
// Nothing is lost then, since the journal has all that the shared memory holds. Any other
// input or output error of SQLite may come from a failing disk.
func isNoRoomToShare(err error) bool { return code(err) == lib.SQLITE_IOERR_SHMSIZE }

// primary returns SQLite's primary code of the error, which is the low byte of the
// extended one.
func primary(err error) int { return code(err) & 0xff }

// code returns SQLite's extended code of the error, or 0 for any other error.
func code(err error) int {
	if err == nil {
		return 0 // without the allocation of errors.As
	}
	var failed interface{ Code() int } // of the driver, or of direct.go
	if !errors.As(err, &failed) {
		return 0
	}
	return failed.Code()
}
