package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// databaseMagic and journalMagic begin the two files. The last bit of the journal's is the
// byte order of its checksums.
var (
	databaseMagic = []byte("SQLite format 3\x00")
	journalMagic  = []byte{0x37, 0x7f, 0x06}
)

// files are the files that SQLite has open, as they were then. While SQLite has a file open,
// no other file gets its number, so a path that leads to the same number leads to the same
// file.
type files struct {
	database, journal *os.File // descriptors of our own, to read how the files begin
	// known has the database and its journal first. The loss of any other file harms no
	// write of this process, but those of the next process that opens the folder.
	known []knownFile

	mu     sync.Mutex
	length int64 // of the database, when it was last looked at
}

type knownFile struct {
	path string
	info os.FileInfo
}

// openFiles remembers the files of an open database: SQLite's three, and the lock if a server
// holds it. SQLite must have its journal open.
//
// Where locks are those of processes, closing a descriptor frees the locks that SQLite has
// on the same file. Close must therefore come after SQLite has closed its own.
func openFiles(dir, path string) (f *files, err error) {
	f = &files{}
	for _, path := range []string{path, path + "-wal", path + "-shm", filepath.Join(dir, lockName)} {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) && filepath.Base(path) == lockName {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.known = append(f.known, knownFile{path, info})
	}
	if f.database, err = os.Open(path); err != nil {
		return nil, err
	}
	if f.journal, err = os.Open(path + "-wal"); err != nil {
		return nil, errors.Join(err, f.database.Close())
	}
	return f, nil
}

func (f *files) close() error { return errors.Join(f.database.Close(), f.journal.Close()) }

// check returns an error if the path of the database or of its journal no longer leads to the
// file that is open, or if one of the two was cut off or overwritten, as far as its length and
// its beginning show.
func (f *files) check() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	database, err := f.known[0].find()
	if err != nil {
		return err
	}
	if err := f.checkDatabase(database.Size()); err != nil {
		return fmt.Errorf("%s was %w", f.known[0].path, err)
	}
	journal, err := f.known[1].find()
	if err != nil {
		return err
	}
	if err := f.checkJournal(journal.Size()); err != nil {
		return fmt.Errorf("%s was %w", f.known[1].path, err)
	}
	return nil
}

// checkAll is check for all files.
func (f *files) checkAll() error {
	for _, other := range f.known[2:] {
		if _, err := other.find(); err != nil {
			return err
		}
	}
	return f.check()
}

// find returns what the path leads to, or an error if that is another file.
func (k knownFile) find() (os.FileInfo, error) {
	info, err := os.Stat(k.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s was removed or moved away", k.path)
	case err == nil && !os.SameFile(info, k.info):
		return nil, fmt.Errorf("%s was replaced by another file", k.path)
	}
	return info, err
}

var (
	errCut         = errors.New("cut off")
	errOverwritten = errors.New("overwritten")
)

// checkDatabase holds the beginning of the database against SQLite's file format. Only VACUUM
// makes the file shorter, and changes the number of pages in the header.
func (f *files) checkDatabase(length int64) error {
	const pageSizeAt, pagesAt = 16, 28
	var header [pagesAt + 4]byte
	if _, err := f.database.ReadAt(header[:], 0); err != nil {
		return errCut
	}
	if !bytes.HasPrefix(header[:], databaseMagic) {
		return errOverwritten
	}
	pageSize := int64(binary.BigEndian.Uint16(header[pageSizeAt:]))
	if length < f.length && length < pageSize*int64(binary.BigEndian.Uint32(header[pagesAt:])) {
		return errCut
	}
	f.length = length
	return nil
}

// checkJournal holds the beginning of the journal against SQLite's format. The journal may be
// empty: another process may have copied all of it into the database. If it was cut off, the
// next commit leaves a hole at its beginning.
func (f *files) checkJournal(length int64) error {
	if length == 0 {
		return nil
	}
	var magic [3]byte
	if _, err := f.journal.ReadAt(magic[:], 0); err == nil && !bytes.Equal(magic[:], journalMagic) {
		return errOverwritten
	}
	return nil
}
