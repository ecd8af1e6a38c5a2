package sqlite

import (
	"context"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"afterhours/store"
)

// TestNoDescriptorIsNeededLater forbids the process to open any file once the store is open,
// as a flood of connections does. Reads, writes, stopped queries and Check must succeed.
func TestNoDescriptorIsNeededLater(t *testing.T) {
	s := opened(t, t.TempDir())
	revision := put(t, s, key)
	forbidDescriptors(t)
	if file, err := os.Open("."); err == nil {
		_ = file.Close()
		t.Fatal("a file could be opened")
	}
	var callers sync.WaitGroup
	for range 2 * s.readers.size {
		callers.Go(func() {
			for range 5 {
				ctx, cancel := context.WithTimeout(background, 10*time.Millisecond)
				_ = s.query(ctx, endless)
				cancel()
				if page, err := s.List(background, key.Owner, store.Query{Limit: 2}); len(page) != 1 {
					t.Errorf("List: %v", err)
				}
				if stored, _, err := s.Get(background, key); stored.Revision != revision {
					t.Errorf("Get: %v", err)
				}
				if err := s.Check(background); err != nil {
					t.Errorf("Check: %v", err)
				}
			}
		})
	}
	callers.Wait()
	other := key
	other.ID += " too"
	put(t, s, other)
}

// forbidDescriptors keeps the process from opening files until the test ends. Those that are
// open stay so.
func forbidDescriptors(t *testing.T) {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 1, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Error(err)
		}
	})
}
