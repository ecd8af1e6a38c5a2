package cassandra_test

import (
	"context"
	"testing"

	"afterhours/store"
	"afterhours/store/cassandra"
	"afterhours/store/cassandra/cassandratest"
	"afterhours/store/storetest"
)

func TestStore(t *testing.T) {
	address := cassandratest.Address(t)
	storetest.RunDurable(t, func(t testing.TB) func() store.Store {
		cassandratest.Empty(t, address)
		return func() store.Store { return open(t, address) }
	})
}

func open(t testing.TB, address string) *cassandra.Store {
	t.Helper()
	s, err := cassandra.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
