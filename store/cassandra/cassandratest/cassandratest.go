// Package cassandratest owns the keyspaces of tests. It leaves alone how their ring is run.
package cassandratest

import (
	"context"
	"errors"
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
	hosts := ring(t)
	keyspace := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	Run(t, "CREATE KEYSPACE "+keyspace+" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': "+
		strconv.Itoa(min(len(hosts), maxReplicas))+"}")
	t.Cleanup(func() { Run(t, "DROP KEYSPACE "+keyspace) })
	return "cassandra://" + strings.Join(hosts, ",") + "/" + keyspace
}

// Empty removes all that is stored in the keyspace of the address. That takes much less time than another
// keyspace.
func Empty(t testing.TB, address string) {
	t.Helper()
	keyspace := address[strings.LastIndex(address, "/")+1:]
	session := connect(t, keyspace)
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

func connect(t testing.TB, keyspace string) *gocql.Session {
	t.Helper()
	cluster := gocql.NewCluster(ring(t)...)
	cluster.Keyspace = keyspace
	cluster.Timeout = time.Minute // a keyspace takes long on a busy machine
	session, err := cluster.CreateSession()
	if err != nil {
		t.Fatalf("connecting to the ring of %s: %v", variable, err)
	}
	return session
}

// ring returns the hosts of the ring for tests.
func ring(t testing.TB) []string {
	t.Helper()
	address := os.Getenv(variable)
	if address == "" {
		program.Missing(t, "%s is not the address of a ring of Cassandra: see .ci/cassandra", variable)
	}
	hosts, _, _ := strings.Cut(strings.TrimPrefix(address, "cassandra://"), "/")
	return strings.Split(hosts, ",")
}

// Run runs one statement in the ring.
func Run(t testing.TB, statement string) {
	t.Helper()
	session := connect(t, "")
	defer session.Close()
	ctx := context.WithoutCancel(t.Context()) // which is done when tests clean up
	if err := session.Query(statement).ExecContext(ctx); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
