package cassandra

import (
	"crypto/tls"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

const (
	// connectTimeout is how long a node may take to answer while a connection is made.
	connectTimeout = 5 * time.Second
	// readTries is how many more nodes are asked if a read fails.
	readTries = 2
	// connections to each node. A connection carries thousands of calls at once.
	connections = 2
)

// cluster returns the driver's configuration for the address, without a keyspace.
func (a *Address) cluster() *gocql.ClusterConfig {
	cluster := gocql.NewCluster(a.hosts...)
	level := a.level()
	cluster.Consistency, cluster.SerialConsistency = level.reads, level.conditions
	cluster.Timeout = scanTimeout // the longest: the context of a call ends before
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
	cluster.PoolConfig.HostSelectionPolicy = gocql.TokenAwareHostPolicy(nodes)
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
