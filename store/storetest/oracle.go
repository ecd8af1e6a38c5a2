package storetest

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"afterhours/store"
)

// oracleTests compare every property that a store returns with the result of package
// store's evaluation in Go. -rapid.checks sets how many sets of random statistics are
// tried, each with several random queries.
var oracleTests = map[string]func(*testing.T, store.Store){
	"random queries of random statistics": func(t *testing.T, s store.Store) {
		var owners atomic.Int64
		rapid.Check(t, func(t *rapid.T) {
			owner := store.Owner{Tenant: ada.Tenant, User: fmt.Sprintf("user-%d", owners.Add(1))}
			stored := putDrawn(t, s, owner)
			for range 8 {
				query := drawQuery(t, stored)
				agree(t, s, owner, query, stored)
				walkAgrees(t, s, owner, query, stored)
			}
		})
	},
}

// putDrawn stores up to 25 drawn statistics and returns them.
func putDrawn(t *rapid.T, s store.Store, owner store.Owner) []store.Statistic {
	ids := rapid.SliceOfNDistinct(rapid.SampledFrom(idPool), 0, 25, rapid.ID).Draw(t, "ids")
	stored := make([]store.Statistic, len(ids))
	for i, id := range ids {
		stored[i] = store.Statistic{ID: id, Record: drawRecord(t)}
	}
	atOnce(len(ids), func(i int) {
		revision, _, err := s.Put(background, store.Key{Owner: owner, ID: ids[i]}, stored[i].Record, store.NoRevision)
		if err != nil {
			t.Errorf("Put: %v", err)
		}
		stored[i].Revision = revision
	})
	return stored
}

// expected returns the page as package store defines it.
func expected(query store.Query, stored []store.Statistic) []store.Statistic {
	var page []store.Statistic
	for i := range stored {
		if store.Match(query.Filter, &stored[i]) && (query.After == nil || query.After.Before(query.Order, &stored[i])) {
			page = append(page, stored[i])
		}
	}
	slices.SortFunc(page, func(a, b store.Statistic) int { return store.CompareBy(query.Order, &a, &b) })
	page = page[min(query.Skip, len(page)):]
	return page[:min(query.Limit, len(page))]
}

// agree compares one page and the count.
func agree(t *rapid.T, s store.Store, owner store.Owner, query store.Query, stored []store.Statistic) {
	page, err := s.List(background, owner, query)
	if want := expected(query, stored); err != nil || !slices.Equal(page, want) {
		t.Fatalf("List(%+v)\n= %+v, %v\nwant %+v", query, page, err, want)
	}
	count, err := s.Count(background, owner, query.Filter)
	if want := len(expected(store.Query{Filter: query.Filter, Limit: len(stored)}, stored)); err != nil || count != want {
		t.Fatalf("Count(%+v) = %d, %v; want %d", query.Filter, count, err, want)
	}
}

// walkAgrees goes from page to page, as a client does, and compares the statistics.
func walkAgrees(t *rapid.T, s store.Store, owner store.Owner, query store.Query, stored []store.Statistic) {
	query.After, query.Skip = nil, 0
	var walked []store.Statistic
	for len(walked) <= len(stored) {
		page, err := s.List(background, owner, query)
		if err != nil {
			t.Fatalf("List(%+v): %v", query, err)
		}
		if len(page) == 0 {
			break
		}
		walked = append(walked, page...)
		position := store.PositionOf(query.Order, &page[len(page)-1])
		query.After = &position
	}
	want := expected(store.Query{Filter: query.Filter, Order: query.Order, Limit: len(stored)}, stored)
	if !slices.Equal(walked, want) {
		t.Fatalf("pages of %+v\nare %+v\nwant %+v", query, walked, want)
	}
}
