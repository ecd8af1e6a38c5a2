package sqlite

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"afterhours/store"
)

// TestMeasure: a store tells of its batches, commits and checkpoints, and how large its files are.
func TestMeasure(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	s.writer.bounds = bounds{pending: 1, all: 1000}
	var batches, commits, checkpoints int // of the one worker
	s.Measure(&store.Measurements{
		Batch: func(queue string, calls int, waited time.Duration) {
			if queue != "writes" || calls != 1 || waited <= 0 {
				t.Errorf("a batch of %s with %d calls after %v", queue, calls, waited)
			}
			batches++
		},
		Commit:     func(time.Duration) { commits++ },
		Checkpoint: func(time.Duration) { checkpoints++ },
	})
	for n := range 3 {
		if _, _, err := s.Put(background, store.Key{Owner: key.Owner, ID: strconv.Itoa(n)}, record, store.NoRevision); err != nil {
			t.Fatal(err)
		}
	}
	size := s.Size()
	if err := s.Close(); err != nil { // waits for the last checkpoint
		t.Fatal(err)
	}
	if batches != 3 || commits != 3 || checkpoints != 3 {
		t.Errorf("told are %d batches, %d commits and %d checkpoints; want 3 of each", batches, commits, checkpoints)
	}
	if len(size.Files) != 2 || size.Files[0].Bytes == 0 || size.Files[1].Bytes == 0 || len(size.Pools) != 3 || size.Pools[0].Idle == 0 {
		t.Errorf("the size is %+v", size)
	}
	if info, err := os.Stat(filepath.Join(dir, fileName)); err != nil || fileSize("", s.path).Bytes != info.Size() || fileSize("", s.path+"-none").Bytes != 0 {
		t.Errorf("the database has %d bytes; want %v, %v", fileSize("", s.path).Bytes, info, err)
	}
}
