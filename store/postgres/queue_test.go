package postgres_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"afterhours/store"
	"afterhours/store/postgres"
	"afterhours/store/postgres/postgrestest"
)

// putAtOnce creates statistics of these ids, and of these time zones, at the same time
// and returns the error of each.
func putAtOnce(t *testing.T, s store.Store, owner store.Owner, zones map[string]string) map[string]error {
	t.Helper()
	var mu sync.Mutex
	var callers sync.WaitGroup
	errs := map[string]error{}
	for id, zone := range zones {
		callers.Go(func() {
			record := store.Record{Type: store.Call, Activity: "Call", TimeZoneUsed: store.Of(zone)}
			_, _, err := s.Put(t.Context(), store.Key{Owner: owner, ID: id}, record, store.NoRevision)
			mu.Lock()
			defer mu.Unlock()
			errs[id] = err
		})
	}
	callers.Wait()
	return errs
}

// TestAStatementThatFailsLeavesItsBatch sends statements of which the database refuses some.
// They roll back their batches, and the other statements must succeed all the same.
func TestAStatementThatFailsLeavesItsBatch(t *testing.T) {
	s, err := postgres.Open(t.Context(), postgrestest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	owner := store.Owner{Tenant: "t", User: "u"}
	zones := map[string]string{}
	for n := range 300 {
		zones[fmt.Sprintf("good%d", n)] = "UTC"
		if n%10 == 0 {
			zones[fmt.Sprintf("bad%d", n)] = "\x00" // no store promises to take it
		}
	}
	for id, err := range putAtOnce(t, s, owner, zones) {
		if bad := zones[id] != "UTC"; bad != (err != nil) || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if count, err := s.Count(t.Context(), owner, nil); err != nil || count != 300 {
		t.Errorf("%d are stored, %v; want 300", count, err)
	}
}

// TestALockedRowDelaysOnlyItsWriter locks a row. A write to the row must be ErrUnavailable after a
// while, and the writes to other rows must succeed.
func TestALockedRowDelaysOnlyItsWriter(t *testing.T) {
	address := postgrestest.Address(t)
	s, err := postgres.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	other, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(t.Context()) }()
	tx, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	postgrestest.Run(t, address, "INSERT INTO owners (tenant_id, user_id, owner) VALUES ('t', 'u', 7)")
	const insert = "INSERT INTO owned_statistics (owner, id, revision, type, activity) VALUES (7, 'held', 1, 'call', 'Call')"
	if _, err := tx.Exec(t.Context(), insert); err != nil {
		t.Fatal(err)
	}
	owner, zones := store.Owner{Tenant: "t", User: "u"}, map[string]string{"held": "UTC"}
	for n := range 50 {
		zones[fmt.Sprintf("free%d", n)] = "UTC"
	}
	begun := time.Now()
	for id, err := range putAtOnce(t, s, owner, zones) {
		if id == "held" && !errors.Is(err, store.ErrUnavailable) || id != "held" && err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if took := time.Since(begun); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if errs := putAtOnce(t, s, owner, map[string]string{"held": "UTC"}); errs["held"] != nil {
		t.Errorf("when it is free: %v", errs["held"])
	}
}
