package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"afterhours/store"
)

var (
	background = context.Background()
	key        = store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "call"}
	record     = store.Record{Type: store.Call, Activity: "Call"}
)

func opened(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(background, dir, Full)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t *testing.T, s *Store, key store.Key) store.Revision {
	t.Helper()
	revision, _, err := s.Put(background, key, record, store.NoRevision)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func wantRevision(t *testing.T, s *Store, key store.Key, want store.Revision) {
	t.Helper()
	if got, _, err := s.Get(background, key); err != nil || got.Revision != want {
		t.Errorf("Get(%q) = %+v, %v; want revision %d", key.ID, got, err, want)
	}
}

func TestOpenCreatesFilesForTheirOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	put(t, opened(t, dir), key)
	for name, want := range map[string]os.FileMode{
		"": os.ModeDir | 0o700, fileName: 0o600, fileName + "-wal": 0o600, fileName + "-shm": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%q has the mode %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
}

func TestOpenInAFolderOfAnyName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ü ? # %41 & _pragma=synchronous(off) ;'")
	put(t, opened(t, dir), key)
	if _, err := os.Stat(filepath.Join(dir, fileName)); err != nil {
		t.Error(err)
	}
}

func TestOpenWhereNothingCanBeCreated(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(background, file, Full); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("the error is %v; want one that names %s", err, file)
	}
	if _, err := Lock(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("the error is %v; want one that names %s", err, file)
	}
}

func TestOpenRefusesAnotherKindOfFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(background, dir, Full); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("the error is %v; want one that names %s", err, path)
	}
}

func TestOpenByManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	var openers sync.WaitGroup
	for range 8 {
		openers.Go(func() {
			s, err := Open(background, dir, Full)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	openers.Wait()
}

func TestEveryConnectionHasThePragmas(t *testing.T) {
	s := opened(t, t.TempDir())
	want := map[string]string{
		"journal_mode": "wal", "busy_timeout": "10000", "wal_autocheckpoint": "0", "journal_size_limit": "67108864",
	}
	wantPragmas(t, s.writer.conn, want)
	wantPragmas(t, s.writer.conn, map[string]string{"query_only": "0", "synchronous": "2"})
	want["query_only"] = "1"
	for _, pool := range []*pool{s.readers, s.singles, s.probe} {
		for _, taken := range takeAll(t, pool) {
			defer pool.giveBack(taken)
			wantPragmas(t, taken.conn, want)
		}
	}
}

func wantPragmas(t *testing.T, conn *sql.Conn, want map[string]string) {
	t.Helper()
	for name, want := range want {
		var got string
		if err := conn.QueryRowContext(background, "PRAGMA "+name).Scan(&got); err != nil || got != want {
			t.Errorf("PRAGMA %s = %s, %v; want %s", name, got, err, want)
		}
	}
}

// TestWritesSurviveTheProcess opens a copy of the files of an open store: a killed process
// leaves them like that.
func TestWritesSurviveTheProcess(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	s := opened(t, dir)
	var writers sync.WaitGroup
	var mu sync.Mutex
	written := make(map[store.Key]store.Revision)
	for n := range 200 {
		writers.Go(func() {
			key := store.Key{Owner: key.Owner, ID: string(rune('A' + n))}
			revision := put(t, s, key)
			mu.Lock()
			defer mu.Unlock()
			written[key] = revision
		})
	}
	writers.Wait()

	for _, name := range []string{fileName, fileName + "-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []*Store{opened(t, copied), opened(t, dir)} {
		for key, revision := range written {
			wantRevision(t, other, key, revision)
		}
		var integrity string
		if err := other.readers.database.QueryRow("PRAGMA integrity_check").Scan(&integrity); err != nil || integrity != "ok" {
			t.Errorf("the integrity is %s, %v", integrity, err)
		}
	}
}

// TestRestoreHoldsTheCopyAgainstTheSchema: a copy that lacks a table, or has something that
// this program did not create, is refused and replaces nothing.
func TestRestoreHoldsTheCopyAgainstTheSchema(t *testing.T) {
	for change, want := range map[string]string{
		"":                      "",
		"DROP TABLE statistics": "it lacks the table statistics",
		"DROP TABLE commits":    "it lacks the table commits",
		"CREATE TRIGGER planted AFTER INSERT ON statistics BEGIN DELETE FROM statistics; END": "it has a trigger planted, which is none of this program",
		"CREATE VIEW extra AS SELECT * FROM aliases":                                          "it has a view extra",
		"CREATE TABLE extra (a)": "it has a table extra",
		"DROP INDEX statistics_id; CREATE INDEX statistics_id ON statistics (owner)": "its index statistics_id is ",
		"ALTER TABLE aliases ADD COLUMN more TEXT DEFAULT 'x'":                       "its table aliases is ",
		"ALTER TABLE statistics DROP COLUMN recurring":                               "", // of an older program
	} {
		dir, backup := t.TempDir(), filepath.Join(t.TempDir(), "backup")
		s := opened(t, dir)
		put(t, s, key)
		must(t, s.Backup(background, backup, nil))
		must(t, s.Close())
		copied, err := connect(backup)
		must(t, err)
		_, err = copied.Exec(change)
		must(t, errors.Join(err, copied.Close()))
		_, err = Restore(background, dir, backup, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v; want %q", change, err, want)
		}
		wantCount(t, opened(t, dir), 1)
	}
}
