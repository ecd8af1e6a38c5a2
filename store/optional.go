package store

import "context"

// The interfaces below are powers that some stores have. A caller asks for one with a
// type assertion on a Store.

// FileBackup is a store that keeps its data in a file of its own. A database server has
// its own backups.
type FileBackup interface {
	// Backup writes a copy of the store to a new file while others read and write. The
	// copy holds every write that returned before the call. It is an error if the file
	// exists.
	Backup(ctx context.Context, to string) error
}

// IntegrityChecker is a store that can check its file for damage. A database server
// checks its own files.
type IntegrityChecker interface {
	// Integrity reads all that is stored and returns an error that names the damage.
	Integrity(ctx context.Context) error
}
