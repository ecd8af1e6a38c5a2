package sqlite

import (
	"context"

	"afterhours/store"
)

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, changes []store.Change) error {
	// The caller's slice is read here and not by the writer: by then the caller may have
	// gone and changed it.
	steps := make([]write, len(changes))
	for i, change := range changes {
		step := stepOf(&change)
		steps[i] = func(s *statements) error {
			err := step(s)
			if err != nil && isResult(err) {
				return change.Refused(err)
			}
			return err
		}
	}
	return s.write(ctx, "applying changes", func(s *statements) error { return inSavepoint(s, steps) })
}

// inSavepoint runs the steps within the transaction of a batch. If one of them has an
// error that is a result, it undoes the steps before it, but nothing of the other calls in
// the batch. Any other error is left to undo the whole transaction.
func inSavepoint(s *statements, steps []write) error {
	if err := s.savepoint.run(); err != nil {
		return err
	}
	result := inOrder(s, steps)
	if !isResult(result) {
		return result
	}
	if result != nil {
		if err := s.undo.run(); err != nil {
			return err
		}
	}
	if err := s.release.run(); err != nil {
		return err
	}
	return result
}

func inOrder(s *statements, steps []write) error {
	for _, step := range steps {
		if err := step(s); err != nil {
			return err
		}
	}
	return nil
}

// stepOf returns the statement that makes the change.
func stepOf(change *store.Change) write {
	key, was := change.Key, change.Was
	written := &store.Statistic{ID: key.ID, Revision: change.Revision, Record: change.Record}
	switch {
	case was == change.Revision:
		return func(s *statements) error { return s.check(key, was) }
	case change.Revision == store.NoRevision:
		return func(s *statements) error { return s.remove(key, was) }
	}
	return func(s *statements) error { return s.put(key, written, was) }
}

func (s *statements) check(key store.Key, was store.Revision) error {
	stored, err := s.revision(key)
	if err != nil {
		return err
	}
	return store.Meet(stored, was)
}
