package storetest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
)

// everything is a limit that no test reaches.
const everything = math.MaxInt64

// replacer returns the store's power to replace all of a tenant. A store without it skips the test.
func replacer(t *testing.T, s store.Store) store.Replacer {
	t.Helper()
	r, ok := s.(store.Replacer)
	if !ok {
		t.Skipf("a %T cannot replace what it has", s)
	}
	return r
}

// learned is an alias that a token brought.
var learned = store.User{Owner: bob, UPN: "bob@contoso.example", LearnedAt: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC), LearnedBy: "https://id.example.com"}

// mixed returns rows of ada's tenant, of each kind.
func mixed() store.Rows {
	return store.Rows{
		Statistics: []store.OwnedRecord{{Key: first, Record: full}, {Key: numbered(ada, 1), Record: store.Record{Type: store.Focus, Activity: "Focus"}}, {Key: numbered(bob, 1), Record: call}},
		Settings:   []store.OwnedSettings{{Owner: bob, Settings: store.Settings{HasOptedOut: true}}},
		Users:      []store.User{{Owner: ada, UPN: adaUPN}, learned},
	}
}

var replaceTests = map[string]func(*testing.T, store.Store){
	"an empty store has no rows": func(t *testing.T, s store.Store) {
		wantRows(t, s, "", store.Rows{})
		wantRows(t, s, ada.Tenant, store.Rows{})
	},
	"Replace replaces the rows of one tenant only": func(t *testing.T, s store.Store) {
		fillOwner(t, s, ada, 3)
		fillOwner(t, s, otherAda, 2)
		others, err := replacer(t, s).Rows(background, otherAda.Tenant, everything)
		must(t, err)
		must(t, replacer(t, s).Replace(background, ada.Tenant, mixed()))
		wantRows(t, s, ada.Tenant, mixed())
		wantRows(t, s, otherAda.Tenant, others)
		wantCount(t, s, ada, 2)
		wantOwners(t, s, ada.Tenant, ada, bob)
		settings, err := s.Settings(background, bob)
		if err != nil || settings != mixed().Settings[0].Settings {
			t.Errorf("the settings are %+v, %v", settings, err)
		}
		if user, err := s.UserByUPN(background, bob.Tenant, learned.UPN); err != nil || user != learned {
			t.Errorf("the alias is %+v, %v; want %+v", user, err, learned)
		}
	},
	"without a tenant, everything is replaced": func(t *testing.T, s store.Store) {
		fillOwner(t, s, otherAda, 2)
		must(t, replacer(t, s).Replace(background, "", mixed()))
		wantRows(t, s, "", mixed())
		wantTenants(t, s, ada.Tenant)
		must(t, replacer(t, s).Replace(background, "", store.Rows{}))
		wantRows(t, s, "", store.Rows{})
		wantTenants(t, s)
		must(t, s.Check(background))
	},
	"rows that were read can be stored again": func(t *testing.T, s store.Store) {
		fillOwner(t, s, ada, 5)
		putUser(t, s, ada, adaUPN)
		putSettings(t, s, ada, store.Settings{HasLicense: true})
		rows, err := replacer(t, s).Rows(background, "", everything)
		must(t, err)
		fillOwner(t, s, bob, 1)
		for range 2 {
			must(t, replacer(t, s).Replace(background, "", rows))
			wantRows(t, s, "", rows)
		}
	},
	"a revision never comes again": func(t *testing.T, s store.Store) {
		was := mustPut(t, s, first, full, store.NoRevision)
		seen := map[store.Revision]bool{was: true}
		for range 3 {
			must(t, replacer(t, s).Replace(background, "", mixed()))
			now, _, err := s.Get(background, first)
			must(t, err)
			if seen[now.Revision] || now.Record != full {
				t.Errorf("after a replacement the statistic is %+v", now)
			}
			seen[now.Revision] = true
			_, _, err = s.Put(background, first, call, was)
			wantError(t, err, store.ErrConflict)
			wantError(t, s.Delete(background, first, was), store.ErrConflict)
		}
		must(t, replacer(t, s).Replace(background, ada.Tenant, store.Rows{}))
		_, _, err := s.Put(background, first, call, was)
		wantError(t, err, store.ErrNotFound)
	},
	"rows that take more than the limit are not returned": func(t *testing.T, s store.Store) {
		must(t, replacer(t, s).Replace(background, "", mixed()))
		size := mixed().Size()
		for limit, want := range map[int64]error{0: store.ErrFull, size - 1: store.ErrFull, size: nil} {
			if _, err := replacer(t, s).Rows(background, "", limit); !errors.Is(err, want) {
				t.Errorf("with a limit of %d bytes of %d: %v; want %v", limit, size, err, want)
			}
		}
		must(t, s.Check(background))
	},
	"no reader sees a mixture, and writers get definite results": replaceUnderLoad,
	"an Apply is in the rows whole or not at all":                applyDuringReplace,
}

// fillOwner creates statistics of an owner.
func fillOwner(t testing.TB, s store.Store, owner store.Owner, count int) {
	t.Helper()
	for n := range count {
		mustPut(t, s, numbered(owner, n), withDuration(call, edm.Duration(n)), store.NoRevision)
	}
}

// wantRows checks the rows of a tenant, in any order.
func wantRows(t *testing.T, s store.Store, tenant string, want store.Rows) {
	t.Helper()
	got, err := replacer(t, s).Rows(background, tenant, everything)
	must(t, err)
	if sorted(got) != sorted(want) || got.Size() != want.Size() {
		t.Errorf("the rows are\n%s\nwant\n%s", sorted(got), sorted(want))
	}
}

// sorted returns the rows as a text that does not depend on their order.
func sorted(rows store.Rows) string {
	var lines []string
	for _, row := range rows.Statistics {
		lines = append(lines, fmt.Sprintf("%+v", row))
	}
	for _, row := range rows.Settings {
		lines = append(lines, fmt.Sprintf("%+v", row))
	}
	for _, row := range rows.Users {
		lines = append(lines, fmt.Sprintf("%+v", row))
	}
	slices.Sort(lines)
	return fmt.Sprint(lines)
}

// generation returns 20 statistics of ada that all have the duration n.
func generation(n int) (rows store.Rows) {
	for i := range 20 {
		rows.Statistics = append(rows.Statistics, store.OwnedRecord{Key: numbered(ada, i), Record: withDuration(call, edm.Duration(n))})
	}
	return rows
}

// replaceUnderLoad replaces the statistics of ada's tenant by one generation after the other. Readers must
// see 20 statistics of one generation. Writers change statistics of bob, which every replacement removes, and
// must get a result each time.
func replaceUnderLoad(t *testing.T, s store.Store) {
	r := replacer(t, s)
	must(t, r.Replace(background, ada.Tenant, generation(0)))
	var done atomic.Bool
	var reads, written, refused atomic.Int64
	var others sync.WaitGroup
	for range 3 {
		others.Go(func() {
			for !done.Load() {
				wantOneGeneration(t, s)
				reads.Add(1)
			}
		})
	}
	for n := range 3 {
		others.Go(func() {
			for i := 0; !done.Load(); i++ {
				switch err := increment(s, numbered(bob, n)); {
				case err == nil:
					written.Add(1)
				case errors.Is(err, store.ErrNotFound):
					if _, _, err := s.Put(background, numbered(bob, n), withDuration(call, 0), store.NoRevision); err != nil {
						t.Errorf("creating: %v", err)
					}
				case errors.Is(err, store.ErrConflict):
					refused.Add(1)
				default:
					t.Errorf("a writer got %v", err)
				}
			}
		})
	}
	deadline := time.Now().Add(10 * time.Second)
	for n := 0; n < 40 || (reads.Load() == 0 || written.Load() == 0) && time.Now().Before(deadline); n++ {
		if err := r.Replace(background, ada.Tenant, generation(n)); err != nil {
			t.Errorf("Replace: %v", err)
		}
	}
	done.Store(true)
	others.Wait()
	if reads.Load() == 0 || written.Load() == 0 {
		t.Errorf("%d reads and %d writes came between", reads.Load(), written.Load())
	}
	must(t, r.Replace(background, ada.Tenant, generation(-1)))
	wantRows(t, s, "", generation(-1))
}

// wantOneGeneration checks that a page has all statistics of one generation.
func wantOneGeneration(t testing.TB, s store.Store) {
	page, err := s.List(background, ada, store.Query{Limit: 1000})
	if err != nil || len(page) != 20 {
		t.Errorf("a reader sees %d statistics, %v", len(page), err)
		return
	}
	for _, statistic := range page {
		if statistic.Duration != page[0].Duration {
			t.Errorf("a reader sees the generations %v and %v", page[0].Duration.Value, statistic.Duration.Value)
			return
		}
	}
}

// applyDuringReplace moves ticks between two statistics and creates a third, by one Apply, while others
// replace everything and read the rows. The sum of the two must hold at every moment, and the third be
// there exactly if they were changed.
func applyDuringReplace(t *testing.T, s store.Store) {
	r := replacer(t, s)
	start := store.Rows{Statistics: []store.OwnedRecord{
		{Key: numbered(ada, 0), Record: withDuration(call, 100)}, {Key: numbered(bob, 0), Record: withDuration(call, 0)},
	}}
	must(t, r.Replace(background, "", start))
	var done atomic.Bool
	var moves atomic.Int64
	var writers sync.WaitGroup
	for n := range 4 {
		writers.Go(func() {
			for i := 0; !done.Load(); i++ {
				err := moveAndCreate(s, numbered(ada, 1000*n+i+1))
				if err == nil {
					moves.Add(1)
				} else if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrExists) {
					t.Errorf("a writer got %v", err)
				}
			}
		})
	}
	deadline := time.Now().Add(10 * time.Second)
	for n := 0; n < 60 || moves.Load() == 0 && time.Now().Before(deadline); n++ {
		rows, err := r.Rows(background, ada.Tenant, everything)
		must(t, err)
		created, moved := -2, 0
		for _, row := range rows.Statistics {
			created++
			if row.Key == numbered(bob, 0) {
				moved = int(row.Record.Duration.Value)
			}
		}
		if created != moved {
			t.Fatalf("%d ticks were moved, and %d statistics created with them", moved, created)
		}
		if n%3 == 0 {
			must(t, r.Replace(background, ada.Tenant, start))
		}
	}
	done.Store(true)
	writers.Wait()
	if moves.Load() == 0 {
		t.Error("no writer came between")
	}
}

// moveAndCreate moves a tick from ada to bob, and creates the statistic with it.
func moveAndCreate(s store.Store, created store.Key) error {
	from, to := numbered(ada, 0), numbered(bob, 0)
	giver, _, err := s.Get(background, from)
	if err != nil {
		return err
	}
	taker, _, err := s.Get(background, to)
	if err != nil {
		return err
	}
	giver.Duration.Value--
	taker.Duration.Value++
	return s.Apply(background, []store.Change{
		replacement(from, giver.Revision, giver.Record), replacement(to, taker.Revision, taker.Record), creation(created, call),
	})
}
