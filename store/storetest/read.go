package storetest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"afterhours/store"
)

var listTests = map[string]func(*testing.T, store.Store){
	"of an unknown owner is empty": func(t *testing.T, s store.Store) {
		wantPage(t, s, ada, store.Query{Limit: 10})
		wantCount(t, s, ada, 0)
	},
	"is in the byte order of the ids": func(t *testing.T, s store.Store) {
		putAll(t, s, ada, shuffled(unusualTexts))
		wantPage(t, s, ada, store.Query{Limit: len(unusualTexts)}, unusualTexts...)
		for i, id := range unusualTexts {
			wantPage(t, s, ada, store.Query{After: positionOf(id), Limit: 3}, unusualTexts[i+1:min(i+4, len(unusualTexts))]...)
		}
	},
	"ids that differ in one byte are different": func(t *testing.T, s store.Store) {
		revisions := putAll(t, s, ada, shuffled(unusualTexts))
		for _, id := range unusualTexts {
			wantStored(t, s, store.Key{Owner: ada, ID: id}, revisions[id], call)
		}
		for _, id := range unusualTexts {
			must(t, s.Delete(background, store.Key{Owner: ada, ID: id}, revisions[id]))
			wantAbsent(t, s, store.Key{Owner: ada, ID: id})
		}
		wantCount(t, s, ada, 0)
	},
	"pages meet without gaps": func(t *testing.T, s store.Store) {
		ids := putNumbered(t, s, 25)
		for limit := 1; limit <= 26; limit++ {
			var seen []string
			for after := (*store.Position)(nil); ; {
				page, err := s.List(background, ada, store.Query{After: after, Limit: limit})
				must(t, err)
				if len(page) == 0 {
					break
				}
				if len(page) > limit {
					t.Fatalf("a page of %d has %d", limit, len(page))
				}
				seen = append(seen, idsOf(page)...)
				after = positionOf(page[len(page)-1].ID)
			}
			if !slices.Equal(seen, ids) {
				t.Errorf("pages of %d are %q; want %q", limit, seen, ids)
			}
		}
	},
	"a page may start after an absent id": func(t *testing.T, s store.Store) {
		putAll(t, s, ada, []string{"b", "d", "f"})
		wantPage(t, s, ada, store.Query{After: positionOf("a"), Limit: 2}, "b", "d")
		wantPage(t, s, ada, store.Query{After: positionOf("c"), Limit: 2}, "d", "f")
		wantPage(t, s, ada, store.Query{After: positionOf("b "), Limit: 2}, "d", "f")
		wantPage(t, s, ada, store.Query{After: positionOf("d!"), Limit: 2}, "f")
	},
	"a page past the end is empty": func(t *testing.T, s store.Store) {
		putAll(t, s, ada, []string{"b", "d"})
		wantPage(t, s, ada, store.Query{After: positionOf("d"), Limit: 2})
		wantPage(t, s, ada, store.Query{After: positionOf("z"), Limit: 2})
	},
	"a limit may exceed the number of statistics": func(t *testing.T, s store.Store) {
		ids := putNumbered(t, s, 10)
		wantPage(t, s, ada, store.Query{Limit: math.MaxInt}, ids...)
		wantPage(t, s, ada, store.Query{After: positionOf(ids[0]), Limit: math.MaxInt}, ids[1:]...)
	},
	"a replaced statistic keeps its position": func(t *testing.T, s store.Store) {
		revisions := putAll(t, s, ada, []string{"a", "b", "c"})
		key := store.Key{Owner: ada, ID: "b"}
		wantStored(t, s, key, mustPut(t, s, key, full, revisions["b"]), full)
		wantPage(t, s, ada, store.Query{Limit: 10}, "a", "b", "c")
		wantCount(t, s, ada, 3)
	},
	"a page is a copy": func(t *testing.T, s store.Store) {
		putAll(t, s, ada, []string{"a", "b"})
		page, err := s.List(background, ada, store.Query{Limit: 2})
		must(t, err)
		page[0] = store.Statistic{}
		wantPage(t, s, ada, store.Query{Limit: 2}, "a", "b")
	},
}

// putAll creates a statistic under each id, in their order.
func putAll(t testing.TB, s store.Store, owner store.Owner, ids []string) map[string]store.Revision {
	t.Helper()
	revisions := make(map[string]store.Revision)
	for _, id := range ids {
		revisions[id] = mustPut(t, s, store.Key{Owner: owner, ID: id}, call, store.NoRevision)
	}
	return revisions
}

// putNumbered creates n statistics of ada's in random order, and returns their ids in byte
// order.
func putNumbered(t testing.TB, s store.Store, n int) []string {
	t.Helper()
	var ids []string
	for i := range n {
		ids = append(ids, numbered(ada, i).ID)
	}
	putAll(t, s, ada, shuffled(ids))
	return ids
}

// positionOf returns the position of an id in the order of the ids.
func positionOf(id string) *store.Position { return &store.Position{ID: id} }

func shuffled[T any](values []T) []T {
	values = slices.Clone(values)
	rand.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
	return values
}

func idsOf(page []store.Statistic) []string {
	var ids []string
	for _, statistic := range page {
		ids = append(ids, statistic.ID)
	}
	return ids
}

func wantPage(t testing.TB, s store.Store, owner store.Owner, query store.Query, want ...string) {
	t.Helper()
	page, err := s.List(background, owner, query)
	if err != nil || !slices.Equal(idsOf(page), want) {
		t.Errorf("List(%+v) = %q, %v\nwant %q", query, idsOf(page), err, want)
	}
}
