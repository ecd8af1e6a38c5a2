// Package sqlite owns a store in one SQLite file, the embedded default: a write that
// was answered is on disk, also after a power cut. It leaves alone who may open the
// folder and how often it is backed up. The folder must be on a disk of the machine:
// network file systems do not lock as SQLite needs it.
//
//	Put, Delete, ... -> queue -> one writer, which commits all that is queued at once
//	Get, List, ...   -> two pools of readers, each seeing every commit before its start
//	List, Count      -> sqlquery, which writes the SQL; plan.go says through which index
//
// An fsync costs about as much as writing a hundred statistics, so the writer makes
// many callers share one: it takes what is queued, and what those whom it has just
// answered queue when it yields to them, and answers nobody before the commit. A lone
// caller waits for its own commit only.
package sqlite
