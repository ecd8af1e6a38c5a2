// Package cassandra owns a store in a ring of Apache Cassandra that any number of servers share. A
// write is as durable as the consistency of the address: most replicas of the owner have it. The
// package leaves alone how the ring is run, repaired and backed up.
//
//	statistics   (tenant, user) id         the statistics of one owner, and the settings as static columns
//	owners       (tenant, bucket) user     who may have statistics, settings or an alias
//	aliases      (tenant, bucket) upn      the user that a name names
//	names        (tenant, user) upn        the names that a user may have
//	feeds        (tenant, user) kind, ...  what Track has found
//
//	Put, Delete, Apply -> one conditional batch of the owner's partition
//	Get, Settings      -> one read of the partition
//	List, Count, ...   -> the partition, page by page, matched by a store.Matcher
//
// Every write of a partition is a lightweight transaction, so that their order is one for all
// replicas. Reads of one partition are serial: they have their place in that order. Apply takes the
// changes of one owner only: no step of Cassandra spans two partitions.
//
// The tables owners and names only grow. They say where to look: a reader checks what is there. So
// no transaction has to span two tables.
//
// The driver repeats a read, at another node. It never repeats a transaction: the outcome is unknown if
// the answer is missing, and the caller gets ErrUnavailable. A node that has not answered comes last.
package cassandra
