package cassandratest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
)

// shared is the keyspace of Shared. Its address is empty until the first call. The test that uses it has the lock.
var shared struct {
	sync.Mutex
	address string
}

// Shared returns the address of an empty keyspace, as Address does, in a fraction of the time: the tests of a
// package use one keyspace in turn. A test that runs beside others waits until they have ended, so a test may call
// Shared once. TestMain of the package must call Main.
func Shared(t testing.TB) string {
	t.Helper()
	shared.Lock()
	t.Cleanup(shared.Unlock)
	if shared.address == "" {
		shared.address = create(t)
	} else {
		Empty(t, shared.address)
	}
	return shared.address
}

// Main runs the tests of a package, drops the keyspace that they shared, and returns the exit code.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.address == "" {
		return code
	}
	if err := run(context.Background(), drop(shared.address)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}
