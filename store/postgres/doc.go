// Package postgres owns a store in a PostgreSQL database that any number of servers
// share: a write that was answered is as durable as a commit of that database. It
// leaves alone how the database is run, replicated and backed up.
//
//	Put, Delete      -> one statement, which compares, writes and tells the owner's
//	                    settings; those of callers at one time share a transaction
//	Apply            -> one transaction, whose rows stay locked to its end
//	Get, List, ...   -> one statement, which sees one moment
//	List, Count      -> sqlquery, which writes the SQL
//
// What the database says that it has undone (a serialization failure, a deadlock), and
// what was never sent to it, is tried again while the caller waits. A write whose
// connection breaks is not: it may have been made, and the caller is told that the
// outcome is unknown.
//
// The schema and the SQL keep to what PostgreSQL, CockroachDB, YugabyteDB and Citus
// share: every key begins with the tenant and the user, by which a cluster may
// distribute the rows, and there are no sequences, triggers or advisory locks.
package postgres
