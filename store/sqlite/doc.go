// Package sqlite owns a store in one SQLite file, the embedded default. A write that has
// returned survives a power cut. The package leaves alone who may open the folder and how
// often it is backed up. The folder must be on a disk of the machine: network file systems
// lack the locks that SQLite needs.
//
//	Put, Delete, ... -> group.Queue -> one writer, which commits a batch at once
//	Get, Settings    -> a pool of readers for single rows, which no query delays
//	List, Count      -> a pool of readers for queries, interrupted when their context ends
//	Track, Changes   -> readers, which compare (package track); the writer stores what differs
//	Check            -> a reader of its own
//
// Each read sees every commit before its start. sqlquery writes the SQL of queries, and
// plan.go chooses their index.
//
// Statements that are run often bypass database/sql and the driver (direct.go, prepared.go).
// A goroutine copies the journal into the file while the writer goes on (copier.go, journal.go).
//
// The writer answers a batch only while the files are where they were (files.go), and counts
// its commits beside the journal (count.go). What is wrong is told once (health.go).
//
// An fsync costs about as much as writing a hundred statistics, so many callers share one.
// No caller returns before the commit of its batch.
package sqlite
