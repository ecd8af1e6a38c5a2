package storetest

import (
	"strings"
	"testing"

	"afterhours/store"
)

func creation(key store.Key, record store.Record) store.Change {
	return store.Change{Key: key, Revision: store.NewRevision(), Record: record}
}

func replacement(key store.Key, was store.Revision, record store.Record) store.Change {
	return store.Change{Key: key, Was: was, Revision: store.NewRevision(), Record: record}
}

func deletion(key store.Key, was store.Revision) store.Change {
	return store.Change{Key: key, Was: was}
}

// unchanged returns a change that only demands a revision.
func unchanged(key store.Key, revision store.Revision) store.Change {
	return store.Change{Key: key, Was: revision, Revision: revision}
}

// within returns the key, or one of ada's in its place if the store's steps change one owner only.
func within(s store.Store, key store.Key) store.Key {
	if store.IsPartitioned(s) && key.Owner != ada {
		return store.Key{Owner: ada, ID: key.ID + " of " + key.Tenant + key.User}
	}
	return key
}

// oneOfEach stores statistics and returns a permitted change of every kind, of two tenants if the store can
// make these in one step.
func oneOfEach(t testing.TB, s store.Store) []store.Change {
	t.Helper()
	elsewhere := within(s, store.Key{Owner: otherAda, ID: first.ID})
	kept := within(s, numbered(bob, 3))
	return []store.Change{
		creation(first, call),
		replacement(numbered(ada, 1), mustPut(t, s, numbered(ada, 1), call, store.NoRevision), full),
		deletion(numbered(ada, 2), mustPut(t, s, numbered(ada, 2), call, store.NoRevision)),
		unchanged(kept, mustPut(t, s, kept, store.Record{}, store.NoRevision)),
		unchanged(within(s, numbered(bob, 4)), store.NoRevision),
		creation(elsewhere, full),
	}
}

// wantApplied checks that the changes, of distinct keys, were made, and that their owners have nothing else.
func wantApplied(t testing.TB, s store.Store, changes []store.Change) {
	t.Helper()
	counts := map[store.Owner]int{}
	for _, change := range changes {
		if change.Revision == store.NoRevision {
			wantAbsent(t, s, change.Key)
		} else {
			wantStored(t, s, change.Key, change.Revision, change.Record)
			counts[change.Key.Owner]++
		}
	}
	for owner, count := range counts {
		wantCount(t, s, owner, count)
	}
}

var applyTests = map[string]func(*testing.T, store.Store){
	"makes changes of every kind": func(t *testing.T, s store.Store) {
		changes := oneOfEach(t, s)
		must(t, s.Apply(background, changes))
		wantApplied(t, s, changes)
		mustPut(t, s, first, full, changes[0].Revision)
	},
	"of no changes is nil": func(t *testing.T, s store.Store) {
		must(t, s.Apply(background, nil))
		must(t, s.Apply(background, []store.Change{}))
	},
	"of one key are made in their order": func(t *testing.T, s store.Store) {
		created := creation(first, call)
		replaced := replacement(first, created.Revision, full)
		deleted := deletion(first, replaced.Revision)
		again := creation(first, store.Record{Type: store.Focus, Activity: "Focus"})
		must(t, s.Apply(background, []store.Change{created, replaced, unchanged(first, replaced.Revision), deleted}))
		wantAbsent(t, s, first)
		must(t, s.Apply(background, []store.Change{created, replaced, deleted, unchanged(first, store.NoRevision), again}))
		wantStored(t, s, first, again.Revision, again.Record)
		wantError(t, s.Apply(background, []store.Change{deletion(first, again.Revision), deletion(first, again.Revision)}), store.ErrNotFound)
		wantError(t, s.Apply(background, []store.Change{creation(numbered(ada, 1), call), creation(numbered(ada, 1), call)}), store.ErrExists)
		wantStored(t, s, first, again.Revision, again.Record)
		wantAbsent(t, s, numbered(ada, 1))
	},
	"replaces by another type": func(t *testing.T, s store.Store) {
		change := replacement(first, mustPut(t, s, first, call, store.NoRevision), full)
		must(t, s.Apply(background, []store.Change{change}))
		wantStored(t, s, first, change.Revision, full)
	},
	"makes no change if one is refused, at any position": func(t *testing.T, s store.Store) {
		taken, free := numbered(ada, 10), numbered(ada, 11)
		stale := mustPut(t, s, taken, call, store.NoRevision)
		revision := mustPut(t, s, taken, full, stale)
		good := oneOfEach(t, s)
		for name, refused := range map[string]struct {
			change store.Change
			want   error
		}{
			"create of what exists":    {creation(taken, call), store.ErrExists},
			"replace of what is stale": {replacement(taken, stale, call), store.ErrConflict},
			"replace of what is free":  {replacement(free, stale, call), store.ErrNotFound},
			"delete of what is stale":  {deletion(taken, stale), store.ErrConflict},
			"delete of what is free":   {deletion(free, stale), store.ErrNotFound},
			"stale":                    {unchanged(taken, stale), store.ErrConflict},
			"free":                     {unchanged(free, stale), store.ErrNotFound},
			"not free":                 {unchanged(taken, store.NoRevision), store.ErrExists},
		} {
			for at := range len(good) + 1 {
				changes := append(append(append([]store.Change{}, good[:at]...), refused.change), good[at:]...)
				err := s.Apply(background, changes)
				wantError(t, err, refused.want)
				if err == nil || !strings.Contains(err.Error(), refused.change.Key.ID) {
					t.Errorf("%s: the error is %v; want one that names %s", name, err, refused.change.Key.ID)
				}
			}
			wantStored(t, s, taken, revision, full)
			wantAbsent(t, s, free)
			wantAbsent(t, s, first)
			wantStored(t, s, good[1].Key, good[1].Was, call)
			wantStored(t, s, good[2].Key, good[2].Was, call)
			wantCount(t, s, otherAda, 0)
		}
		must(t, s.Apply(background, good)) // the refused changes have left nothing
		must(t, s.Delete(background, taken, revision))
		wantApplied(t, s, good)
	},
	"of several owners is made, or refused whole by a store that says so": func(t *testing.T, s store.Store) {
		changes := []store.Change{creation(first, call), creation(numbered(bob, 1), call)}
		err := s.Apply(background, changes)
		if !store.IsPartitioned(s) {
			must(t, err)
			wantApplied(t, s, changes)
			return
		}
		wantError(t, err, store.ErrOwners)
		wantAbsent(t, s, first)
		wantAbsent(t, s, numbered(bob, 1))
	},
	"does not keep the caller's slice": func(t *testing.T, s store.Store) {
		changes := []store.Change{creation(first, call)}
		revision := changes[0].Revision
		must(t, s.Apply(background, changes))
		changes[0] = store.Change{}
		wantStored(t, s, first, revision, call)
	},
}
