package operations

import (
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"afterhours/gen"
	"afterhours/gen/nullable"
	"afterhours/handlers/auth"
	"afterhours/handlers/spec"
	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/edm"
)

// The owner that the requests of these tests are about, and the key of their statistic.
var (
	testOwner = store.Owner{Tenant: "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63", User: "48d31887-5fad-4d73-a9f5-3c356e68a038"}
	testKey   = store.Key{Owner: testOwner, ID: "a"}
)

// testContract loads the repository's contract once, as it takes long.
var testContract = sync.OnceValues(func() (*spec.Contract, error) {
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		return nil, err
	}
	return spec.Load(text)
})

// newTestService returns a service over the store with the repository's contract.
func newTestService(t testing.TB, over store.Store) *Service {
	t.Helper()
	contract, err := testContract()
	if err != nil {
		t.Fatal(err)
	}
	service, err := New(Config{Store: over, Contract: contract, Log: slog.New(slog.DiscardHandler), Now: time.Now, QueryTime: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// newTestRequest returns a request of the owner's own.
func newTestRequest() *Request {
	return &Request{
		Root:   "http://example.com/beta",
		Form:   wire.Form{Level: wire.MetadataMinimal, Duration: edm.Duration.Append},
		Caller: auth.Principal{Tenant: testOwner.Tenant, User: testOwner.User},
	}
}

// putCall stores a call of one hour under the test key and returns its revision.
func putCall(t testing.TB, over store.Store) store.Revision {
	t.Helper()
	revision, _, err := over.Put(t.Context(), testKey, store.Record{Type: store.Call, Activity: "Call", Duration: store.Of(edm.Hour)}, store.NoRevision)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

// durationOf returns the body of a PATCH that changes the duration.
func durationOf(d edm.Duration) *gen.ActivityStatisticsUpdate {
	return &gen.ActivityStatisticsUpdate{Duration: nullable.Of(d)}
}
