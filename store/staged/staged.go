// Package staged owns a view of a store in which changes of statistics are seen at
// once and made later, all in one step or not at all. It leaves alone whose requests
// share the view, and what happens when the step fails.
//
//	Get, Put, Delete -> what the view remembers, else the store below
//	Commit           -> Apply of the store below
package staged

import (
	"context"
	"errors"

	"afterhours/store"
)

// ErrSingle says that a method was called that a view cannot answer, as it sees
// the statistics only that it was asked for one by one.
var ErrSingle = errors.New("staged: single statistics alone can be read and written")

// View is a store.Store over another one, for callers who come one after the other:
// it is not safe for concurrent use. Everything that is neither about statistics nor
// a change of settings goes to the store below, at once.
type View struct {
	store.Store
	// changes has one for every key that was asked for, in the order in which they
	// were first asked for. That of a key that was only read demands that it stays
	// as it was.
	changes []store.Change
	places  map[store.Key]int // in changes
}

var _ store.Store = (*View)(nil)

// Over returns a view of the store in which nothing is changed yet.
func Over(below store.Store) *View {
	return &View{Store: below, places: map[store.Key]int{}}
}

// at returns the change of the key, which stays the view's. It points into a slice
// that the next call may move.
func (v *View) at(ctx context.Context, key store.Key) (*store.Change, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if place, known := v.places[key]; known {
		return &v.changes[place], nil
	}
	stored, _, err := v.Store.Get(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	v.places[key] = len(v.changes)
	v.changes = append(v.changes, store.Change{Key: key, Was: stored.Revision, Revision: stored.Revision, Record: stored.Record})
	return &v.changes[v.places[key]], nil
}

// Get implements store.Store.
func (v *View) Get(ctx context.Context, key store.Key) (store.Statistic, store.Settings, error) {
	change, err := v.at(ctx, key)
	if err == nil && change.Revision == store.NoRevision {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Statistic{}, store.Settings{}, err
	}
	settings, err := v.Settings(ctx, key.Owner)
	return store.Statistic{ID: key.ID, Revision: change.Revision, Record: change.Record}, settings, err
}

// Put implements store.Store. The revision is the one that the key has after Commit,
// unless it is changed again before.
func (v *View) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, store.Settings, error) {
	settings, err := v.Settings(ctx, key.Owner)
	if err != nil {
		return store.NoRevision, store.Settings{}, err
	}
	change, err := v.at(ctx, key)
	if err == nil {
		err = store.Meet(change.Revision, was)
	}
	if err != nil {
		return store.NoRevision, store.Settings{}, err
	}
	change.Revision, change.Record = store.NewRevision(), record
	return change.Revision, settings, nil
}

// Delete implements store.Store.
func (v *View) Delete(ctx context.Context, key store.Key, was store.Revision) error {
	change, err := v.at(ctx, key)
	switch {
	case err != nil:
		return err
	case change.Revision == store.NoRevision:
		return store.ErrNotFound
	case change.Revision != was:
		return store.ErrConflict
	}
	change.Revision, change.Record = store.NoRevision, store.Record{}
	return nil
}

// List returns ErrSingle: the page of the store below would lack the changes.
func (v *View) List(context.Context, store.Owner, store.Query) ([]store.Statistic, error) {
	return nil, ErrSingle
}

// Count returns ErrSingle.
func (v *View) Count(context.Context, store.Owner, store.Expr) (int, error) { return 0, ErrSingle }

// Apply returns ErrSingle: there are no views of views.
func (v *View) Apply(context.Context, []store.Change) error { return ErrSingle }

// UpdateSettings returns ErrSingle: settings are not changed with others in one step.
func (v *View) UpdateSettings(context.Context, store.Owner, store.SettingsChange) (store.Settings, error) {
	return store.Settings{}, ErrSingle
}

// Commit makes all that was changed, if everything that was read still holds; see
// Apply of store.Store for its errors. The view is of no use afterwards.
func (v *View) Commit(ctx context.Context) error { return v.Store.Apply(ctx, v.changes) }

// Keys returns the keys that were read or changed, in the order in which they were
// first asked for.
func (v *View) Keys() []store.Key {
	keys := make([]store.Key, len(v.changes))
	for i, change := range v.changes {
		keys[i] = change.Key
	}
	return keys
}
