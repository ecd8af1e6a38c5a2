// Package postgres owns a store in a PostgreSQL database that any number of servers
// share. A write is as durable as a commit of that database. The package leaves alone how
// the database is run, replicated and backed up.
//
//	Put, Delete      -> one statement, which compares, writes and returns the owner's
//	                    settings; group.Queue: concurrent statements share a transaction
//	Apply            -> one transaction, whose rows stay locked to its end
//	Get, List, ...   -> one statement, which sees one moment
//	List, Count      -> sqlquery, which writes the SQL
//	Track, Changes   -> package track; those who track one owner wait for each other, and no
//	                    write waits for them
//
// Single rows, queries of many rows and Check have connections of their own, so that none
// waits for a slower kind. A query whose context ends is cancelled in the database.
//
// A statement is tried again, while the caller waits, if the database rolled it back (a
// serialization failure, a deadlock) or if it was never sent. A write whose connection
// breaks is not tried again, because the database may have made it: the caller gets
// ErrUnavailable, and the outcome is unknown.
//
// The schema and the SQL keep to what PostgreSQL, CockroachDB, YugabyteDB and Citus
// share: every key begins with the tenant and the user, or with the random number that the
// table owners has for them, by which a cluster may distribute the rows. There are no
// sequences, triggers or advisory locks, except while a database of an older version is
// upgraded (see upgrade.go): only PostgreSQL can do that.
package postgres
