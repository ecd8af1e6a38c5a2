package postgres

import (
	"sync"
	"testing"

	"afterhours/store"
	"afterhours/store/postgres/postgrestest"
)

// TestOpenAddsADurationThatTheDatabaseLacks opens, with several servers at once, a
// database of a program whose table of properties had two durations less. A server that
// has it open meanwhile goes on.
func TestOpenAddsADurationThatTheDatabaseLacks(t *testing.T) {
	address := postgrestest.Address(t)
	older, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = older.Close() }()
	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "meeting"}
	record := store.Record{Type: store.Meeting, Activity: "Meeting"}.With("long", 30)
	revision, _, err := older.Put(t.Context(), key, record, store.NoRevision)
	if err != nil {
		t.Fatal(err)
	}
	postgrestest.Run(t, address, "ALTER TABLE owned_statistics DROP COLUMN organized, DROP COLUMN recurring")

	var servers [4]*Store
	var opening sync.WaitGroup
	for i := range servers {
		opening.Go(func() {
			s, err := Open(t.Context(), address)
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			servers[i] = s
		})
	}
	opening.Wait()
	for _, s := range servers {
		if s == nil {
			continue
		}
		if got, _, err := s.Get(t.Context(), key); err != nil || got.Record != record {
			t.Errorf("Get = %+v, %v; want %+v", got, err, record)
		}
		record = record.With("recurring", record.Duration.Value+7)
		if revision, _, err = s.Put(t.Context(), key, record, revision); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if got, _, err := older.Get(t.Context(), key); err != nil || got.Record != record {
		t.Errorf("Get of the older server = %+v, %v; want %+v", got, err, record)
	}
}
