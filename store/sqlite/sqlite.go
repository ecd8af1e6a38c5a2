package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"afterhours/store"
	"afterhours/store/gate"
)

// fileName is the database within the data folder; SQLite keeps two more beside it,
// with the endings -wal and -shm.
const fileName = "afterhours.db"

// pragmas hold for every connection, as they are part of its address:
//
//	journal_mode        readers and the writer do not wait for each other
//	busy_timeout        how long to wait for another process
//	wal_autocheckpoint  0, as the writer does it (see journal.go)
//	journal_size_limit  what a busy hour leaves of the journal, in bytes
var pragmas = []string{"journal_mode(wal)", "wal_autocheckpoint(0)", "journal_size_limit(67108864)"}

const busyTimeout = 10 * time.Second

func busyPragma(timeout time.Duration) string {
	return fmt.Sprintf("busy_timeout(%d)", timeout.Milliseconds())
}

// Durability is what an answered write outlives. Every write outlives the end of the
// process, however that ends.
type Durability string

const (
	// Full writes outlive a power cut: they are on disk when they are answered.
	Full Durability = "full"
	// Normal writes are in the hands of the operating system when they are answered. A
	// power cut may lose those that came after the journal was last put into the file,
	// at most 31 MiB of it, the last ones first; it never damages what is left.
	Normal Durability = "normal"
)

// Store is a store.Store in one SQLite file. Open makes one.
type Store struct {
	gate    gate.Gate
	path    string  // of the file
	readers *sql.DB // of many rows
	singles *sql.DB // of one
	reads   reads
	writer  *writer
}

var (
	_ store.Store            = (*Store)(nil)
	_ store.FileBackup       = (*Store)(nil)
	_ store.IntegrityChecker = (*Store)(nil)
)

// Open opens the database in the folder, and creates both, only for their owner to
// read, if they are not there. A database of an older version of this program is
// brought up to date, one of a newer version is refused. Several processes may have
// it open at once; Lock keeps a second server away. The context is for opening only.
func Open(ctx context.Context, dir string, durability Durability) (*Store, error) {
	path, err := createFile(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the data folder: %w", err)
	}
	if err := refuseNetwork(dir); err != nil {
		return nil, err
	}
	// With the locks of POSIX, anything in this process that closes the file, a
	// backup say, would free the locks of the connections. Where the kernel has no
	// better ones, this changes nothing.
	_, _ = driver.OFDLocking(true)

	s := &Store{path: path}
	if s.writer, err = openWriter(ctx, dir, path, durability); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	if err := s.openReaders(ctx, path); err != nil {
		return nil, fmt.Errorf("opening %s for reading: %w", path, errors.Join(err, s.Close()))
	}
	return s, nil
}

// createFile makes sure that the folder and the file exist and returns the path of
// the file. SQLite gives its other files the permissions of this one.
func createFile(dir string) (path string, err error) {
	if err := createFolder(dir); err != nil {
		return "", err
	}
	path, err = filepath.Abs(filepath.Join(dir, fileName))
	if err != nil {
		return "", err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	return path, file.Close()
}

func createFolder(dir string) error { return os.MkdirAll(dir, 0o700) }

// connect returns a pool for the file whose connections have all the pragmas.
func connect(path string, more ...string) (*sql.DB, error) {
	query := url.Values{"_pragma": slices.Concat(more, pragmas, []string{busyPragma(busyTimeout)})}
	query.Set("_txlock", "immediate")                            // a write that waits at its start cannot fail in its middle
	path = "/" + strings.TrimPrefix(filepath.ToSlash(path), "/") // on Windows /C:/...
	address := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}
	return sql.Open("sqlite", address.String())
}

func (s *Store) openReaders(ctx context.Context, path string) (err error) {
	if s.readers, err = connectReaders(path, max(4, runtime.NumCPU())); err != nil {
		return err
	}
	// As few as can be at work at once: after each commit, every connection reads anew.
	if s.singles, err = connectReaders(path, runtime.NumCPU()); err != nil {
		return err
	}
	return s.reads.prepare(ctx, s.readers, s.singles)
}

func connectReaders(path string, connections int) (*sql.DB, error) {
	readers, err := connect(path, "query_only(1)")
	if err != nil {
		return nil, err
	}
	readers.SetMaxOpenConns(connections)
	readers.SetMaxIdleConns(connections)
	return readers, nil
}

// Check implements store.Store: it reads, and it takes the lock that writes need.
func (s *Store) Check(ctx context.Context) error {
	if err := s.gate.Enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := s.readers.QueryRowContext(ctx, "SELECT count(*) FROM statistics WHERE "+ofOwner, "", "").Scan(new(int)); err != nil {
		return failure(ctx, "checking that the database can be read", err)
	}
	if err := s.writer.do(ctx, func(*statements) error { return nil }); err != nil {
		return failure(ctx, "checking that the database can be written", err)
	}
	return nil
}

// Close implements store.Store. It empties the journal into the file, unless another
// process is reading.
func (s *Store) Close() error {
	return s.gate.Close(func() error {
		var err error
		for _, readers := range []*sql.DB{s.readers, s.singles} {
			if readers != nil {
				err = errors.Join(err, readers.Close())
			}
		}
		if err = errors.Join(err, s.writer.close()); err != nil {
			return fmt.Errorf("closing the database: %w", err)
		}
		return nil
	})
}

// failure words an error of the database, or returns the context's if that has ended:
// what the database then says is only that it was interrupted.
func failure(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case isFull(err):
		return fmt.Errorf("%s: %w: %w", doing, store.ErrFull, err)
	case isUnavailable(err):
		return fmt.Errorf("%s: %w: %w", doing, store.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// isUnavailable tells what may pass, and is nobody's mistake: another process that
// holds the lock, a disk that fails.
func isUnavailable(err error) bool {
	switch primary(err) {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_IOERR:
		return true
	}
	return errors.Is(err, errStopped)
}
