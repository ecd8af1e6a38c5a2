package memory

import (
	"slices"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

// durations returns statistics with these ids, of which the n-th has the duration n % 3.
func durations(ids ...string) *statistics {
	s := &statistics{byID: map[string]*store.Statistic{}}
	for n, id := range ids {
		s.set(&store.Statistic{ID: id, Record: store.Record{Type: store.Call, Duration: store.Of(edm.Duration(n % 3))}})
	}
	return s
}

func idsOf(page []store.Statistic) (ids []string) {
	for _, statistic := range page {
		ids = append(ids, statistic.ID)
	}
	return ids
}

func TestIDsStayInOrder(t *testing.T) {
	s := durations("d", "b", "a", "c", "b")
	s.remove("a")
	var ids []string
	for _, statistic := range s.all() {
		ids = append(ids, statistic.ID)
	}
	if want := []string{"b", "c", "d"}; !slices.Equal(ids, want) || len(s.byID) != len(want) {
		t.Errorf("the ids are %v of %d; want %v", ids, len(s.byID), want)
	}
}

// TestSortedPagesDropTheSurplus reads pages that are smaller than half of the statistics,
// so that candidates are dropped on the way.
func TestSortedPagesDropTheSurplus(t *testing.T) {
	s := durations("a", "b", "c", "d", "e", "f", "g", "h", "i") // in order: a d g b e h c f i
	order := []store.Order{{By: store.Property{Name: store.PropertyDuration}}}
	for skip, want := range map[int][]string{0: {"a", "d"}, 2: {"g", "b"}, 8: {"i"}, 9: nil} {
		page, err := s.all().page(t.Context(), store.Query{Order: order, Skip: skip, Limit: 2})
		if got := idsOf(page); err != nil || !slices.Equal(got, want) {
			t.Errorf("after %d the page is %v, %v; want %v", skip, got, err, want)
		}
	}
}

func TestAnOwnerWithoutStatistics(t *testing.T) {
	var none *statistics
	if got := none.get("a"); got != nil {
		t.Errorf("get = %v; want nil", got)
	}
	page, err := none.all().page(t.Context(), store.Query{Limit: 1})
	if len(page) != 0 || err != nil || none.revision("a") != store.NoRevision {
		t.Errorf("the page is %v, %v", page, err)
	}
	if count, err := none.all().count(t.Context(), nil); count != 0 || err != nil {
		t.Errorf("the count is %d, %v", count, err)
	}
}
