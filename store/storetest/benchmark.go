package storetest

import (
	"sync"
	"sync/atomic"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

// benchmarkWriters is how many goroutines write at once. It is enough for stores in which
// concurrent writes share a commit.
const benchmarkWriters = 64

// BenchmarkPut measures writes per second of 64 goroutines that each wait until a write
// returns: of new keys, and of existing keys.
func BenchmarkPut(b *testing.B, open Open) {
	b.Run("create", func(b *testing.B) {
		s := opened(b, open)
		measureWrites(b, func(writer, n int) error {
			key := store.Key{Owner: ada, ID: numbered(ada, writer).ID + numbered(ada, n).ID}
			_, _, err := s.Put(background, key, full, store.NoRevision)
			return err
		})
	})
	b.Run("replace", func(b *testing.B) {
		s := opened(b, open)
		var revisions [benchmarkWriters]store.Revision
		for writer := range revisions {
			revisions[writer] = mustPut(b, s, numbered(ada, writer), full, store.NoRevision)
		}
		measureWrites(b, func(writer, n int) (err error) {
			record := withDuration(full, edm.Duration(n))
			revisions[writer], _, err = s.Put(background, numbered(ada, writer), record, revisions[writer])
			return err
		})
	})
}

// measureWrites shares b.N calls of write among the writers and reports writes/s.
// The n of a writer's calls goes up from 0.
func measureWrites(b *testing.B, write func(writer, n int) error) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var writers sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for writer := range benchmarkWriters {
		writers.Go(func() {
			for n := 0; left.Add(-1) >= 0; n++ {
				if err := write(writer, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}
