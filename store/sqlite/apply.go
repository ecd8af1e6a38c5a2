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
	if err := exec(s.savepoint); err != nil {
		return err
	}
	result := inOrder(s, steps)
	if !isResult(result) {
		return result
	}
	if result != nil {
		if err := exec(s.undo); err != nil {
			return err
		}
	}
	if err := exec(s.release); err != nil {
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
	written := store.Statistic{ID: change.Key.ID, Revision: change.Revision, Record: change.Record}
	switch {
	case change.Was == change.Revision:
		return check(change.Key, change.Was)
	case change.Was == store.NoRevision:
		return create(change.Key, &written)
	case change.Revision == store.NoRevision:
		return remove(change.Key, change.Was)
	}
	return replace(change.Key, &written, change.Was)
}

func check(key store.Key, was store.Revision) write {
	return func(s *statements) error {
		stored, err := s.revision(key)
		if err != nil {
			return err
		}
		return store.Meet(stored, was)
	}
}
