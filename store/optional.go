package store

import "context"

// The interfaces below are powers that some stores have. A caller asks for one with a
// type assertion on a Store.

// FileBackup is a store that keeps its data in a file of its own. A database server has
// its own backups.
type FileBackup interface {
	// Backup writes a copy of the store to a new file while others read and write. The
	// copy holds every write that returned before the call. It is an error if the file
	// exists. The progress is told meanwhile.
	Backup(ctx context.Context, to string, progress Progress) error
}

// Progress is told how far a long call is: the name of the step, and how many bytes of the
// step are done. total is an estimate, or -1 for a step that cannot be measured. The calls
// come one after the other, the first one as the step begins, and must return soon. A
// Progress of nil is told nothing.
type Progress func(step string, done, total int64)

// StatisticsCounter is a store that can count the statistics of all owners faster than it
// could list them.
type StatisticsCounter interface {
	// CountAfter returns how many statistics come after the key, in the byte order of
	// tenant, user and id. The zero key comes before all.
	CountAfter(ctx context.Context, key Key) (int64, error)
}

// IntegrityChecker is a store that can check its file for damage. A database server
// checks its own files.
type IntegrityChecker interface {
	// Integrity reads all that is stored and returns an error that names the damage.
	Integrity(ctx context.Context) error
}

// Replacer is a store that can read and replace all that it has of a tenant in one step.
type Replacer interface {
	// Rows returns what the store has of the tenant, or of all tenants if it is "", at one
	// moment, in no order. The error is ErrFull if the rows take more memory than limit, in
	// bytes as Rows.Size counts.
	Rows(ctx context.Context, tenant string, limit int64) (Rows, error)
	// Replace removes all statistics, settings and aliases of the tenant, or of all tenants
	// if it is "", and stores the rows, in one step: no reader sees some of it without the
	// rest. Every statistic gets a revision that its key has never had before, even if its
	// record is the same. A write that comes at the same time is made before or after all
	// of it. The rows are of the tenant, each key and alias is among them once.
	Replace(ctx context.Context, tenant string, rows Rows) error
}

// Partitioned is a store that may keep each owner's data by itself, so that no step spans two owners.
type Partitioned interface {
	// Partitioned reports whether Apply refuses changes of several owners, with ErrOwners.
	Partitioned() bool
}

// IsPartitioned reports whether the store's Apply refuses changes of several owners.
func IsPartitioned(s Store) bool {
	partitioned, ok := s.(Partitioned)
	return ok && partitioned.Partitioned()
}

// Watcher is a store that notices when something happens to its files. A database server
// watches its own.
type Watcher interface {
	// Watch begins to watch the store. From then on until Close, notify is called once for
	// each trouble, and once when the trouble has passed. A trouble from before the call
	// is told, too. The calls come one after the other and must return soon. Watch begins
	// a check of the whole store and waits a second for its result; then the check
	// goes on beside the calls of the store. Watch must be called once at most.
	Watch(notify func(Notice))
}

// Notice is what a Watcher has noticed.
type Notice struct {
	// Message is the good news, if Err is nil.
	Message string
	// Err is the trouble. While it lasts, Check returns an error.
	Err error
	// Stopped reports whether nothing is written any more until the store is opened again.
	Stopped bool
}
