package store

import (
	"slices"
	"strings"
)

// Sorter finds a page in an order that has to be calculated for each statistic. It keeps at most twice
// as many statistics as the page and Query.Skip have, and calculates a value once for each. It is not
// safe for concurrent use.
type Sorter struct {
	order  []Order
	keys   []*part
	after  *Position
	skip   int
	needed int
	row    row
	first  []ranked
}

// ranked is a statistic with its values in the order.
type ranked struct {
	statistic *Statistic
	values    []Value
}

// OrderedByProperties reports whether each member of the order is a property, so that a database can
// sort by it.
func OrderedByProperties(order []Order) bool {
	return !slices.ContainsFunc(order, func(o Order) bool { _, ok := o.By.(Property); return !ok })
}

// NewSorter returns a sorter for the page of the query. The caller applies the filter.
func NewSorter(query Query) *Sorter {
	s := &Sorter{order: query.Order, after: query.After, skip: query.Skip, needed: query.Skip + query.Limit}
	if s.needed < 0 || s.needed > 1<<30 {
		s.needed = 1 << 30
	}
	made := parts{}
	for _, o := range query.Order {
		s.keys = append(s.keys, made.of(Fold(o.By)))
	}
	return s
}

// Add takes the next statistic, which must not change afterwards. They may come in any order.
func (s *Sorter) Add(statistic *Statistic) {
	s.row.Statistic = statistic
	s.row.number++
	values := make([]Value, len(s.keys))
	for i, key := range s.keys {
		values[i] = *key.of(&s.row)
		values[i].Text = strings.Clone(values[i].Text) // the next one may use its memory again
	}
	if s.after != nil && compareRanked(s.order, s.after.Values, s.after.ID, values, statistic.ID) >= 0 {
		return
	}
	if s.first = append(s.first, ranked{statistic, values}); len(s.first) >= 2*s.needed {
		s.sort()
	}
}

// sort sorts what is there and drops what no page needs.
func (s *Sorter) sort() {
	slices.SortFunc(s.first, func(a, b ranked) int {
		return compareRanked(s.order, a.values, a.statistic.ID, b.values, b.statistic.ID)
	})
	s.first = s.first[:min(s.needed, len(s.first))]
}

// Page returns the page. Nothing may be added afterwards.
func (s *Sorter) Page() []Statistic {
	s.sort()
	var page []Statistic
	for _, one := range s.first[min(s.skip, len(s.first)):] {
		page = append(page, *one.statistic)
	}
	return page
}

// compareRanked compares two positions in the order.
func compareRanked(order []Order, a []Value, idOfA string, b []Value, idOfB string) int {
	for i, o := range order {
		if decided := o.compare(a[i], b[i]); decided != 0 {
			return decided
		}
	}
	return strings.Compare(idOfA, idOfB)
}
