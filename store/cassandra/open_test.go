package cassandra_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"afterhours/store"
	"afterhours/store/cassandra"
	"afterhours/store/cassandra/cassandratest"
)

// TestManyServersStartAtOnce opens an empty keyspace with four servers: one creates the schema, and the others
// wait. What one writes then, all read.
func TestManyServersStartAtOnce(t *testing.T) {
	address := cassandratest.Address(t)
	servers := make([]*cassandra.Store, 4)
	var starts sync.WaitGroup
	for n := range servers {
		starts.Go(func() {
			s, err := cassandra.Open(context.Background(), address)
			if err != nil {
				t.Error(err)
				return
			}
			servers[n] = s
		})
	}
	starts.Wait()
	if t.Failed() {
		return
	}
	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "call"}
	revision, _, err := servers[0].Put(context.Background(), key, store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		if got, _, err := s.Get(context.Background(), key); err != nil || got.Revision != revision {
			t.Errorf("Get = %+v, %v; want revision %d", got, err, revision)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestAServerUsesTheSchemaOfANewerOne opens a schema of a newer version, as happens during an upgrade when two
// versions run at once, and one that lacks a duration, as that of an older version does.
func TestAServerUsesTheSchemaOfANewerOne(t *testing.T) {
	address := cassandratest.Address(t)
	keyspace := address[strings.LastIndex(address, "/")+1:]
	if err := open(t, address).Close(); err != nil {
		t.Fatal(err)
	}
	cassandratest.Run(t, "UPDATE "+keyspace+".versions SET version = 1000 WHERE name = 'schema'")
	cassandratest.Run(t, "ALTER TABLE "+keyspace+".statistics ADD rating bigint")
	cassandratest.Run(t, "ALTER TABLE "+keyspace+".statistics DROP recurring")
	s := open(t, address)
	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "meeting"}
	record := store.Record{Type: store.Meeting, Activity: "Meeting"}.With("recurring", 7)
	if _, _, err := s.Put(context.Background(), key, record, store.NoRevision); err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.Get(context.Background(), key); err != nil || got.Record != record {
		t.Errorf("Get = %+v, %v; want %+v", got, err, record)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestOpenSaysWhatToDo checks the errors of rings that cannot be opened.
func TestOpenSaysWhatToDo(t *testing.T) {
	_, err := cassandra.Open(t.Context(), "cassandra://me:secret@127.0.0.1:1/afterhours")
	if err == nil || !strings.Contains(err.Error(), "check the hosts and ports") || strings.Contains(err.Error(), "secret") {
		t.Errorf("without a ring: %v", err)
	}
	address := cassandratest.Address(t)
	absent := address[:strings.LastIndex(address, "/")] + "/absent"
	if _, err := cassandra.Open(t.Context(), absent); err == nil || !strings.Contains(err.Error(), "there is no keyspace absent: create it") {
		t.Errorf("without the keyspace: %v", err)
	}
	if err := cassandra.Reach(t.Context(), absent); err == nil || !strings.Contains(err.Error(), "there is no keyspace absent") {
		t.Errorf("Reach without the keyspace: %v", err)
	}
	if err := cassandra.Reach(t.Context(), address); err != nil {
		t.Errorf("Reach: %v", err)
	}
	if _, err := cassandra.Open(t.Context(), address+"?datacenter=moon"); err == nil || !strings.Contains(err.Error(), "datacenter=moon: the ring has datacenter1") {
		t.Errorf("with a wrong data center: %v", err)
	}
	if err := open(t, address+"?datacenter=datacenter1").Close(); err != nil {
		t.Errorf("with a data center: %v", err)
	}
}
