package cassandra

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

const (
	// connectTimeout is how long a node may take to answer while a connection is made.
	connectTimeout = 5 * time.Second
	// answerTimeout is how long a node may take to answer a call. Its own timeouts for writes are 2 s by default.
	answerTimeout = 2500 * time.Millisecond
	// schemaTimeout is answerTimeout for changes of the schema.
	schemaTimeout = 30 * time.Second
	// readTries is how many more nodes are asked if a read fails.
	readTries = 2
	// connections to each node. A connection carries thousands of calls at once.
	connections = 2
)

// cluster returns the driver's configuration for the address, without a keyspace. A node that does not answer
// a call within the timeout is suspected to be down.
func (a *Address) cluster(timeout time.Duration) *gocql.ClusterConfig {
	cluster := gocql.NewCluster(a.hosts...)
	level := a.level()
	cluster.Consistency, cluster.SerialConsistency = level.reads, level.conditions
	cluster.Timeout = timeout
	cluster.ConnectTimeout = connectTimeout
	cluster.NumConns = connections
	// A write is not idempotent: the driver repeats only what says that it is.
	cluster.DefaultIdempotence = false
	cluster.RetryPolicy = &gocql.SimpleRetryPolicy{NumRetries: readTries}
	cluster.ReconnectInterval = time.Second
	cluster.Metadata.CacheMode = gocql.KeyspaceOnly
	nodes := gocql.RoundRobinHostPolicy()
	if name := a.options["datacenter"]; name != "" {
		nodes = gocql.DCAwareRoundRobinPolicy(name)
	}
	// All servers ask the same replica first: transactions of a partition meet there, and not between nodes.
	nodes = gocql.TokenAwareHostPolicy(nodes, gocql.DoNotShuffleReplicas())
	cluster.PoolConfig.HostSelectionPolicy = &hostPolicy{HostSelectionPolicy: nodes}
	if a.user != "" {
		cluster.Authenticator = gocql.PasswordAuthenticator{Username: a.user, Password: a.password}
	}
	return cluster
}

// connect returns a session in the keyspace of the address.
func (a *Address) connect(ctx context.Context, timeout time.Duration) (*gocql.Session, error) {
	cluster := a.cluster(timeout)
	cluster.Keyspace = a.keyspace
	if name := a.options["datacenter"]; name != "" && a.isLocal() {
		cluster.HostFilter = gocql.DataCenterHostFilter(name)
	}
	return start(ctx, a, cluster)
}

// isLocal reports whether a quorum is one of a single data center.
func (a *Address) isLocal() bool { return a.level().conditions == gocql.LocalSerial }

// datacenters returns the names of the ring's data centers.
func datacenters(session *gocql.Session) []string {
	names := map[string]bool{}
	for _, host := range session.GetHosts() {
		names[host.DataCenter()] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// checkDatacenter returns an error if the ring has no data center of the name in the address. It also does if the
// address has no name and quorums are of one of several: each of those would have an order of writes of its own.
func (a *Address) checkDatacenter(names []string) error {
	name := a.options["datacenter"]
	switch {
	case name != "" && !slices.Contains(names, name):
		return fmt.Errorf("datacenter=%s: the ring has %s", name, strings.Join(names, ", "))
	case name == "" && a.isLocal() && len(names) > 1:
		return fmt.Errorf("the ring has the data centers %s: add datacenter=NAME to the address, the same for all servers, or consistency=quorum",
			strings.Join(names, ", "))
	}
	return nil
}
