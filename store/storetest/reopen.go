package storetest

import (
	"testing"

	"afterhours/store"
)

// reopenTests are for stores that outlive their process.
var reopenTests = map[string]func(t *testing.T, open func() store.Store){
	"keeps everything, revisions too": func(t *testing.T, open func() store.Store) {
		s := open()
		created := mustPut(t, s, first, full, store.NoRevision)
		replaced := mustPut(t, s, numbered(ada, 1), call, mustPut(t, s, numbered(ada, 1), full, store.NoRevision))
		must(t, s.Delete(background, numbered(ada, 2), mustPut(t, s, numbered(ada, 2), full, store.NoRevision)))
		putSettings(t, s, bob, store.Settings{HasLicense: true, HasOptedOut: true})
		putUser(t, s, bob, "bob@contoso.example")
		must(t, s.Close())

		for range 2 {
			s = open()
			wantStored(t, s, first, created, full)
			wantStored(t, s, numbered(ada, 1), replaced, call)
			wantAbsent(t, s, numbered(ada, 2))
			wantCount(t, s, ada, 2)
			wantSettings(t, s, bob, store.Settings{HasLicense: true, HasOptedOut: true})
			wantUsers(t, s, bob.Tenant, store.User{Owner: bob, UPN: "bob@contoso.example"})
			must(t, s.Close())
		}
	},
	"keeps all of an Apply, and nothing of one that was refused": func(t *testing.T, open func() store.Store) {
		s := open()
		changes := oneOfEach(t, s)
		must(t, s.Apply(background, changes))
		refused := []store.Change{
			replacement(changes[0].Key, changes[0].Revision, full), creation(numbered(ada, 100), call), creation(changes[0].Key, call),
		}
		wantError(t, s.Apply(background, refused), store.ErrExists)
		must(t, s.Close())

		s = opened(t, func(testing.TB) store.Store { return open() })
		wantApplied(t, s, changes)
		wantAbsent(t, s, numbered(ada, 100))
	},
	"a revision from before still compares": func(t *testing.T, open func() store.Store) {
		s := open()
		stale := mustPut(t, s, first, call, store.NoRevision)
		revision := mustPut(t, s, first, call, stale)
		must(t, s.Close())

		s = opened(t, func(testing.TB) store.Store { return open() })
		_, _, err := s.Put(background, first, full, stale)
		wantError(t, err, store.ErrConflict)
		wantStored(t, s, first, mustPut(t, s, first, full, revision), full)
	},
	"a mark from before is known, and what came since is changed": func(t *testing.T, open func() store.Store) {
		s := open()
		copier := newCopier(ada, 10)
		mustPut(t, s, numbered(ada, 1), call, store.NoRevision)
		revision := mustPut(t, s, numbered(ada, 2), call, store.NoRevision)
		wantFollow(t, s, copier, numbered(ada, 1).ID, numbered(ada, 2).ID)
		must(t, s.Delete(background, numbered(ada, 2), revision))
		must(t, s.Close())

		s = opened(t, func(testing.TB) store.Store { return open() })
		wantFollow(t, s, copier, numbered(ada, 2).ID)
	},
	"after Close among writes, exactly the writes that succeeded are stored": func(t *testing.T, open func() store.Store) {
		written := closeAmongWrites(t, open())
		s := opened(t, func(testing.TB) store.Store { return open() })
		wantCount(t, s, ada, len(written))
		for key, revision := range written {
			wantStoredUnder(t, s, key, revision)
		}
	},
}
