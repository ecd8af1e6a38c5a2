package operations

import (
	"context"
	"errors"

	"afterhours/store"
	"afterhours/store/staged"
)

// AtomicityGroup is what the requests of an atomicity group of a batch share. All of the requests
// are done, or none.
type AtomicityGroup struct {
	view *staged.View
	// locks are the group's own. Its requests run one after the other, and would otherwise wait
	// for the locks of the process that the group itself holds.
	locks keyedMutex
}

// Atomically runs the requests of an atomicity group over one view of the store, and stores what
// they changed in one step if requests reports success. If another writer came between, the
// requests run again, now with the lock of every statistic that they asked for: a request whose
// If-Match no longer matches then says so itself.
func (s *Service) Atomically(ctx context.Context, requests func(*AtomicityGroup) bool) error {
	var asked []store.Key
	for range maxRaces {
		view, err := s.inOneStep(ctx, asked, requests)
		if !isRace(err) {
			return err
		}
		asked = view.Keys()
	}
	return errRaced
}

// inOneStep runs the requests once, with the locks of the keys.
func (s *Service) inOneStep(ctx context.Context, keys []store.Key, requests func(*AtomicityGroup) bool) (*staged.View, error) {
	unlock, err := s.locks.lockAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	defer unlock()
	view := staged.Over(s.store)
	if !requests(&AtomicityGroup{view: view}) {
		return view, nil
	}
	return view, view.Commit(ctx)
}

func isRace(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists)
}
