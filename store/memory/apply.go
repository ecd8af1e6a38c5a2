package memory

import (
	"context"

	"afterhours/store"
)

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, changes []store.Change) error {
	if err := s.writing(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if err := s.permits(changes); err != nil {
		return err
	}
	for i := range changes {
		s.apply(&changes[i])
	}
	return nil
}

// permits returns nil if every change finds its key at the expected revision, once the
// changes before it are made. It makes none of them.
func (s *Store) permits(changes []store.Change) error {
	revisions := make(map[store.Key]store.Revision, len(changes)) // after the changes so far
	for i := range changes {
		change := &changes[i]
		stored, changed := revisions[change.Key]
		if !changed {
			stored = s.owned[change.Key.Owner].revision(change.Key.ID)
		}
		if err := store.Meet(stored, change.Was); err != nil {
			return change.Refused(err)
		}
		revisions[change.Key] = change.Revision
	}
	return nil
}

// apply makes a change that is permitted.
func (s *Store) apply(change *store.Change) {
	switch change.Revision {
	case change.Was:
	case store.NoRevision:
		s.remove(change.Key)
	default:
		s.set(change.Key, &store.Statistic{ID: change.Key.ID, Revision: change.Revision, Record: change.Record})
	}
}
