package staged_test

import (
	"context"
	"errors"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
	"afterhours/store/staged"
)

var (
	background = context.Background()
	call       = store.Record{Type: store.Call, Activity: "Call"}
	longer     = store.Record{Type: store.Call, Activity: "Call", Duration: store.Of(edm.Hour)}
)

func key(id string) store.Key {
	return store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: id}
}

func put(t *testing.T, s store.Store, id string, record store.Record, was store.Revision) store.Revision {
	t.Helper()
	revision, _, err := s.Put(background, key(id), record, was)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func want(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("the error is %v; want %v", got, want)
	}
}

// wantStored checks the statistic under an id, or that there is none for NoRevision.
func wantStored(t *testing.T, s store.Store, id string, revision store.Revision, record store.Record) {
	t.Helper()
	got, _, err := s.Get(background, key(id))
	if revision == store.NoRevision {
		want(t, err, store.ErrNotFound)
	} else if err != nil || got != (store.Statistic{ID: id, Revision: revision, Record: record}) {
		t.Errorf("%s is %+v, %v; want %+v at %d", id, got, err, record, revision)
	}
}

// TestCommitMakesTheChangesOfTheView checks that the view shows changes at once, and that the store below has them
// after Commit, with the same revisions.
func TestCommitMakesTheChangesOfTheView(t *testing.T) {
	below := memory.New()
	kept, replaced, deleted := put(t, below, "kept", call, 0), put(t, below, "replaced", call, 0), put(t, below, "deleted", call, 0)
	view := staged.Over(below)
	created := put(t, view, "created", call, 0)
	created = put(t, view, "created", longer, created)
	twice := put(t, view, "replaced", longer, put(t, view, "replaced", call, replaced))
	want(t, view.Delete(background, key("deleted"), deleted), nil)
	again := put(t, view, "deleted", longer, 0)
	want(t, view.Delete(background, key("passing"), put(t, view, "passing", call, 0)), nil)

	wantStored(t, below, "created", 0, call)
	wantStored(t, below, "replaced", replaced, call)
	wantStored(t, below, "deleted", deleted, call)
	check := func(s store.Store) {
		wantStored(t, s, "kept", kept, call)
		wantStored(t, s, "created", created, longer)
		wantStored(t, s, "replaced", twice, longer)
		wantStored(t, s, "deleted", again, longer)
		wantStored(t, s, "passing", 0, call)
	}
	check(view)
	want(t, view.Commit(background), nil)
	check(below)
	if keys := view.Keys(); len(keys) != 5 || keys[0] != key("created") {
		t.Errorf("the keys are %v", keys)
	}
}

// TestViewReturnsTheErrorsOfAStore writes through the view with the wrong revisions.
func TestViewReturnsTheErrorsOfAStore(t *testing.T) {
	below := memory.New()
	stale := put(t, below, "a", call, 0)
	view := staged.Over(below)
	revision := put(t, view, "a", longer, stale)
	for _, row := range []struct {
		id   string
		was  store.Revision
		want error
	}{{"a", 0, store.ErrExists}, {"a", stale, store.ErrConflict}, {"b", stale, store.ErrNotFound}} {
		got, _, err := view.Put(background, key(row.id), call, row.was)
		want(t, err, row.want)
		if got != store.NoRevision {
			t.Errorf("a failed Put returned %d", got)
		}
	}
	want(t, view.Delete(background, key("a"), stale), store.ErrConflict)
	want(t, view.Delete(background, key("b"), 0), store.ErrNotFound)
	wantStored(t, view, "a", revision, longer)

	cancelled, cancel := context.WithCancel(background)
	cancel()
	_, _, err := view.Get(cancelled, key("a"))
	want(t, err, context.Canceled)
	want(t, view.Commit(cancelled), context.Canceled)
	wantStored(t, below, "a", stale, call)
	_ = below.Close()
	_, _, err = view.Get(background, key("c"))
	want(t, err, store.ErrClosed)
}

// TestCommitAfterAnotherWrite writes to the store below a key that the view has read, written or found free.
// Commit then changes nothing.
func TestCommitAfterAnotherWrite(t *testing.T) {
	for name, row := range map[string]struct {
		see, race func(s store.Store) error
		want      error
	}{
		"read, replaced": {get("a"), replace("a"), store.ErrConflict},
		"read, deleted":  {get("a"), remove("a"), store.ErrNotFound},
		"absent, created": {func(s store.Store) error {
			want(t, get("b")(s), store.ErrNotFound)
			return nil
		}, create("b"), store.ErrExists},
		"created, created":   {create("b"), create("b"), store.ErrExists},
		"replaced, replaced": {replace("a"), replace("a"), store.ErrConflict},
		"deleted, replaced":  {remove("a"), replace("a"), store.ErrConflict},
		"deleted, deleted":   {remove("a"), remove("a"), store.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			below := memory.New()
			put(t, below, "a", call, 0)
			view := staged.Over(below)
			put(t, view, "other", call, 0)
			want(t, row.see(view), nil)
			want(t, row.race(below), nil)
			want(t, view.Commit(background), row.want)
			wantStored(t, below, "other", 0, call)
		})
	}
}

func get(id string) func(store.Store) error {
	return func(s store.Store) error { _, _, err := s.Get(background, key(id)); return err }
}

func create(id string) func(store.Store) error {
	return func(s store.Store) error { _, _, err := s.Put(background, key(id), call, 0); return err }
}

func replace(id string) func(store.Store) error {
	return func(s store.Store) error {
		stored, _, err := s.Get(background, key(id))
		if err == nil {
			_, _, err = s.Put(background, key(id), longer, stored.Revision)
		}
		return err
	}
}

func remove(id string) func(store.Store) error {
	return func(s store.Store) error {
		stored, _, err := s.Get(background, key(id))
		if err == nil {
			err = s.Delete(background, key(id), stored.Revision)
		}
		return err
	}
}

// TestMethodsBeyondSingleStatistics checks that the view refuses methods about several statistics, and forwards
// those about none.
func TestMethodsBeyondSingleStatistics(t *testing.T) {
	below := memory.New()
	view := staged.Over(below)
	_, err := view.List(background, key("").Owner, store.Query{Limit: 1})
	want(t, err, staged.ErrSingle)
	_, err = view.Count(background, key("").Owner, nil)
	want(t, err, staged.ErrSingle)
	_, err = view.Aggregate(background, key("").Owner, store.Aggregation{})
	want(t, err, staged.ErrSingle)
	_, err = view.UpdateSettings(background, key("").Owner, store.SettingsChange{})
	want(t, err, staged.ErrSingle)
	want(t, view.Apply(background, nil), staged.ErrSingle)
	want(t, view.PutUser(background, store.User{Owner: key("").Owner, UPN: "u@example.com"}, false), nil)
	_, err = below.UserByUPN(background, "t", "u@example.com")
	want(t, err, nil)
	if settings, err := view.Settings(background, key("").Owner); err != nil || settings != store.DefaultSettings {
		t.Errorf("%+v %v", settings, err)
	}
}
