package metered

import (
	"context"

	"afterhours/store"
)

// New returns a store that passes every call to the one below and tells the observer. It has the optional powers
// that the one below has, store.Measured excepted, if these are none or those of memory, of postgres, of sqlite
// or of cassandra.
func New(below store.Store, observer Observer) store.Store {
	s := &Store{below, observer}
	if partitioned, ok := below.(store.Partitioned); ok {
		return &partitionedStore{s, partitioned}
	}
	replacer, ok := below.(store.Replacer)
	if !ok {
		return s
	}
	memory := &replacerStore{s, replacer}
	counter, ok := below.(store.StatisticsCounter)
	if !ok {
		return memory
	}
	database := &databaseStore{memory, counter}
	file, ok := below.(filePowers)
	if !ok {
		return database
	}
	return &fileStore{database, file}
}

type partitionedStore struct {
	*Store
	partitioned store.Partitioned
}

// Partitioned implements store.Partitioned. It is no call of the database, and nobody is told.
func (s *partitionedStore) Partitioned() bool { return s.partitioned.Partitioned() }

type replacerStore struct {
	*Store
	replacer store.Replacer
}

// Rows implements store.Replacer.
func (s *replacerStore) Rows(ctx context.Context, tenant string, limit int64) (store.Rows, error) {
	call := s.begin(ctx, "Rows")
	rows, err := s.replacer.Rows(call.ctx, tenant, limit)
	call.end(err)
	return rows, err
}

// Replace implements store.Replacer.
func (s *replacerStore) Replace(ctx context.Context, tenant string, rows store.Rows) error {
	call := s.begin(ctx, "Replace")
	err := s.replacer.Replace(call.ctx, tenant, rows)
	call.end(err)
	return err
}

type databaseStore struct {
	*replacerStore
	counter store.StatisticsCounter
}

// CountAfter implements store.StatisticsCounter.
func (s *databaseStore) CountAfter(ctx context.Context, key store.Key) (int64, error) {
	call := s.begin(ctx, "CountAfter")
	count, err := s.counter.CountAfter(call.ctx, key)
	call.end(err)
	return count, err
}

// filePowers are the powers of a store that keeps its data in a file of its own.
type filePowers interface {
	store.FileBackup
	store.IntegrityChecker
	store.Watcher
}

type fileStore struct {
	*databaseStore
	file filePowers
}

// Backup implements store.FileBackup.
func (s *fileStore) Backup(ctx context.Context, to string, progress store.Progress) error {
	call := s.begin(ctx, "Backup")
	err := s.file.Backup(call.ctx, to, progress)
	call.end(err)
	return err
}

// Integrity implements store.IntegrityChecker.
func (s *fileStore) Integrity(ctx context.Context) error {
	call := s.begin(ctx, "Integrity")
	err := s.file.Integrity(call.ctx)
	call.end(err)
	return err
}

// Watch implements store.Watcher. It belongs to no request, and nobody is told.
func (s *fileStore) Watch(notify func(store.Notice)) { s.file.Watch(notify) }
