package sqlite

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"syscall"

	"afterhours/store"
)

// countName is the file beside the database that has the number of the last commit that is
// on disk. The database has that number, too, in its table commits. If the file's number is
// the greater one, commits are missing: SQLite does not tell a journal that was removed or
// cut off from one that had nothing more.
//
// The file is written after the sync of each commit, and not synced itself. After a power cut
// its number may be too small, which says nothing. It is never too great, unless the commits
// were not synced either (Normal).
const countName = fileName + "-count"

const (
	countForm = "commit %020d %-6s"
	// countTries is how often to read a file that another process may be writing.
	countTries = 3
)

// countFile is the file, open for writing.
type countFile struct {
	file       *os.File
	durability Durability
}

func openCount(dir string, durability Durability) (countFile, error) {
	file, err := os.OpenFile(filepath.Join(dir, countName), os.O_CREATE|os.O_WRONLY, 0o600)
	return countFile{file, durability}, err
}

// write replaces the number. For want of room it leaves the number too small, which does no
// harm. Any other error is returned: Linux may report a sync as successful while a failing
// file system becomes read-only, and the next write tells.
func (c countFile) write(number uint64) error {
	text := fmt.Appendf(nil, countForm, number, c.durability)
	_, err := c.file.WriteAt(fmt.Appendf(text, " %08x\n", crc32.ChecksumIEEE(text)), 0)
	if errors.Is(err, syscall.ENOSPC) {
		return nil
	}
	return err
}

// readCount returns the number in the folder's file, and the durability of that commit. The
// number is 0 if there is no file, or if a power cut has left it incomplete.
func readCount(dir string) (number uint64, durability Durability, err error) {
	for range countTries {
		text, err := os.ReadFile(filepath.Join(dir, countName))
		if os.IsNotExist(err) {
			return 0, "", nil
		}
		if err != nil {
			return 0, "", err
		}
		var sum uint32
		if n, _ := fmt.Sscanf(string(text), "commit %d %s %x\n", &number, &durability, &sum); n == 3 &&
			sum == crc32.ChecksumIEEE(fmt.Appendf(nil, countForm, number, durability)) {
			return number, durability, nil
		}
	}
	return 0, "", nil
}

// AcceptLoss makes Open forget that commits are missing, or all of the database. It keeps the
// journal of a missing database under another name, because SQLite would delete it. No server
// may have the folder open: the caller must hold Lock.
func AcceptLoss(dir string) error {
	err := os.Remove(filepath.Join(dir, countName))
	if path, length, _ := Find(dir); length <= 0 && (err == nil || os.IsNotExist(err)) {
		err = os.Rename(path+"-wal", path+now()+"-wal")
	}
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

// loss is the error of a database that lacks commits which were on disk.
type loss struct {
	path             string
	stored, expected uint64 // the numbers in the database and in the file
	durability       Durability
}

func (l *loss) Error() string {
	text := fmt.Sprintf("the last %d commits are missing: %s has %d commits, and %s says that there were %d.",
		l.expected-l.stored, l.path, l.stored, countName, l.expected)
	if l.durability == Normal {
		return text + " With --durability normal a power cut may lose the latest writes; if there was none, the journal or the file was changed by others"
	}
	return text + " The journal (" + fileName + "-wal) was removed or damaged, or the file is an older one." +
		" Put the files back or restore a backup; to go on without the commits, run afterhours doctor --accept-loss"
}

func (l *loss) Unwrap() error { return store.ErrDamaged }
