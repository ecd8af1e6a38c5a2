package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

var putTests = map[string]func(*testing.T, store.Store){
	"create stores": func(t *testing.T, s store.Store) {
		wantAbsent(t, s, first)
		revision := mustPut(t, s, first, call, store.NoRevision)
		wantStored(t, s, first, revision, call)
	},
	"create of an existing statistic is ErrExists and changes nothing": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		got, _, err := s.Put(background, first, full, store.NoRevision)
		wantError(t, err, store.ErrExists)
		wantNoRevision(t, got)
		wantStored(t, s, first, revision, call)
	},
	"replace stores all properties": func(t *testing.T, s store.Store) {
		for _, record := range []store.Record{call, full, {Type: store.Focus, Activity: "Focus"}} {
			revision := mustPut(t, s, first, full, store.NoRevision)
			revision = mustPut(t, s, first, record, revision)
			wantStored(t, s, first, revision, record)
			must(t, s.Delete(background, first, revision))
		}
	},
	"replace of a stale revision is ErrConflict and changes nothing": func(t *testing.T, s store.Store) {
		stale := mustPut(t, s, first, call, store.NoRevision)
		revision := mustPut(t, s, first, full, stale)
		got, _, err := s.Put(background, first, call, stale)
		wantError(t, err, store.ErrConflict)
		wantNoRevision(t, got)
		wantStored(t, s, first, revision, full)
	},
	"replace of an absent statistic is ErrNotFound and creates nothing": func(t *testing.T, s store.Store) {
		got, _, err := s.Put(background, first, call, store.NewRevision())
		wantError(t, err, store.ErrNotFound)
		wantNoRevision(t, got)
		wantAbsent(t, s, first)
	},
	"replace after a delete is ErrNotFound": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		must(t, s.Delete(background, first, revision))
		_, _, err := s.Put(background, first, call, revision)
		wantError(t, err, store.ErrNotFound)
		wantAbsent(t, s, first)
	},
	"the revision of another statistic is ErrConflict": func(t *testing.T, s store.Store) {
		second := store.Key{Owner: ada, ID: "second"}
		mustPut(t, s, first, call, store.NoRevision)
		revision := mustPut(t, s, second, call, store.NoRevision)
		_, _, err := s.Put(background, first, full, revision)
		wantError(t, err, store.ErrConflict)
	},
	"a revision is never used twice": func(t *testing.T, s store.Store) {
		used := make(map[store.Revision]bool)
		for range 50 {
			created := mustPut(t, s, first, call, store.NoRevision)
			replaced := mustPut(t, s, first, call, created) // by the same record
			if used[created] || used[replaced] || created == replaced {
				t.Fatalf("revision %d or %d is used again", created, replaced)
			}
			used[created], used[replaced] = true, true
			must(t, s.Delete(background, first, replaced))
		}
	},
	"extreme revisions are kept": func(t *testing.T, s store.Store) {
		// A revision below zero must come back below zero.
		for signs := map[bool]bool{}; len(signs) < 2; {
			revision := mustPut(t, s, first, call, store.NoRevision)
			signs[revision < 0] = true
			wantStored(t, s, first, revision, call)
			must(t, s.Delete(background, first, revision))
		}
	},
}

var deleteTests = map[string]func(*testing.T, store.Store){
	"removes": func(t *testing.T, s store.Store) {
		second := store.Key{Owner: ada, ID: "second"}
		kept := mustPut(t, s, second, full, store.NoRevision)
		revision := mustPut(t, s, first, call, store.NoRevision)
		must(t, s.Delete(background, first, revision))
		wantAbsent(t, s, first)
		wantStored(t, s, second, kept, full)
		wantCount(t, s, ada, 1)
	},
	"of an absent statistic is ErrNotFound": func(t *testing.T, s store.Store) {
		wantError(t, s.Delete(background, first, store.NewRevision()), store.ErrNotFound)
		wantError(t, s.Delete(background, first, store.NoRevision), store.ErrNotFound)
		revision := mustPut(t, s, first, call, store.NoRevision)
		must(t, s.Delete(background, first, revision))
		wantError(t, s.Delete(background, first, revision), store.ErrNotFound)
	},
	"of a stale revision is ErrConflict and changes nothing": func(t *testing.T, s store.Store) {
		stale := mustPut(t, s, first, call, store.NoRevision)
		revision := mustPut(t, s, first, full, stale)
		wantError(t, s.Delete(background, first, stale), store.ErrConflict)
		wantError(t, s.Delete(background, first, store.NoRevision), store.ErrConflict)
		wantStored(t, s, first, revision, full)
	},
	"a statistic created again has a new revision": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		must(t, s.Delete(background, first, revision))
		again := mustPut(t, s, first, call, store.NoRevision)
		wantError(t, s.Delete(background, first, revision), store.ErrConflict)
		_, _, err := s.Put(background, first, full, revision)
		wantError(t, err, store.ErrConflict)
		wantStored(t, s, first, again, call)
	},
}

var recordTests = map[string]func(*testing.T, store.Store){
	"every type": func(t *testing.T, s store.Store) {
		for name, activity := range types {
			key := store.Key{Owner: ada, ID: string(name)}
			record := store.Record{Type: name, Activity: activity}
			wantStored(t, s, key, mustPut(t, s, key, record, store.NoRevision), record)
		}
	},
	"each property alone": func(t *testing.T, s store.Store) {
		for name, record := range eachAlone() {
			key := store.Key{Owner: ada, ID: string(name)}
			wantStored(t, s, key, mustPut(t, s, key, record, store.NoRevision), record)
		}
	},
	"each property null": func(t *testing.T, s store.Store) {
		for name, record := range eachNull() {
			key := store.Key{Owner: ada, ID: string(name)}
			wantStored(t, s, key, mustPut(t, s, key, record, store.NoRevision), record)
		}
	},
	"zero is not null": func(t *testing.T, s store.Store) {
		record := store.Record{
			Type: store.Call, Activity: "Call", Duration: store.Of(edm.Duration(0)),
			TimeZoneUsed: store.Of(""), StartDate: store.Of(edm.Date(0)), EndDate: store.Of(edm.Date(0)),
		}.With("afterHours", 0)
		wantStored(t, s, first, mustPut(t, s, first, record, store.NoRevision), record)
	},
	"extremes": func(t *testing.T, s store.Store) {
		for i, duration := range []edm.Duration{edm.MinDuration, edm.MinDuration + 1, -edm.Day, -1, 1, 1<<53 + 1, edm.MaxDuration - 1, edm.MaxDuration} {
			record := withDuration(call, duration).With("afterHours", duration)
			record.StartDate, record.EndDate = store.Of(edm.MinDate), store.Of(edm.MaxDate)
			key := numbered(ada, i)
			wantStored(t, s, key, mustPut(t, s, key, record, store.NoRevision), record)
		}
	},
	"the longest texts that the contract allows": func(t *testing.T, s store.Store) {
		record := call
		record.TimeZoneUsed = store.Of(strings.Repeat("\U0001f9d1", 256))
		key := store.Key{Owner: ada, ID: strings.Repeat("x", 128)}
		wantStored(t, s, key, mustPut(t, s, key, record, store.NoRevision), record)
		putUser(t, s, ada, strings.Repeat("n", 128))
		wantUser(t, s, store.User{Owner: ada, UPN: strings.Repeat("n", 128)})
	},
	"an invalid text is kept or refused, and does not break other writes": func(t *testing.T, s store.Store) {
		var callers sync.WaitGroup
		texts := []string{"\x00", "a\x00b", "\xff", "\xed\xa0\x80", strings.Repeat("random", 1<<18)}
		for n := range 40 {
			callers.Go(func() { mustPut(t, s, numbered(bob, n), call, store.NoRevision) })
			callers.Go(func() {
				record, text := call, texts[n%len(texts)]
				record.TimeZoneUsed = store.Of(text)
				_, _, _ = s.Put(background, numbered(ada, n), record, store.NoRevision)
				_, _, _ = s.Put(background, store.Key{Owner: ada, ID: text}, call, store.NoRevision)
			})
		}
		callers.Wait()
		wantCount(t, s, bob, 40)
		stored, err := s.List(background, ada, store.Query{Limit: 1000})
		must(t, err)
		for _, statistic := range stored {
			n := 0
			_, numberedID := fmt.Sscanf(statistic.ID, "call_%06d", &n)
			if zone := statistic.TimeZoneUsed.Value; numberedID == nil && zone != texts[n%len(texts)] || numberedID != nil && !slices.Contains(texts, statistic.ID) {
				t.Errorf("%.50q with %.50q is stored, which nobody wrote", statistic.ID, zone)
			}
		}
		must(t, s.Check(background))
	},
	"unusual texts": func(t *testing.T, s store.Store) {
		for i, text := range unusualTexts {
			record := call
			record.TimeZoneUsed = store.Of(text)
			key := numbered(ada, i)
			wantStored(t, s, key, mustPut(t, s, key, record, store.NoRevision), record)
		}
	},
}

func wantNoRevision(t testing.TB, got store.Revision) {
	t.Helper()
	if got != store.NoRevision {
		t.Errorf("a failed Put returned the revision %d", got)
	}
}

func wantCount(t testing.TB, s store.Store, owner store.Owner, want int) {
	t.Helper()
	if got, err := s.Count(background, owner, nil); got != want || err != nil {
		t.Errorf("Count = %d, %v; want %d", got, err, want)
	}
}
