package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"afterhours/store"
)

// killed returns a folder as a kill leaves it after some writes, which are all in the journal.
func killed(t *testing.T, durability Durability) (dir string) {
	t.Helper()
	from, dir := t.TempDir(), filepath.Join(t.TempDir(), "killed")
	s, err := Open(background, from, durability)
	must(t, err)
	defer func() { must(t, s.Close()) }()
	must(t, s.Check(background)) // the first commit
	for n := range 10 {
		put(t, s, numbered(n))
	}
	must(t, os.CopyFS(dir, os.DirFS(from)))
	return dir
}

// losses are what can happen to the journal of a killed server.
var losses = map[string]func(t *testing.T, journal string){
	"removed": func(t *testing.T, journal string) { must(t, os.Remove(journal)) },
	"emptied": func(t *testing.T, journal string) { must(t, os.Truncate(journal, 0)) },
	"cut by one byte": func(t *testing.T, journal string) {
		info, err := os.Stat(journal)
		must(t, err)
		must(t, os.Truncate(journal, info.Size()-1))
	},
	"one byte flipped": func(t *testing.T, journal string) {
		content, err := os.ReadFile(journal)
		must(t, err)
		content[len(content)*2/3] ^= 1
		must(t, os.WriteFile(journal, content, 0o600))
	},
}

// TestLostCommitsAreTold: a database whose journal was removed, cut off or changed is not
// opened, until the loss is accepted.
func TestLostCommitsAreTold(t *testing.T) {
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			dir := killed(t, Full)
			lose(t, filepath.Join(dir, fileName+"-wal"))
			for range 2 { // trying does not change the folder
				_, err := Open(background, dir, Full)
				var told *loss
				if !errors.As(err, &told) || told.expected != 11 || told.stored >= 11 {
					t.Fatalf("Open: %v; want that commits of 11 are missing", err)
				}
				want := fmt.Sprintf("the last %d commits are missing: %s has %d commits", 11-told.stored, filepath.Join(dir, fileName), told.stored)
				if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "run afterhours doctor --accept-loss") {
					t.Errorf("the error is %v; want %s", err, want)
				}
			}
			must(t, AcceptLoss(dir))
			s := opened(t, dir)
			put(t, s, key)
			must(t, s.Close())
			wantCommits(t, opened(t, dir))
		})
	}
}

// wantCommits checks that the file has the same number of commits as the database.
func wantCommits(t *testing.T, s *Store) {
	t.Helper()
	var stored uint64
	must(t, s.readers.database.QueryRow("SELECT number FROM commits").Scan(&stored))
	if expected, _, err := readCount(filepath.Dir(s.path)); err != nil || expected != stored || stored == 0 {
		t.Errorf("the file has %d commits, %v; the database has %d", expected, err, stored)
	}
}

// TestAnOlderFileIsTold: the database was replaced by an older copy of itself.
func TestAnOlderFileIsTold(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	put(t, s, numbered(0))
	must(t, s.Close())
	path := filepath.Join(dir, fileName)
	older, err := os.ReadFile(path)
	must(t, err)
	s = opened(t, dir)
	put(t, s, numbered(1))
	put(t, s, numbered(2))
	must(t, s.Close())
	must(t, os.WriteFile(path, older, 0o600))
	if _, err := Open(background, dir, Full); err == nil || !strings.Contains(err.Error(), "the last 2 commits are missing") {
		t.Errorf("Open: %v", err)
	}
}

// TestNormalLossIsToldAndAccepted: with Normal a power cut may lose commits, which must not
// keep the server from its start.
func TestNormalLossIsToldAndAccepted(t *testing.T) {
	dir := killed(t, Normal)
	losses["removed"](t, filepath.Join(dir, fileName+"-wal"))
	s, notices := watched(t, dir)
	wantNotice(t, notices, "With --durability normal a power cut may lose the latest writes")
	if err := s.Check(background); err != nil {
		t.Errorf("Check: %v", err)
	}
	wantCommits(t, s)
}

// TestNoFalseLoss: whole folders are opened, whatever the file of the number says.
func TestNoFalseLoss(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, count string){
		"unchanged": func(*testing.T, string) {},
		"no number": func(t *testing.T, count string) { must(t, os.Remove(count)) },
		"empty":     func(t *testing.T, count string) { must(t, os.Truncate(count, 0)) },
		"torn": func(t *testing.T, count string) {
			must(t, os.WriteFile(count, []byte("commit 00000000000000999999 full   00000000\n"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := killed(t, Full)
			change(t, filepath.Join(dir, countName))
			s := opened(t, dir)
			wantCount(t, s, 10)
			put(t, s, key)
			wantCommits(t, s)
		})
	}
}

// TestCommitsOfSeveralProcesses: two stores write one folder, as an import does beside a
// server, while others open it.
func TestCommitsOfSeveralProcesses(t *testing.T) {
	dir := t.TempDir()
	stores := []*Store{opened(t, dir), opened(t, dir)}
	var writers, openers sync.WaitGroup
	for i, s := range stores {
		writers.Go(func() {
			for n := range 100 {
				put(t, s, numbered(1000*i+n))
			}
		})
	}
	for range 20 {
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
	writers.Wait()
	openers.Wait()
	put(t, stores[0], key)
	wantCommits(t, stores[1])
}

// TestRestoreForgetsTheNumber: a backup with fewer commits is no loss.
func TestRestoreForgetsTheNumber(t *testing.T) {
	dir, backup := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s := opened(t, dir)
	put(t, s, numbered(0))
	must(t, s.Backup(background, backup, nil))
	for n := range 5 {
		put(t, s, numbered(n+1))
	}
	must(t, s.Close())
	_, err := Restore(background, dir, backup, nil)
	must(t, err)
	s = opened(t, dir)
	wantCount(t, s, 1)
	put(t, s, key)
	wantCommits(t, s)
}

// TestARefusedBatchHasNoNumber: a batch in which nothing succeeds writes nothing.
func TestARefusedBatchHasNoNumber(t *testing.T) {
	s := opened(t, t.TempDir())
	put(t, s, key)
	before, _, err := readCount(filepath.Dir(s.path))
	must(t, err)
	if _, _, err := s.Put(background, key, record, store.NoRevision); !errors.Is(err, store.ErrExists) {
		t.Fatalf("Put: %v", err)
	}
	if after, _, err := readCount(filepath.Dir(s.path)); after != before || before == 0 {
		t.Errorf("the number went from %d to %d, %v", before, after, err)
	}
}

// TestRestoreBesideAForeignJournal: the database was removed and its journal was left. SQLite
// would take the journal for that of the backup.
func TestRestoreBesideAForeignJournal(t *testing.T) {
	dir, backup := killed(t, Full), filepath.Join(t.TempDir(), "backup")
	other := opened(t, t.TempDir())
	revision := put(t, other, key)
	must(t, other.Backup(background, backup, nil))
	must(t, os.Remove(filepath.Join(dir, fileName)))
	_, err := Restore(background, dir, backup, nil)
	must(t, err)
	s := opened(t, dir)
	wantCount(t, s, 1)
	wantRevision(t, s, key, revision)
	must(t, s.Integrity(background))
}
