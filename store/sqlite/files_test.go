package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"afterhours/store"
)

// trouble is something that others do to the files of an open store.
type trouble struct {
	make func(t *testing.T, dir string)
	says string
}

func removing(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, name))) }
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// replaceFile puts a copy in the place of a file.
func replaceFile(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path+".copy", content, 0o600))
	must(t, os.Rename(path+".copy", path))
}

// zero overwrites a file, whose length stays.
func zero(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = file.Write(make([]byte, info.Size()))
	must(t, errors.Join(err, file.Close()))
}

// atOnce are the troubles that the next write must meet.
var atOnce = map[string]trouble{
	"file removed":    {removing(fileName), fileName + " was removed or moved away"},
	"journal removed": {removing(fileName + "-wal"), fileName + "-wal was removed or moved away"},
	"folder removed":  {func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) }, "was removed or moved away"},
	"folder moved":    {func(t *testing.T, dir string) { must(t, os.Rename(dir, dir+".moved")) }, "was removed or moved away"},
	"folder re-created": {func(t *testing.T, dir string) {
		must(t, os.RemoveAll(dir))
		_ = opened(t, dir)
	}, "was replaced by another file"},
	"file replaced":       {func(t *testing.T, dir string) { replaceFile(t, filepath.Join(dir, fileName)) }, fileName + " was replaced by another file"},
	"journal replaced":    {func(t *testing.T, dir string) { replaceFile(t, filepath.Join(dir, fileName+"-wal")) }, fileName + "-wal was replaced by another file"},
	"file emptied":        {func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, fileName), 0)) }, fileName + " was cut off"},
	"file cut off":        {func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, fileName), 4096)) }, fileName + " was cut off"},
	"file overwritten":    {func(t *testing.T, dir string) { zero(t, filepath.Join(dir, fileName)) }, fileName + " was overwritten"},
	"journal overwritten": {func(t *testing.T, dir string) { zero(t, filepath.Join(dir, fileName+"-wal")) }, fileName + "-wal was overwritten"},
	"journal emptied":     {func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, fileName+"-wal"), 0)) }, fileName + "-wal was overwritten"},
}

// TestTroubleWithFilesStopsWriting: no write returns nil after something has happened to the
// files. All later writes and Check fail, reads go on, and Close returns the reason.
func TestTroubleWithFilesStopsWriting(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows lets nobody remove or replace an open file")
	}
	for name, trouble := range atOnce {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			first := opened(t, dir)
			put(t, first, numbered(0))
			must(t, first.Close()) // so that the file has more than its first page
			s := opened(t, dir)
			put(t, s, key)
			trouble.make(t, dir)
			for n := range 3 {
				_, _, err := s.Put(background, numbered(n+1), record, store.NoRevision)
				if !errors.Is(err, store.ErrStopped) || !errors.Is(err, store.ErrTold) || !strings.Contains(err.Error(), trouble.says) {
					t.Errorf("Put %d: %v; want one that writing has stopped because %s", n, err, trouble.says)
				}
			}
			if err := s.Check(background); !errors.Is(err, store.ErrStopped) {
				t.Errorf("Check: %v", err)
			}
			if err := s.Close(); err == nil || !strings.Contains(err.Error(), trouble.says) {
				t.Errorf("Close: %v", err)
			}
		})
	}
}

// TestReadsGoOnWithoutTheFolder: what is stored can still be read from a removed folder.
func TestReadsGoOnWithoutTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := opened(t, dir)
	revision := put(t, s, key)
	must(t, os.RemoveAll(dir))
	wantRevision(t, s, key, revision)
}

// TestAClosedStoreLeavesTheNextOneAlone: the folder was moved away, and another store has
// been opened under its name. The first store's end removes none of the second's files, and
// the moved folder has all that was written.
func TestAClosedStoreLeavesTheNextOneAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first := opened(t, dir)
	was := put(t, first, numbered(0))
	must(t, os.Rename(dir, dir+".moved"))
	second := opened(t, dir)
	is := put(t, second, numbered(1))
	if err := first.Close(); err == nil {
		t.Error("the first Close returns nil")
	}
	put(t, second, key)
	must(t, second.Close())
	wantRevision(t, opened(t, dir), numbered(1), is)
	wantRevision(t, opened(t, dir+".moved"), numbered(0), was)
}

// watched opens a store and returns its notices.
func watched(t *testing.T, dir string) (*Store, func() []store.Notice) {
	t.Helper()
	s := opened(t, dir)
	var mu sync.Mutex
	var notices []store.Notice
	s.Watch(func(notice store.Notice) {
		mu.Lock()
		defer mu.Unlock()
		notices = append(notices, notice)
	})
	return s, func() []store.Notice {
		mu.Lock()
		defer mu.Unlock()
		return append([]store.Notice(nil), notices...)
	}
}

// wantNotice waits for a notice with the text, which must come once.
func wantNotice(t *testing.T, notices func() []store.Notice, text string) {
	t.Helper()
	found := 0
	for end := time.Now().Add(10 * time.Second); found == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		found = 0
		for _, notice := range notices() {
			if strings.Contains(notice.Message, text) || notice.Err != nil && strings.Contains(notice.Err.Error(), text) {
				found++
			}
		}
	}
	if found != 1 {
		t.Errorf("%d notices say %q: %v", found, text, notices())
	}
}

// TestWatchNoticesWithoutAWrite: Watch tells of a trouble within seconds, even if nobody
// writes, and Check fails from then on.
func TestWatchNoticesWithoutAWrite(t *testing.T) {
	for name, trouble := range map[string]trouble{
		"folder removed":        atOnce["folder removed"],
		"shared memory removed": {removing(fileName + "-shm"), fileName + "-shm was removed"},
		"lock removed":          {removing(lockName), lockName + " was removed"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			release, err := Lock(dir)
			must(t, err)
			defer func() { _ = release() }()
			s, notices := watched(t, dir)
			wantNotice(t, notices, "found no damage")
			trouble.make(t, dir)
			wantNotice(t, notices, trouble.says)
			if err := s.Check(background); !errors.Is(err, store.ErrStopped) {
				t.Errorf("Check: %v", err)
			}
		})
	}
}

// TestWatchNoticesAReadOnlyFile: and that it can be written again.
func TestWatchNoticesAReadOnlyFile(t *testing.T) {
	dir := t.TempDir()
	s, notices := watched(t, dir)
	must(t, os.Chmod(filepath.Join(dir, fileName), 0o400))
	wantNotice(t, notices, "is read-only (its mode is 0400)")
	if err := s.Check(background); err == nil {
		t.Error("Check returns nil")
	}
	must(t, os.Chmod(filepath.Join(dir, fileName), 0o600))
	wantNotice(t, notices, "can be written again")
	if err := s.Check(background); err != nil {
		t.Error(err)
	}
}

// damaged makes a folder whose database has 4,000 statistics, the newest of them on pages that
// were overwritten.
func damaged(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s := opened(t, dir)
	var changes []store.Change
	for n := range 4000 {
		changes = append(changes, store.Change{Key: numbered(n), Revision: store.NewRevision(), Record: record})
	}
	must(t, s.Apply(background, changes))
	must(t, s.Close())
	path := filepath.Join(dir, fileName)
	info, err := os.Stat(path)
	must(t, err)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = file.WriteAt([]byte(strings.Repeat("rust", int(info.Size()/8))), info.Size()/2)
	must(t, errors.Join(err, file.Close()))
	return dir
}

// TestWatchNoticesDamage: a damaged file is told at the start, Check fails, and a read that
// meets the damage says so.
func TestWatchNoticesDamage(t *testing.T) {
	s, notices := watched(t, damaged(t))
	wantNotice(t, notices, "the database is damaged")
	if err := s.Check(background); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("Check: %v; want %v", err, store.ErrDamaged)
	}
	if _, err := s.List(background, key.Owner, store.Query{Limit: 5000}); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("List: %v; want %v", err, store.ErrDamaged)
	}
}

// TestDamageMetByAWriteStopsWriting: more writes could damage more.
func TestDamageMetByAWriteStopsWriting(t *testing.T) {
	s := opened(t, damaged(t))
	for range 2 {
		if _, _, err := s.Put(background, numbered(4000), record, store.NoRevision); !errors.Is(err, store.ErrStopped) || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("Put: %v; want one that writing has stopped because of damage", err)
		}
	}
}
