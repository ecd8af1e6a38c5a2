package handlers

import (
	"context"
	"errors"

	"afterhours/store"
	"afterhours/store/staged"
)

// group is what the requests of a batch share that are all done or none.
type group struct {
	view *staged.View
	// turns are the group's own: its requests come one after the other, and so
	// never wait for those that the group has taken of the server's.
	turns turns
}

type groupKey struct{}

// groupOf returns the group of a request, nil for none.
func groupOf(ctx context.Context) *group {
	found, _ := ctx.Value(groupKey{}).(*group)
	return found
}

// atomically has the requests of a group done over one view of the store, and what
// they changed stored in one step if all succeed; see batch.Runner. If another writer
// came between, they are done again, now in the turn for every statistic that they
// asked for: then a request whose If-Match has failed says so itself.
func (s *Server) atomically(ctx context.Context, requests func(context.Context) bool) error {
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

// inOneStep does the requests once, in the turn for the keys.
func (s *Server) inOneStep(ctx context.Context, keys []store.Key, requests func(context.Context) bool) (*staged.View, error) {
	release, err := s.turns.takeAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	defer release()
	view := staged.Over(s.store)
	if !requests(context.WithValue(ctx, groupKey{}, &group{view: view})) {
		return view, nil
	}
	return view, view.Commit(ctx)
}

func isRace(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrExists)
}
