package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

// queryTests have examples of what the oracle draws at random, so that the author of a new
// store sees which rule it breaks.
var queryTests = map[string]func(*testing.T, store.Store){
	"a filter drops statistics for which it is null": func(t *testing.T, s store.Store) {
		putDurations(t, s)
		ge0 := compared(store.PropertyDuration, store.Ge, duration(0))
		wantPage(t, s, ada, store.Query{Filter: ge0, Limit: 10}, "b", "d")
		wantPage(t, s, ada, store.Query{Filter: store.Not{X: ge0}, Limit: 10}, "a", "c", "e")
		wantPage(t, s, ada, store.Query{Filter: compared(store.PropertyDuration, store.Ne, duration(0)), Limit: 10}, "a", "c", "d", "e")
		wantPage(t, s, ada, store.Query{Filter: compared(store.PropertyDuration, store.Eq, store.Value{}), Limit: 10}, "c", "e")
		contains := store.Function{Func: store.Contains, Args: []store.Expr{property(store.PropertyTimeZoneUsed), store.Literal{Value: text("x")}}}
		wantPage(t, s, ada, store.Query{Filter: contains, Limit: 10})
		wantPage(t, s, ada, store.Query{Filter: store.Not{X: contains}, Limit: 10}) // null for all
	},
	"a filter that calculates is evaluated before skip and limit": func(t *testing.T, s store.Store) {
		putDurations(t, s)
		odd := store.Binary{Op: store.Ge, X: store.Binary{Op: store.Add, X: property(store.PropertyDuration), Y: property(store.PropertyDuration)}, Y: store.Literal{Value: duration(-8)}}
		wantPage(t, s, ada, store.Query{Filter: odd, Limit: 1}, "a")
		wantPage(t, s, ada, store.Query{Filter: odd, Skip: 1, Limit: 1}, "b")
		wantPage(t, s, ada, store.Query{Filter: odd, Skip: 2, Limit: 5}, "d")
		count, err := s.Count(background, ada, odd)
		if err != nil || count != 3 {
			t.Errorf("Count = %d, %v; want 3", count, err)
		}
	},
	"null is first in an order, and last in the opposite one": func(t *testing.T, s store.Store) {
		putDurations(t, s)
		wantWalk(t, s, store.Order{By: property(store.PropertyDuration)}, "c", "e", "a", "b", "d")
		wantWalk(t, s, store.Order{By: property(store.PropertyDuration), Descending: true}, "d", "b", "a", "c", "e")
		cast := store.Property{Name: store.PropertyDuration, Type: store.Chat}
		wantWalk(t, s, store.Order{By: cast}, "a", "b", "c", "d", "e")
	},
	"properties that are equal may both be null": func(t *testing.T, s store.Store) {
		putAll(t, s, ada, []string{"different"})
		same := call
		same.EndDate = same.StartDate
		mustPut(t, s, store.Key{Owner: ada, ID: "same"}, same, store.NoRevision)
		mustPut(t, s, store.Key{Owner: ada, ID: "null"}, store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision)
		equal := store.Binary{Op: store.Eq, X: property(store.PropertyStartDate), Y: property(store.PropertyEndDate)}
		query := store.Query{Filter: equal, Order: []store.Order{{By: property(store.PropertyStartDate), Descending: true}}, Limit: 1}
		if got := walked(t, s, query); !slices.Equal(got, []string{"same", "null"}) {
			t.Errorf("the pages are %q", got)
		}
	},
	"activities are in the order of their enumeration": func(t *testing.T, s store.Store) {
		for _, activity := range types {
			record := call
			record.Activity = activity
			mustPut(t, s, store.Key{Owner: ada, ID: string(activity)}, record, store.NoRevision)
		}
		wantWalk(t, s, store.Order{By: property(store.PropertyActivity)}, "Email", "Meeting", "Focus", "Chat", "Call")
		wantWalk(t, s, store.Order{By: property(store.PropertyActivity), Descending: true}, "Call", "Chat", "Focus", "Meeting", "Email")
	},
	"texts are in the order of their bytes": func(t *testing.T, s store.Store) {
		var ids []string
		for i, text := range unusualTexts {
			record := call
			record.TimeZoneUsed = store.Of(text)
			ids = append(ids, numbered(ada, len(unusualTexts)-i).ID)
			mustPut(t, s, store.Key{Owner: ada, ID: ids[i]}, record, store.NoRevision)
		}
		wantWalk(t, s, store.Order{By: property(store.PropertyTimeZoneUsed)}, ids...)
		slices.Reverse(ids)
		wantWalk(t, s, store.Order{By: property(store.PropertyTimeZoneUsed), Descending: true}, ids...)
	},
	"startswith compares characters": func(t *testing.T, s store.Store) {
		putAll(t, s, ada, unusualTexts)
		for _, prefix := range append(unusualTexts, "") {
			filter := store.Function{Func: store.StartsWith, Args: []store.Expr{property(store.PropertyID), store.Literal{Value: text(prefix)}}}
			var want []string
			for _, id := range unusualTexts {
				if store.Match(filter, &store.Statistic{ID: id}) {
					want = append(want, id)
				}
			}
			wantPage(t, s, ada, store.Query{Filter: filter, Limit: 100}, want...)
		}
	},
	"a page may start after a deleted statistic": func(t *testing.T, s store.Store) {
		revisions := putDurations(t, s)
		for _, descending := range []bool{false, true} {
			order := []store.Order{{By: property(store.PropertyDuration), Descending: descending}}
			all, err := s.List(background, ada, store.Query{Order: order, Limit: 10})
			must(t, err)
			for i, deleted := range all {
				must(t, s.Delete(background, store.Key{Owner: ada, ID: deleted.ID}, revisions[deleted.ID]))
				position := store.PositionOf(order, &deleted)
				wantPage(t, s, ada, store.Query{Order: order, After: &position, Limit: 10}, idsOf(all[i+1:])...)
				revisions[deleted.ID] = mustPut(t, s, store.Key{Owner: ada, ID: deleted.ID}, deleted.Record, store.NoRevision)
			}
		}
	},
	"skip and limit reach as far as integers do": func(t *testing.T, s store.Store) {
		ids := putNumbered(t, s, 5)
		order := []store.Order{{By: property(store.PropertyStartDate)}}
		for _, order := range [][]store.Order{nil, order} {
			const most = int(^uint(0) >> 1)
			wantPage(t, s, ada, store.Query{Order: order, Skip: most, Limit: most})
			wantPage(t, s, ada, store.Query{Order: order, Skip: 4, Limit: most}, ids[4])
			wantPage(t, s, ada, store.Query{Order: order, Skip: 5, Limit: 1})
		}
	},
	"a very large filter works": func(t *testing.T, s store.Store) {
		ids := putNumbered(t, s, 3)
		filter, in := compared(store.PropertyID, store.Eq, text(ids[1])), store.In{X: property(store.PropertyID), List: []store.Value{text(ids[2])}}
		for i := range 40_000 {
			in.List = append(in.List, text(fmt.Sprint("absent", i)))
			if i < 2000 {
				filter = store.Binary{Op: store.Or, X: filter, Y: compared(store.PropertyID, store.Eq, text(fmt.Sprint("absent", i)))}
			}
		}
		wantPage(t, s, ada, store.Query{Filter: filter, Limit: 10}, ids[1])
		wantPage(t, s, ada, store.Query{Filter: in, Limit: 10}, ids[2])
	},
	"a walk sees what is there throughout exactly once while others write": walkWhileOthersWrite,
}

// walkWhileOthersWrite walks over 10,000 statistics in several orders while others are
// created, changed and deleted between them. It reads ten pages, which the race detector
// manages in time.
func walkWhileOthersWrite(t *testing.T, s store.Store) {
	const lasting, each = 10_000, 50
	atOnce(lasting/each, func(n int) {
		for i := range each {
			statistic := daily(n*each + i)
			if _, _, err := s.Put(background, store.Key{Owner: ada, ID: statistic.ID}, statistic.Record, store.NoRevision); err != nil {
				t.Errorf("Put: %v", err)
			}
		}
	})
	stop := make(chan struct{})
	var others sync.WaitGroup
	for n := range 4 {
		others.Go(func() { comeAndGo(t, s, n, stop) })
	}
	for _, order := range [][]store.Order{nil, {{By: property(store.PropertyStartDate), Descending: true}}, {{By: property(store.PropertyDuration)}}} {
		seen := make(map[string]int)
		for _, id := range walked(t, s, store.Query{Order: order, Limit: 1000}) {
			seen[id]++
		}
		for i := range lasting {
			if id := daily(i).ID; seen[id] != 1 {
				t.Fatalf("in the order %+v, %s is seen %d times", order, id, seen[id])
			}
		}
	}
	close(stop)
	others.Wait()
}

// comeAndGo creates, changes and deletes statistics between the lasting ones.
func comeAndGo(t *testing.T, s store.Store, writer int, stop <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		statistic := daily((i*7919 + writer) % 10_000)
		key := store.Key{Owner: ada, ID: fmt.Sprintf("%s_%d", statistic.ID, writer)}
		revision, _, err := s.Put(background, key, statistic.Record, store.NoRevision)
		if err == nil {
			revision, _, err = s.Put(background, key, withDuration(statistic.Record, edm.Duration(i)), revision)
		}
		if err == nil {
			err = s.Delete(background, key, revision)
		}
		if err != nil {
			t.Errorf("writing during the walk: %v", err)
			return
		}
	}
}

// putDurations creates ada's statistics a to e, of which c and e have no duration.
func putDurations(t testing.TB, s store.Store) map[string]store.Revision {
	t.Helper()
	revisions := make(map[string]store.Revision)
	for id, d := range map[string]store.Null[edm.Duration]{
		"a": store.Of(edm.Duration(-4)), "b": store.Of(edm.Duration(0)), "c": {}, "d": store.Of(edm.Duration(4)), "e": {},
	} {
		record := store.Record{Type: store.Call, Activity: "Call", Duration: d}
		revisions[id] = mustPut(t, s, store.Key{Owner: ada, ID: id}, record, store.NoRevision)
	}
	return revisions
}

// wantWalk checks an order with pages of every size.
func wantWalk(t testing.TB, s store.Store, order store.Order, want ...string) {
	t.Helper()
	for limit := 1; limit <= len(want)+1; limit++ {
		if got := walked(t, s, store.Query{Order: []store.Order{order}, Limit: limit}); !slices.Equal(got, want) {
			t.Errorf("in pages of %d, the order %+v is %q\nwant %q", limit, order, got, want)
		}
	}
}

// walked returns the ids of page after page.
func walked(t testing.TB, s store.Store, query store.Query) []string {
	t.Helper()
	var ids []string
	for {
		page, err := s.List(background, ada, query)
		must(t, err)
		if len(page) == 0 {
			return ids
		}
		ids = append(ids, idsOf(page)...)
		position := store.PositionOf(query.Order, &page[len(page)-1])
		query.After = &position
	}
}
