package postgres_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/postgres/postgrestest"
)

// TestMeasure: a store tells of the batches of both queues, and of its connections.
func TestMeasure(t *testing.T) {
	s := open(t, postgrestest.Address(t))
	defer func() { _ = s.Close() }()
	owner := store.Owner{Tenant: "t", User: "u"}
	if _, _, err := s.Put(context.Background(), store.Key{Owner: owner, ID: "first"}, store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision); err != nil {
		t.Fatal(err) // the first one gives the owner a number, by more statements
	}
	var reads, writes atomic.Int64
	s.Measure(&store.Measurements{Batch: func(queue string, calls int, _ time.Duration) {
		switch queue {
		case "reads":
			reads.Add(int64(calls))
		case "writes":
			writes.Add(int64(calls))
		}
	}})
	key := store.Key{Owner: owner, ID: "call"}
	if _, _, err := s.Put(context.Background(), key, store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(context.Background(), key); err != nil {
		t.Fatal(err)
	}
	size := s.Size()
	if reads.Load() != 1 || writes.Load() != 1 || len(size.Pools) != 3 || size.Pools[0].Limit < 1 || size.Pools[0].InUse+size.Pools[0].Idle < 1 {
		t.Errorf("told are %d reads and %d writes, and the size is %+v", reads.Load(), writes.Load(), size)
	}
}
