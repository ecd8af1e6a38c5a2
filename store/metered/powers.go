package metered

import (
	"context"
	"time"

	"afterhours/store"
)

// wholeStore is a Store with the power to read and replace all that it has.
type wholeStore struct {
	*Store
	replacer store.Replacer
}

// Rows implements store.Replacer.
func (s *wholeStore) Rows(ctx context.Context, tenant string, limit int64) (rows store.Rows, err error) {
	defer s.timed(ctx, "rows", time.Now(), &err)
	return s.replacer.Rows(ctx, tenant, limit)
}

// Replace implements store.Replacer.
func (s *wholeStore) Replace(ctx context.Context, tenant string, rows store.Rows) (err error) {
	defer s.timed(ctx, "replace", time.Now(), &err)
	return s.replacer.Replace(ctx, tenant, rows)
}

// countPowers are the powers of a store that counts faster than it lists.
type countPowers interface {
	store.Replacer
	store.StatisticsCounter
}

// countStore is a wholeStore with those powers.
type countStore struct {
	wholeStore
	counter store.StatisticsCounter
}

var _ countPowers = (*countStore)(nil)

// CountAfter implements store.StatisticsCounter.
func (s *countStore) CountAfter(ctx context.Context, key store.Key) (count int64, err error) {
	defer s.timed(ctx, "count_after", time.Now(), &err)
	return s.counter.CountAfter(ctx, key)
}

// filePowers are the powers of a store that keeps its data in files of its own.
type filePowers interface {
	countPowers
	store.FileBackup
	store.IntegrityChecker
	store.Watcher
}

// fileStore is a countStore with those powers.
type fileStore struct {
	countStore
	powers filePowers
}

var _ filePowers = (*fileStore)(nil)

// Backup implements store.FileBackup.
func (s *fileStore) Backup(ctx context.Context, to string, progress store.Progress) (err error) {
	defer s.timed(ctx, "backup", time.Now(), &err)
	return s.powers.Backup(ctx, to, progress)
}

// Integrity implements store.IntegrityChecker.
func (s *fileStore) Integrity(ctx context.Context) (err error) {
	defer s.timed(ctx, "integrity", time.Now(), &err)
	return s.powers.Integrity(ctx)
}

// Watch implements store.Watcher.
func (s *fileStore) Watch(notify func(store.Notice)) { s.powers.Watch(notify) }
