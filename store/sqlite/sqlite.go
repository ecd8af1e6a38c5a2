package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"afterhours/store"
	"afterhours/store/gate"
)

// fileName is the database in the data folder. SQLite keeps two more files next to it,
// with the endings -wal and -shm.
const fileName = "afterhours.db"

// pragmas are part of the address, and so apply to every connection:
//
//	journal_mode        wal: readers and the writer do not wait for each other
//	busy_timeout        how long to wait for another process
//	wal_autocheckpoint  0, since the copier and the writer make checkpoints (see journal.go)
//	journal_size_limit  to how many bytes the file of the journal shrinks when it restarts
var pragmas = []string{"journal_mode(wal)", "wal_autocheckpoint(0)", "journal_size_limit(67108864)"}

const busyTimeout = 10 * time.Second

func busyPragma(timeout time.Duration) string {
	return fmt.Sprintf("busy_timeout(%d)", timeout.Milliseconds())
}

// Durability is what a write survives once it has returned. Every write survives the end
// of the process, even a crash.
type Durability string

const (
	// Full writes survive a power cut: they are on disk when they return.
	Full Durability = "full"
	// Normal writes are with the operating system when they return. A power cut may lose
	// the last of the writes since the last checkpoint, at most 31 MiB of journal. It
	// never damages the rest.
	Normal Durability = "normal"
)

// Store is a store.Store in one SQLite file. Open makes one.
type Store struct {
	gate    gate.Gate
	path    string // of the file
	readers *pool  // of many rows
	singles *pool  // of one
	probe   *pool  // of Check
	writer  *writer
	health  *health

	endWatch context.CancelFunc // nil before Watch
	watches  sync.WaitGroup
}

var (
	_ store.Store             = (*Store)(nil)
	_ store.FileBackup        = (*Store)(nil)
	_ store.Replacer          = (*Store)(nil)
	_ store.IntegrityChecker  = (*Store)(nil)
	_ store.StatisticsCounter = (*Store)(nil)
	_ store.Measured          = (*Store)(nil)
	_ store.Watcher           = (*Store)(nil)
)

// Open opens the database in the folder. It creates both if they do not exist, readable
// only by their owner. A database of an older version of this program is brought up to
// date, and one of a newer version is refused. Several processes may have it open at once;
// Lock keeps a second server away. A database is refused if it lacks commits that were on
// disk (see countName). The context is for opening only.
func Open(ctx context.Context, dir string, durability Durability) (*Store, error) {
	path, err := createFile(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the data folder: %w", err)
	}
	if err := refuseNetwork(dir); err != nil {
		return nil, err
	}
	// A POSIX lock ends when anything in this process closes the file, as a backup does.
	// The locks of open file descriptions do not. If the kernel lacks those, this changes
	// nothing.
	_, _ = driver.OFDLocking(true)

	s := &Store{path: path}
	if s.writer, err = openWriter(ctx, dir, path, durability); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	s.health = s.writer.health
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
	query.Set("mode", "rw")                                      // which does not create: a file that was removed stays away
	query.Set("_txlock", "immediate")                            // a write that gets its lock at the start cannot fail in the middle
	path = "/" + strings.TrimPrefix(filepath.ToSlash(path), "/") // on Windows /C:/...
	address := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}
	return sql.Open("sqlite", address.String())
}

// Check implements store.Store. It reads, and writes if no commit of the last second tells
// whether that works. It waits for no query, and for no more than one batch of writes.
func (s *Store) Check(ctx context.Context) error {
	if err := s.gate.Enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	if s.health.mustTry() {
		if err := s.writer.queue.DoFirst(ctx, func(*statements) error { return nil }); err != nil {
			return told(failure(ctx, "checking that the database can be written", err))
		}
	}
	if err := s.health.trouble(); err != nil {
		return toldError{failure(ctx, "checking the database", err)}
	}
	if err := s.readNothing(ctx); err != nil {
		err = failure(ctx, "checking that the database can be read", err)
		if errors.Is(err, store.ErrDamaged) {
			s.health.damaged(err)
		}
		return told(err)
	}
	return nil
}

// readNothing reads by the connection of Check.
func (s *Store) readNothing(ctx context.Context) error {
	r, err := s.probe.take(ctx)
	if err != nil {
		return err
	}
	defer s.probe.giveBack(r)
	return readNothing(ctx, r.conn)
}

// Close implements store.Store. It empties the journal into the file, unless another
// process reads it.
func (s *Store) Close() error {
	return s.gate.Close(func() error {
		if s.endWatch != nil {
			s.endWatch()
			s.watches.Wait()
		}
		var err error
		for _, readers := range []*pool{s.readers, s.singles, s.probe} {
			if readers != nil {
				err = errors.Join(err, readers.close())
			}
		}
		if err = errors.Join(err, s.writer.close()); err != nil {
			return fmt.Errorf("closing the database: %w", err)
		}
		return nil
	})
}

// failure returns the database's error in the store's terms. If the context has ended, it
// returns the context's cause: the database's says only that it was interrupted.
func failure(ctx context.Context, doing string, err error) error {
	switch cause := context.Cause(ctx); {
	case cause != nil && errors.Is(err, errWaited):
		return fmt.Errorf("%s: %w: %w: %w", doing, store.ErrUnavailable, errWaited, cause)
	case cause != nil:
		return cause
	case errors.Is(err, errStopped):
		return fmt.Errorf("%s: %w: %w", doing, store.ErrStopped, err)
	case isDamage(err):
		return fmt.Errorf("%s: %w: %w", doing, store.ErrDamaged, err)
	case isFull(err):
		return fmt.Errorf("%s: %w: %w", doing, store.ErrFull, err)
	case isUnavailable(err):
		return fmt.Errorf("%s: %w: %w", doing, store.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// told returns the error of a write as one that Watch tells, if it is one.
func told(err error) error {
	if errors.Is(err, store.ErrStopped) || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrDamaged) {
		return toldError{err}
	}
	return err
}

// toldError is an error that Watch tells.
type toldError struct{ error }

func (e toldError) Unwrap() error        { return e.error }
func (e toldError) Is(target error) bool { return target == store.ErrTold }

// isUnavailable reports whether the error may pass and is not a bug: another process holds
// the lock, the file cannot be opened, or the disk fails.
func isUnavailable(err error) bool {
	switch primary(err) {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_IOERR, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN:
		return true
	}
	return false
}
