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
)

// Backup implements store.FileBackup. The copy is checked and on disk before it gets its
// name.
func (s *Store) Backup(ctx context.Context, to string) error {
	if err := s.gate.Enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	if _, err := os.Lstat(to); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s exists: give the backup a new name", to)
	}
	partial := to + ".partial"
	err := s.backUp(ctx, partial)
	if err == nil {
		err = rename(partial, to)
	}
	if err != nil {
		_ = os.Remove(partial)
		return fmt.Errorf("backing up to %s: %w", to, err)
	}
	return nil
}

func (s *Store) backUp(ctx context.Context, partial string) error {
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
	if _, err := source.ExecContext(ctx, "VACUUM INTO ?", partial); err != nil {
		return err
	}
	if err := verify(ctx, partial); err != nil {
		return err
	}
	return file.Sync()
}

// Restore replaces the store in the folder by a backup. No server may have the folder
// open: the caller must hold Lock. The backup is checked first. The replaced store stays in
// the folder under the name that is returned, "" if there was none. If Restore is
// interrupted, the folder holds the old store or the backup.
func Restore(ctx context.Context, dir, backup string) (replaced string, err error) {
	if err := verify(ctx, backup); err != nil {
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
		err = replaceBy(backup, path)
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

func replaceBy(backup, path string) error {
	from, err := os.Open(backup)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	partial := path + ".partial"
	to, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
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

// verify reads all of a file, and returns an error if it is damaged or not a database that
// this program can use. Nobody may write the file meanwhile.
func verify(ctx context.Context, path string) error {
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
