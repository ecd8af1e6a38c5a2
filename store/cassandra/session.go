package cassandra

import (
	"crypto/tls"
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
	if a.options["tls"] == "true" {
		cluster.SslOpts = &gocql.SslOptions{
			Config: &tls.Config{MinVersion: tls.VersionTLS12}, EnableHostVerification: true,
			CaPath: a.options["ca"], CertPath: a.options["cert"], KeyPath: a.options["key"],
		}
	}
	return cluster
}
