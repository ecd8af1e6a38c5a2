package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/store"
)

// TestTheJournalIsBounded writes while overlapping readers never leave the journal unused.
// Without the bound, SQLite could not restart the journal, and it would keep growing.
func TestTheJournalIsBounded(t *testing.T) {
	const pages, most = 100, 4 * 100 * 4096
	dir := t.TempDir()
	s := opened(t, dir)
	s.writer.bounds = bounds{pending: pages / 2, all: pages}
	var stop atomic.Bool
	var readers, writers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for !stop.Load() {
				if _, err := s.List(background, key.Owner, store.Query{Limit: 1000}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for writer := range 8 {
		writers.Go(func() {
			for n := range 100 {
				key := store.Key{Owner: key.Owner, ID: strconv.Itoa(writer) + "_" + strconv.Itoa(n)}
				if _, _, err := s.Put(background, key, record, store.NoRevision); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	stop.Store(true)
	readers.Wait()
	info, err := os.Stat(filepath.Join(dir, fileName+"-wal"))
	if err != nil || info.Size() == 0 || info.Size() > most {
		t.Errorf("the journal is %+v, %v; want at most %d bytes", info, err, most)
	}
	wantCount(t, s, 800)
}

// TestALongReaderDoesNotDelayWrites checks that the journal grows instead, and is within its
// bound again after the reader has gone.
func TestALongReaderDoesNotDelayWrites(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	s.writer.bounds = bounds{pending: 200, all: 200}
	write := func(from string) {
		for n := range 100 {
			put(t, s, store.Key{Owner: key.Owner, ID: from + strconv.Itoa(n)})
		}
	}
	put(t, s, key)
	reader, err := s.readers.database.Query("SELECT id FROM statistics")
	if err != nil || !reader.Next() {
		t.Fatal(err)
	}
	begun := time.Now()
	write("during")
	if took := time.Since(begun); took > 8*time.Second {
		t.Errorf("100 writes took %v while a reader stays", took)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	write("after")
	var pages int
	if err := s.readers.database.QueryRow("PRAGMA wal_checkpoint(NOOP)").Scan(new(int), &pages, new(int)); err != nil || pages > 300 {
		t.Errorf("the journal has %d pages, %v", pages, err)
	}
}

// TestAFullStoreLosesNothing limits the file to its present number of pages.
func TestAFullStoreLosesNothing(t *testing.T) {
	s := opened(t, t.TempDir())
	was := put(t, s, key)
	limit := func(pages string) {
		if _, err := s.writer.conn.ExecContext(background, "PRAGMA max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // which SQLite raises to the pages that there are
	big := store.Key{Owner: key.Owner, ID: strings.Repeat("long", 2000)}
	if _, _, err := s.Put(background, big, record, store.NoRevision); !errors.Is(err, store.ErrFull) {
		t.Errorf("the error is %v; want %v", err, store.ErrFull)
	}
	wantCount(t, s, 1)
	wantRevision(t, s, key, was)
	limit("1000000")
	put(t, s, big) // there is room again
	wantCount(t, s, 2)
}

// TestCloseEmptiesTheJournal checks that the file alone has all data after Close.
func TestCloseEmptiesTheJournal(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	s := opened(t, dir)
	revision := put(t, s, key)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied, fileName), content, 0o600); err != nil {
		t.Fatal(err)
	}
	wantRevision(t, opened(t, copied), key, revision)
}

// TestTheCopierCopies: without the writer's help, no more of the journal is left to copy than
// about a step.
func TestTheCopierCopies(t *testing.T) {
	s := opened(t, t.TempDir())
	s.writer.bounds = bounds{step: 10, pending: 1 << 30, all: 1 << 30}
	var pending, all int
	for begun := time.Now(); all < 100 || pending > 20; {
		put(t, s, store.Key{Owner: key.Owner, ID: fmt.Sprint(all, time.Since(begun))})
		var copied int
		if err := s.readers.database.QueryRow("PRAGMA wal_checkpoint(NOOP)").Scan(new(int), &all, &copied); err != nil {
			t.Fatal(err)
		}
		pending = all - copied
		if time.Since(begun) > time.Minute {
			t.Fatalf("after a minute %d pages of %d are left to copy", pending, all)
		}
	}
}
