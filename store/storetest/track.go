package storetest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"afterhours/store"
)

// noon is a time for Track.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// copier has a copy of an owner's statistics, which it keeps by Track and Changes alone.
type copier struct {
	owner  store.Owner
	mark   store.Mark
	copied map[string]store.Statistic
	page   int // how many changes it reads at once
}

func newCopier(owner store.Owner, page int) *copier {
	return &copier{owner: owner, copied: map[string]store.Statistic{}, page: page}
}

// follow takes over what has changed. It returns the ids that it was told of, in their order.
func (c *copier) follow(s store.Store) (ids []string, err error) {
	span := store.Span{Since: c.mark}
	if span.Until, err = s.Track(background, c.owner, noon); err != nil {
		return nil, err
	}
	for {
		changes, err := s.Changes(background, c.owner, span, c.page)
		if err != nil {
			return nil, err
		}
		for _, one := range changes {
			ids = append(ids, one.ID)
			span.After = one.Position
			delete(c.copied, one.ID)
			if one.Statistic.Revision != store.NoRevision {
				c.copied[one.ID] = one.Statistic
			}
		}
		if len(changes) < c.page {
			c.mark = span.Until
			return ids, nil
		}
	}
}

// difference returns what the copy has and the store has, if that is not the same.
func (c *copier) difference(s store.Store) (copied, stored []store.Statistic, err error) {
	stored, err = s.List(background, c.owner, store.Query{Limit: 100_000})
	copied = slices.Collect(maps.Values(c.copied))
	slices.SortFunc(copied, func(a, b store.Statistic) int { return store.CompareBy(nil, &a, &b) })
	if slices.Equal(copied, stored) {
		return nil, nil, err
	}
	return copied, stored, err
}

// wantFollow checks that the copier is told of these ids, in any order, and then has what the store has.
func wantFollow(t testing.TB, s store.Store, c *copier, want ...string) {
	t.Helper()
	got, err := c.follow(s)
	must(t, err)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the changes are of %q; want %q", got, want)
	}
	if copied, stored, err := c.difference(s); err != nil || copied != nil || stored != nil {
		t.Errorf("the copy has %+v\nand the store %+v, %v", copied, stored, err)
	}
}

func wantForgotten(t testing.TB, s store.Store, owner store.Owner, since store.Mark) {
	t.Helper()
	until, err := s.Track(background, owner, noon)
	must(t, err)
	for _, span := range []store.Span{{Since: since, Until: until}, {Until: since}} {
		_, err = s.Changes(background, owner, span, 1)
		wantError(t, err, store.ErrForgotten)
	}
}

func mark(t testing.TB, s store.Store, owner store.Owner, now time.Time) store.Mark {
	t.Helper()
	mark, err := s.Track(background, owner, now)
	must(t, err)
	return mark
}

var trackTests = map[string]func(*testing.T, store.Store){
	"an owner without statistics has the zero mark": func(t *testing.T, s store.Store) {
		if got := mark(t, s, ada, noon); got != (store.Mark{}) {
			t.Errorf("the mark is %+v", got)
		}
		wantFollow(t, s, newCopier(ada, 10))
	},
	"each span has what was created, replaced and deleted": func(t *testing.T, s store.Store) {
		a, b, c, d := numbered(ada, 1), numbered(ada, 2), numbered(ada, 3), numbered(ada, 4)
		copier := newCopier(ada, 10)
		ra := mustPut(t, s, a, call, store.NoRevision)
		rb := mustPut(t, s, b, call, store.NoRevision)
		mustPut(t, s, c, full, store.NoRevision)
		wantFollow(t, s, copier, a.ID, b.ID, c.ID)
		wantFollow(t, s, copier)
		ra = mustPut(t, s, a, full, ra)
		must(t, s.Delete(background, b, rb))
		mustPut(t, s, d, full, store.NoRevision)
		wantFollow(t, s, copier, a.ID, b.ID, d.ID)
		mustPut(t, s, b, full, store.NoRevision) // again
		mustPut(t, s, a, full, mustPut(t, s, a, call, ra))
		wantFollow(t, s, copier, a.ID, b.ID)
		wantFollow(t, s, newCopier(ada, 10), a.ID, b.ID, c.ID, d.ID)
	},
	"a mark is the same until something is written": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		before := mark(t, s, ada, noon)
		if again := mark(t, s, ada, noon.Add(time.Hour)); again != before {
			t.Errorf("the mark was %+v and is %+v", before, again)
		}
		mustPut(t, s, numbered(bob, 1), call, store.NoRevision)
		if again := mark(t, s, ada, noon); again != before {
			t.Errorf("another owner's write changed the mark from %+v to %+v", before, again)
		}
		mustPut(t, s, first, call, revision) // the same record
		if again := mark(t, s, ada, noon); again == before {
			t.Errorf("the mark is still %+v", again)
		}
	},
	"what was created and deleted in between is no change": func(t *testing.T, s store.Store) {
		copier := newCopier(ada, 10)
		must(t, s.Delete(background, first, mustPut(t, s, first, call, store.NoRevision)))
		wantFollow(t, s, copier)
	},
	"deleted ids are not told to who begins": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		mark(t, s, ada, noon)
		must(t, s.Delete(background, first, revision))
		wantFollow(t, s, newCopier(ada, 10))
	},
	"changes are read in pages": func(t *testing.T, s store.Store) {
		copier := newCopier(ada, 7)
		fillOwner(t, s, ada, 1200) // more than are recorded at once
		_, err := copier.follow(s)
		must(t, err)
		if copied, stored, err := copier.difference(s); err != nil || copied != nil {
			t.Errorf("the copy has %d statistics and the store %d, %v", len(copied), len(stored), err)
		}
	},
	"a span shows the newest state, and the next one shows it again": func(t *testing.T, s store.Store) {
		a, b, c := numbered(ada, 1), numbered(ada, 2), numbered(ada, 3)
		ra := mustPut(t, s, a, call, store.NoRevision)
		rb := mustPut(t, s, b, call, store.NoRevision)
		until := mark(t, s, ada, noon)
		mustPut(t, s, a, full, ra)
		must(t, s.Delete(background, b, rb))
		mustPut(t, s, c, call, store.NoRevision)
		changes, err := s.Changes(background, ada, store.Span{Until: until}, 10)
		must(t, err)
		if len(changes) != 2 || changes[0].Statistic.Record != full || changes[1].Statistic != (store.Statistic{}) {
			t.Errorf("the changes are %+v; want what is stored now", changes)
		}
		changes, err = s.Changes(background, ada, store.Span{Since: until, Until: mark(t, s, ada, noon)}, 10)
		must(t, err)
		if len(changes) != 3 {
			t.Errorf("the changes are %+v; want three", changes)
		}
	},
	// Deleting it again makes no difference to what was tracked, so nothing would take back what a span showed.
	"a deleted id that is stored again comes in the next span": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		since := mark(t, s, ada, noon)
		must(t, s.Delete(background, first, revision))
		until := mark(t, s, ada, noon)
		revision = mustPut(t, s, first, full, store.NoRevision)
		changes, err := s.Changes(background, ada, store.Span{Since: since, Until: until}, 10)
		must(t, err)
		if len(changes) != 1 || changes[0].ID != first.ID || changes[0].Statistic != (store.Statistic{}) {
			t.Errorf("the changes are %+v; want that it was deleted", changes)
		}
		changes, err = s.Changes(background, ada, store.Span{Since: until, Until: mark(t, s, ada, noon)}, 10)
		must(t, err)
		if len(changes) != 1 || changes[0].Statistic.Revision != revision {
			t.Errorf("the changes are %+v; want revision %d", changes, revision)
		}
	},
	"Apply is tracked": func(t *testing.T, s store.Store) {
		copier := newCopier(ada, 10)
		a, b := numbered(ada, 1), numbered(ada, 2)
		was := mustPut(t, s, a, call, store.NoRevision)
		must(t, s.Apply(background, []store.Change{replacement(a, was, full), creation(b, call)}))
		wantFollow(t, s, copier, a.ID, b.ID)
	},
	"Replace is tracked": func(t *testing.T, s store.Store) {
		replacer := replacer(t, s)
		copier := newCopier(ada, 10)
		must(t, s.Apply(background, oneOfEach(t, s)))
		wantFollow(t, s, copier, numbered(ada, 1).ID, first.ID)
		must(t, replacer.Replace(background, ada.Tenant, store.Rows{}))
		wantFollow(t, s, copier, numbered(ada, 1).ID, first.ID)
		must(t, replacer.Replace(background, "", mixed()))
		wantFollow(t, s, copier, numbered(ada, 1).ID, first.ID)
		wantFollow(t, s, newCopier(bob, 10), numbered(bob, 1).ID)
	},
	"owners do not share changes": func(t *testing.T, s store.Store) {
		mustPut(t, s, first, call, store.NoRevision)
		mustPut(t, s, store.Key{Owner: otherAda, ID: first.ID}, full, store.NoRevision)
		mustPut(t, s, numbered(bob, 1), full, store.NoRevision)
		wantFollow(t, s, newCopier(ada, 10), first.ID)
		wantFollow(t, s, newCopier(otherAda, 10), first.ID)
		wantFollow(t, s, newCopier(bob, 10), numbered(bob, 1).ID)
		wantForgotten(t, s, bob, mark(t, s, ada, noon))
	},
	"an unknown mark is forgotten": func(t *testing.T, s store.Store) {
		wantForgotten(t, s, ada, store.Mark{Number: 1, Stamp: 1})
		mustPut(t, s, first, call, store.NoRevision)
		known := mark(t, s, ada, noon)
		wantForgotten(t, s, ada, store.Mark{Number: known.Number, Stamp: known.Stamp + 1})
		wantForgotten(t, s, ada, store.Mark{Number: known.Number + 1, Stamp: known.Stamp})
	},
	"a mark is forgotten some time after its retention, the newest one never": func(t *testing.T, s store.Store) {
		revision := mustPut(t, s, first, call, store.NoRevision)
		old := mark(t, s, ada, noon)
		must(t, s.Delete(background, first, revision))
		soon := noon.Add(store.MarkRetention)
		kept := mark(t, s, ada, soon)
		_, err := s.Changes(background, ada, store.Span{Since: old, Until: kept}, 10)
		must(t, err)
		mustPut(t, s, numbered(ada, 1), call, store.NoRevision)
		late := noon.Add(store.MarkRetention + 25*time.Hour)
		newest := mark(t, s, ada, late)
		_, err = s.Changes(background, ada, store.Span{Since: old, Until: newest}, 10)
		wantError(t, err, store.ErrForgotten)
		changes, err := s.Changes(background, ada, store.Span{Since: kept, Until: newest}, 10)
		if err != nil || len(changes) != 1 {
			t.Errorf("the changes since the mark that is kept are %+v, %v", changes, err)
		}
		if again := mark(t, s, ada, late.Add(10*store.MarkRetention)); again != newest {
			t.Errorf("the newest mark was %+v and is %+v", newest, again)
		}
		if changes, err := s.Changes(background, ada, store.Span{Since: newest, Until: newest}, 10); err != nil || len(changes) != 0 {
			t.Errorf("the changes since the newest mark are %+v, %v", changes, err)
		}
	},
	"copiers among concurrent writers lose nothing": copyAmongWriters,
}
