// Package cassandratest owns the keyspaces of tests. It leaves alone how their ring is run.
package cassandratest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"github.com/google/uuid"

	"afterhours/contract/program"
)

// variable names the environment variable with the address of a ring for tests.
const variable = "AFTERHOURS_TEST_CASSANDRA"

// maxReplicas is how many replicas a keyspace of tests has, unless the ring has fewer nodes.
const maxReplicas = 3

// Address returns the address of an empty keyspace in the ring that AFTERHOURS_TEST_CASSANDRA names. The
// keyspace is dropped after the test. Without a ring the test is skipped, or fails if the variable CI is set.
func Address(t testing.TB) string {
	t.Helper()
	address := create(t)
	t.Cleanup(func() { Run(t, drop(address)) })
	return address
}

// Absent returns the address of a keyspace that does not exist. If the test creates it, it is dropped afterwards.
func Absent(t testing.TB) string {
	t.Helper()
	address := absent(t)
	t.Cleanup(func() { Run(t, drop(address)) })
	return address
}

func absent(t testing.TB) string {
	return "cassandra://" + strings.Join(ring(t), ",") + "/test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
}

// create creates a keyspace and returns its address.
func create(t testing.TB) string {
	t.Helper()
	address := absent(t)
	Run(t, "CREATE KEYSPACE "+keyspaceOf(address)+" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': "+
		strconv.Itoa(min(len(hosts()), maxReplicas))+"}")
	return address
}

// drop returns the statement that drops the keyspace of the address.
func drop(address string) string { return "DROP KEYSPACE IF EXISTS " + keyspaceOf(address) }

func keyspaceOf(address string) string { return address[strings.LastIndex(address, "/")+1:] }

// Empty removes all that is stored in the keyspace of the address. That takes much less time than another
// keyspace.
func Empty(t testing.TB, address string) {
	t.Helper()
	session, err := connect(keyspaceOf(address))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	for table, key := range map[string][]string{
		"statistics": {"tenant_id", "user_id"}, "owners": {"tenant_id", "bucket"}, "aliases": {"tenant_id", "bucket"},
		"names": {"tenant_id", "user_id"}, "feeds": {"tenant_id", "user_id"},
	} {
		rows, err := session.Query("SELECT DISTINCT " + strings.Join(key, ", ") + " FROM " + table).Iter().SliceMap()
		if err != nil && !isMissing(err) {
			t.Fatalf("reading the keys of %s: %v", table, err)
		}
		for _, row := range rows {
			err := session.Query("DELETE FROM "+table+" WHERE "+key[0]+" = ? AND "+key[1]+" = ?", row[key[0]], row[key[1]]).Exec()
			if err != nil {
				t.Fatalf("emptying %s: %v", table, err)
			}
		}
	}
}

// isMissing reports whether a table does not exist yet.
func isMissing(err error) bool {
	var refused gocql.RequestError
	return errors.As(err, &refused) && refused.Code() == gocql.ErrCodeInvalid
}

// connect connects to the ring, and uses the keyspace if it is not empty.
func connect(keyspace string) (*gocql.Session, error) {
	cluster := gocql.NewCluster(hosts()...)
	cluster.Keyspace = keyspace
	cluster.Timeout = time.Minute // a keyspace takes long on a busy machine
	session, err := cluster.CreateSession()
	if err != nil {
		return nil, fmt.Errorf("connecting to the ring of %s: %w", variable, err)
	}
	return session, nil
}

// ring returns the hosts of the ring for tests.
func ring(t testing.TB) []string {
	t.Helper()
	if os.Getenv(variable) == "" {
		program.Missing(t, "%s is not the address of a ring of Cassandra: see .ci/cassandra", variable)
	}
	return hosts()
}

func hosts() []string {
	hosts, _, _ := strings.Cut(strings.TrimPrefix(os.Getenv(variable), "cassandra://"), "/")
	return strings.Split(hosts, ",")
}

// Run runs one statement in the ring.
func Run(t testing.TB, statement string) {
	t.Helper()
	if err := run(context.WithoutCancel(t.Context()), statement); err != nil { // the test's context is done when tests clean up
		t.Fatal(err)
	}
}

func run(ctx context.Context, statement string) error {
	session, err := connect("")
	if err != nil {
		return err
	}
	defer session.Close()
	if err := session.Query(statement).ExecContext(ctx); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
