package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	lib "modernc.org/sqlite/lib"

	"afterhours/store"
)

// Backup implements store.FileBackup. The copy is checked and on disk before it gets its
// name.
func (s *Store) Backup(ctx context.Context, to string, progress store.Progress) error {
	if err := s.gate.Enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: name a new file in it", to)
	}
	if _, err := os.Lstat(to); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s exists: give the backup a new name", to)
	}
	partial := to + ".partial"
	err := s.backUp(ctx, partial, progress)
	if err == nil {
		err = rename(partial, to)
	}
	if err != nil {
		_ = os.Remove(partial)
		return fmt.Errorf("backing up to %s: %w", to, err)
	}
	return nil
}

func (s *Store) backUp(ctx context.Context, partial string, progress store.Progress) error {
	file, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) // SQLite takes an empty file
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	source, err := connect(s.path)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	var length int64
	if err := source.QueryRowContext(ctx, lengthInUse).Scan(&length); err != nil {
		return err
	}
	stop := tellLength(progress, "copying", file, length)
	_, err = source.ExecContext(ctx, "VACUUM INTO ?", partial)
	stop()
	if err != nil {
		return err
	}
	if err := verify(ctx, partial, progress, "checking the copy"); err != nil {
		return err
	}
	return file.Sync()
}

// lengthInUse is about how many bytes a copy of the database has.
const lengthInUse = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"

// Restore replaces the store in the folder by a backup. No server may have the folder
// open: the caller must hold Lock. The backup is checked first. The replaced store stays in
// the folder under the name that is returned, "" if there was none. If Restore is
// interrupted, the folder holds the old store or the backup. The progress is told meanwhile.
func Restore(ctx context.Context, dir, backup string, progress store.Progress) (replaced string, err error) {
	if err := verify(ctx, backup, progress, "checking the backup"); err != nil {
		return "", fmt.Errorf("%s cannot be restored: %w", backup, err)
	}
	path, err := createFile(dir)
	if err != nil {
		return "", fmt.Errorf("opening the data folder: %w", err)
	}
	replaced, err = setAside(ctx, dir, path)
	if err == nil {
		err = AcceptLoss(dir) // the backup may be older
	}
	if err == nil {
		err = replaceBy(backup, path, progress)
	}
	if err != nil {
		return "", fmt.Errorf("restoring %s: %w", backup, err)
	}
	return replaced, nil
}

// now returns the ending of a file that is replaced now.
func now() string { return time.Now().UTC().Format(".replaced-20060102T150405.000Z") }

// setAside empties the journal of the store into its file and gives the file a second
// name. If the store is too damaged to be opened, its journal gets the second name, too.
func setAside(ctx context.Context, dir, path string) (second string, err error) {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return "", err
	}
	second = path + now()
	if err := os.Link(path, second); err != nil {
		return "", err
	}
	if old, err := Open(ctx, dir, Full); err == nil {
		if err := old.Close(); err != nil {
			return "", err
		}
	}
	for _, ending := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+ending, second+ending); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return second, nil
}

func replaceBy(backup, path string, progress store.Progress) error {
	from, err := os.Open(backup)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	info, err := from.Stat()
	if err != nil {
		return err
	}
	partial := path + ".partial"
	to, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	stop := tellLength(progress, "copying", to, info.Size())
	_, err = io.Copy(to, from) // by the kernel, so that only the length tells how far it is
	stop()
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return errors.Join(err, os.Remove(partial))
	}
	return rename(partial, path)
}

// rename gives a file its name, and returns when the name is on disk.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// tellLength tells the length of a file that others write, as the bytes of a step, until stop
// is called.
func tellLength(progress store.Progress, step string, file *os.File, total int64) (stop func()) {
	if progress == nil {
		return func() {}
	}
	progress(step, 0, total)
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stopped:
				return
			case <-time.After(lengthPause):
				if info, err := file.Stat(); err == nil {
					progress(step, min(info.Size(), total), total)
				}
			}
		}
	}()
	return func() {
		close(stopped)
		<-ended
	}
}

// lengthPause is the time between two looks at the length of a file.
const lengthPause = 100 * time.Millisecond

// verify reads all of a file, and returns an error if it is damaged or not a database that
// this program can use. Nobody may write the file meanwhile. The progress is told that the
// step begins.
func verify(ctx context.Context, path string, progress store.Progress, step string) error {
	if progress != nil {
		progress(step, 0, -1)
	}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	path = "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")
	address := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "mode=ro&immutable=1"}
	file, err := sql.Open("sqlite", address.String())
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	err = integrity(ctx, file, "integrity_check(10)")
	if primary(err) == lib.SQLITE_NOTADB {
		return errors.New("it is no backup of this program, which is a SQLite database")
	}
	if err != nil {
		return err
	}
	if _, err := file.ExecContext(ctx, "SELECT 1 FROM goose_db_version"); err != nil {
		return fmt.Errorf("it is no backup of this program: %w", err)
	}
	return checkSchema(ctx, file)
}
