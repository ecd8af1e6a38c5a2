// Package staged owns a view of a store that shows changes of statistics at once and
// makes them later, all in one step or not at all. It leaves alone whose requests share
// the view, and what happens when the step fails.
//
//	Get, Put, Delete -> what the view remembers, else the store below
//	Commit           -> Apply of the store below
package staged

import (
	"context"
	"errors"
	"time"

	"afterhours/store"
)

// ErrSingle is the error of methods that a view cannot serve: it knows only the
// statistics that were read or written one by one.
var ErrSingle = errors.New("staged: single statistics alone can be read and written")

// View is a store.Store over another one. It is not safe for concurrent use.
type View struct {
	below store.Store
	// changes has one change for each key that was read or written, in the order of the
	// first calls. The change of a key that was only read demands that the key stays as
	// it was.
	changes []store.Change
	indexes map[store.Key]int // in changes
}

var _ store.Store = (*View)(nil)

// Over returns a view of the store in which nothing is changed yet.
func Over(below store.Store) *View {
	return &View{below: below, indexes: map[store.Key]int{}}
}

// at returns the change of the key, and reads the key from the store below at the first
// call. The pointer is valid until the next call, which may move the slice.
func (v *View) at(ctx context.Context, key store.Key) (*store.Change, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if index, ok := v.indexes[key]; ok {
		return &v.changes[index], nil
	}
	stored, _, err := v.below.Get(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	v.indexes[key] = len(v.changes)
	v.changes = append(v.changes, store.Change{Key: key, Was: stored.Revision, Revision: stored.Revision, Record: stored.Record})
	return &v.changes[v.indexes[key]], nil
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

// Put implements store.Store. The key has the returned revision after Commit, unless it
// is changed again before.
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

// List returns ErrSingle: a page of the store below would lack the changes.
func (v *View) List(context.Context, store.Owner, store.Query) ([]store.Statistic, error) {
	return nil, ErrSingle
}

// Count returns ErrSingle.
func (v *View) Count(context.Context, store.Owner, store.Expr) (int, error) { return 0, ErrSingle }

// Track returns ErrSingle.
func (v *View) Track(context.Context, store.Owner, time.Time) (store.Mark, error) {
	return store.Mark{}, ErrSingle
}

// Changes returns ErrSingle.
func (v *View) Changes(context.Context, store.Owner, store.Span, int) ([]store.Tracked, error) {
	return nil, ErrSingle
}

// Aggregate returns ErrSingle.
func (v *View) Aggregate(context.Context, store.Owner, store.Aggregation) ([]store.Group, error) {
	return nil, ErrSingle
}

// Apply returns ErrSingle: there are no views of views.
func (v *View) Apply(context.Context, []store.Change) error { return ErrSingle }

// UpdateSettings returns ErrSingle: Apply, which Commit needs, changes no settings.
func (v *View) UpdateSettings(context.Context, store.Owner, store.SettingsChange) (store.Settings, error) {
	return store.Settings{}, ErrSingle
}

// Commit makes all changes, if every key that was read is still as it was. Its errors are
// those of store.Store's Apply. The view must not be used afterwards.
func (v *View) Commit(ctx context.Context) error { return v.below.Apply(ctx, v.changes) }

// Keys returns the keys that were read or changed, in the order of the first calls.
func (v *View) Keys() []store.Key {
	keys := make([]store.Key, len(v.changes))
	for i, change := range v.changes {
		keys[i] = change.Key
	}
	return keys
}
