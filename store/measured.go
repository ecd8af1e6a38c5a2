package store

import "time"

// Measured is a store that measures its own work.
type Measured interface {
	// Measure has the store tell what it measures from then on. It must be called once at
	// most. The functions of to are called by several goroutines and must return soon.
	Measure(to *Measurements)
	// Size returns how large the parts of the store are now. It costs little. After Close
	// the numbers mean nothing.
	Size() Size
}

// Measurements takes what a store measures. A store calls those functions that it has
// something for. None is nil.
type Measurements struct {
	// Batch takes how many calls went to the database together, and how long the first of
	// them had waited for that. The queue is "reads" or "writes".
	Batch func(queue string, calls int, waited time.Duration)
	// Commit takes the time of a commit, most of which is the sync of the disk.
	Commit func(took time.Duration)
	// Checkpoint takes how long it took to copy the journal into the database, or to try.
	Checkpoint func(took time.Duration)
}

// Size is how large the parts of a store are at one moment.
type Size struct {
	Pools []Pool
	Files []File
}

// Pool is a pool of connections to a database.
type Pool struct {
	// Name says what the connections are for.
	Name string
	// Limit is the most connections that the pool may have.
	Limit int
	// InUse and Idle are the open connections.
	InUse, Idle int
	// Waits counts the calls that waited for a connection, and Waited is how long all of them did.
	Waits  uint64
	Waited time.Duration
}

// File is a file of a store.
type File struct {
	// Name is "database" or "journal".
	Name  string
	Bytes int64
}
