package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/gofrs/flock"
)

// lockName is the file in the data folder that a server locks.
const lockName = "server.lock"

// ErrInUse is the error of a folder that a server uses.
var ErrInUse = errors.New("in use by another server")

// Lock makes the caller the one server of the folder until release or the end of the
// process. It creates the folder if it does not exist, and returns ErrInUse at once if another
// server holds it. Open does not take this lock, so that commands can use the folder while a
// server runs.
func Lock(dir string) (release func() error, err error) {
	if err := createFolder(dir); err != nil {
		return nil, fmt.Errorf("creating the data folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, lockName))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if !held {
		return nil, fmt.Errorf("the data folder %s is %w: stop that one first, or start this one with a folder of its own", dir, ErrInUse)
	}
	return lock.Close, nil
}
