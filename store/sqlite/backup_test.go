package sqlite

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestBackupAndRestoreTellTheirSteps: the steps are told in their order, a measured one with about the
// length of the copy.
func TestBackupAndRestoreTellTheirSteps(t *testing.T) {
	type step struct {
		name  string
		total int64
	}
	var told []step
	tell := func(name string, done, total int64) {
		if done < 0 || total >= 0 && done > total {
			t.Errorf("%s: %d of %d bytes", name, done, total)
		}
		if next := (step{name, total}); !slices.Contains(told, next) {
			told = append(told, next)
		}
	}
	dir, backup := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s := opened(t, dir)
	put(t, s, key)
	must(t, s.Backup(background, backup, tell))
	must(t, s.Close())
	_, err := Restore(background, dir, backup, tell)
	must(t, err)
	info, err := os.Stat(backup)
	must(t, err)
	want := []step{{"copying", info.Size()}, {"checking the copy", -1}, {"checking the backup", -1}}
	if !slices.Equal(told, want) { // copying is told twice, with the same length
		t.Errorf("the steps are %v, want %v", told, want)
	}
}

// TestTellLength: the length of a growing file is told, and nothing after stop.
func TestTellLength(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "growing"))
	must(t, err)
	defer func() { _ = file.Close() }()
	told := make(chan int64)
	next := func() int64 { return <-told }
	var stop func()
	begun := make(chan struct{})
	go func() {
		defer close(begun)
		stop = tellLength(func(_ string, done, _ int64) { told <- done }, "growing", file, 100)
	}()
	if done := next(); done != 0 {
		t.Errorf("at the beginning, %d bytes are done", done)
	}
	<-begun
	_, err = file.WriteString("seventeen letters")
	must(t, err)
	for done := next(); done != 17; done = next() {
		if done != 0 {
			t.Errorf("%d bytes are done", done)
		}
	}
	must(t, file.Truncate(1000)) // more than was expected
	for done := next(); done != 100; done = next() {
		if done != 17 {
			t.Errorf("%d bytes are done", done)
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		stop()
	}()
	for open := true; open; {
		select {
		case <-told: // one may have begun before
		case <-ended:
			open = false
		}
	}
}
