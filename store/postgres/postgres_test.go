package postgres_test

import (
	"context"
	"sync"
	"testing"

	"afterhours/store"
	"afterhours/store/postgres"
	"afterhours/store/postgres/postgrestest"
	"afterhours/store/storetest"
)

func TestStore(t *testing.T) {
	postgrestest.Address(t) // skips here rather than in every test
	storetest.RunDurable(t, func(t testing.TB) func() store.Store {
		address := postgrestest.Address(t)
		return func() store.Store { return open(t, address) }
	})
}

// TestManyServersStartAtOnce opens an empty database with five servers: one creates the
// schema, and the others wait.
func TestManyServersStartAtOnce(t *testing.T) {
	address := postgrestest.Address(t)
	var servers sync.WaitGroup
	for range 5 {
		servers.Go(func() {
			s, err := postgres.Open(context.Background(), address)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Check(context.Background()); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	servers.Wait()
}

// TestAServerUsesTheSchemaOfANewerOne opens a schema of a newer version, as happens during
// an upgrade when two versions run at once.
func TestAServerUsesTheSchemaOfANewerOne(t *testing.T) {
	address := postgrestest.Address(t)
	newer := open(t, address)
	postgrestest.Run(t, address, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1000, true)")
	postgrestest.Run(t, address, "ALTER TABLE owned_statistics ADD COLUMN rating BIGINT")
	older := open(t, address)
	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "call"}
	revision, _, err := older.Put(context.Background(), key, store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := newer.Get(context.Background(), key); err != nil || got.Revision != revision {
		t.Errorf("Get = %+v, %v; want revision %d", got, err, revision)
	}
	for _, s := range []*postgres.Store{newer, older} {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	storetest.BenchmarkPut(b, func(t testing.TB) store.Store { return open(t, postgrestest.Address(t)) })
}

func open(t testing.TB, address string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
