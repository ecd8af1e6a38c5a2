package postgres_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"afterhours/store"
	"afterhours/store/postgres"
	"afterhours/store/postgres/postgrestest"
)

// TestDatabaseThatIsSerializableByDefault lets many callers change one row at once in a database
// whose default isolation is serializable. As in any other database, a caller that had to
// wait for the row must get ErrConflict and not a failure.
func TestDatabaseThatIsSerializableByDefault(t *testing.T) {
	server := postgrestest.Address(t)
	name := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	postgrestest.Run(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { postgrestest.Run(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	postgrestest.Run(t, server, "ALTER DATABASE "+name+" SET default_transaction_isolation = 'serializable'")
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	address.Path, address.RawQuery = name, ""
	s, err := postgres.Open(t.Context(), address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()

	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "a"}
	was, _, err := s.Put(t.Context(), key, store.Record{Type: "call", Activity: "Call"}, store.NoRevision)
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for range 16 {
		writers.Go(func() {
			was := was
			for range 20 {
				change := store.Change{Key: key, Was: was, Revision: store.NewRevision(), Record: store.Record{Type: "call", Activity: "Call"}}
				if err := s.Apply(t.Context(), []store.Change{change}); err != nil && !errors.Is(err, store.ErrConflict) {
					t.Error(err)
				}
				stored, _, err := s.Get(t.Context(), key)
				if err != nil {
					t.Error(err)
				}
				was = stored.Revision
			}
		})
	}
	writers.Wait()
}
