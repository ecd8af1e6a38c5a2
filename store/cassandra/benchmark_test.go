package cassandra_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"afterhours/store"
	"afterhours/store/cassandra/cassandratest"
)

// BenchmarkGet reads statistics of many owners by 64 callers, with each kind of reads. The figures in
// docs/decisions/0035-cassandra.md are of it.
func BenchmarkGet(b *testing.B) {
	address := cassandratest.Address(b)
	const owners = 256
	key := func(n int64) store.Key {
		return store.Key{Owner: store.Owner{Tenant: "t", User: fmt.Sprint(n % owners)}, ID: "call"}
	}
	s := open(b, address)
	for n := range int64(owners) {
		if _, _, err := s.Put(b.Context(), key(n), store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for _, reads := range []string{"serial", "quorum"} {
		b.Run(reads, func(b *testing.B) {
			s := open(b, address+"?reads="+reads)
			b.Cleanup(func() {
				if err := s.Close(); err != nil {
					b.Error(err)
				}
			})
			var next atomic.Int64
			b.SetParallelism(32) // callers for each processor
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, _, err := s.Get(b.Context(), key(next.Add(1))); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
