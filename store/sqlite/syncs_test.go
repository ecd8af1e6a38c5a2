package sqlite

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"afterhours/store"
)

// commitBatches commits batches of several writes. The arguments are the folder and the number
// of batches.
func commitBatches(args []string) error {
	s, err := Open(background, args[0], Full)
	if err != nil {
		return err
	}
	batches, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	for n := range batches {
		var writes []write
		for m := range 8 {
			writes = append(writes, creating(store.Key{Owner: key.Owner, ID: strconv.Itoa(n) + "_" + strconv.Itoa(m)}))
		}
		batch := batchOf(writes...)
		s.writer.commit(batch) // while the worker of the queue is idle
		for _, call := range batch {
			if call.Err != nil {
				return call.Err
			}
		}
	}
	return s.Close()
}

// TestOneSyncForEachBatch counts the syncs of the journal, without those at the start and the
// end.
func TestOneSyncForEachBatch(t *testing.T) {
	syncs := func(batches int) (n int) {
		trace := filepath.Join(t.TempDir(), "trace")
		options := []string{"-f", "-y", "--seccomp-bpf", "-e", "signal=none", "-e", "trace=fsync,fdatasync", "-o", trace}
		if out, err := straced(t, options, "batches", filepath.Join(t.TempDir(), "data"), strconv.Itoa(batches)).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		text, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(text), fileName+"-wal>")
	}
	const batches = 20
	if extra := syncs(1+batches) - syncs(1); extra != batches {
		t.Errorf("%d batches sync the journal %d times; want one sync for each", batches, extra)
	}
}
