package sqlite

import (
	"errors"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// isFull tells that there was no room, and that nothing was written for that reason.
func isFull(err error) bool { return primary(err) == lib.SQLITE_FULL || isNoRoomToShare(err) }

// isFailedDisk tells that nobody knows what is on the disk.
func isFailedDisk(err error) bool {
	return primary(err) == lib.SQLITE_IOERR && !isNoRoomToShare(err)
}

// isNoRoomToShare tells that the shared memory could not grow with the journal. Nothing is
// lost with it, as the journal says all that it holds. SQLite's other errors of input and
// output may all come from a disk that fails.
func isNoRoomToShare(err error) bool { return code(err) == lib.SQLITE_IOERR_SHMSIZE }

// primary returns SQLite's primary code of the error, which is the low byte of the
// extended one.
func primary(err error) int { return code(err) & 0xff }

// code returns SQLite's extended code of the error; 0 if it is not SQLite's.
func code(err error) int {
	var told *driver.Error
	if !errors.As(err, &told) {
		return 0
	}
	return told.Code()
}
