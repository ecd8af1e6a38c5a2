package memory

import (
	"context"
	"math"
	"slices"

	"afterhours/store"
)

// statistics are the statistics of one owner. Nil is an owner without statistics.
type statistics struct {
	// byID holds statistics that are replaced, never changed.
	byID map[string]*store.Statistic
	// ids are the keys of byID in byte order, so that a page of a list costs a binary
	// search. An insert moves the ids after it: some ten microseconds with 100,000 ids,
	// and nothing for ids that come in their order.
	ids []string
}

func (s *statistics) get(id string) (store.Statistic, error) {
	if s != nil {
		if statistic, ok := s.byID[id]; ok {
			return *statistic, nil
		}
	}
	return store.Statistic{}, store.ErrNotFound
}

// revision returns the revision of the id, or NoRevision if the id is free.
func (s *statistics) revision(id string) store.Revision {
	statistic, _ := s.get(id)
	return statistic.Revision
}

func (s *statistics) set(statistic *store.Statistic) {
	if _, replaced := s.byID[statistic.ID]; !replaced {
		at, _ := slices.BinarySearch(s.ids, statistic.ID)
		s.ids = slices.Insert(s.ids, at, statistic.ID)
	}
	s.byID[statistic.ID] = statistic
}

func (s *statistics) remove(id string) {
	at, _ := slices.BinarySearch(s.ids, id)
	s.ids = slices.Delete(s.ids, at, at+1)
	delete(s.byID, id)
}

// page returns a page, or the context's cause if the context ends first.
func (s *statistics) page(ctx context.Context, query store.Query) ([]store.Statistic, error) {
	if s == nil {
		return nil, nil
	}
	if len(query.Order) > 0 {
		return s.sorted(ctx, query)
	}
	// No id lies between an id and the same id followed by a zero byte.
	start := 0
	if query.After != nil {
		start, _ = slices.BinarySearch(s.ids, query.After.ID+"\x00")
	}
	var page []store.Statistic
	filter := store.NewMatcher(query.Filter)
	if query.Filter == nil {
		page = make([]store.Statistic, 0, min(query.Limit, len(s.ids)-start))
	}
	for _, id := range s.ids[start:] {
		if len(page) == query.Limit || ctx.Err() != nil {
			break
		}
		if statistic := s.byID[id]; !filter.Match(statistic) {
			continue
		} else if query.Skip > 0 {
			query.Skip--
		} else {
			page = append(page, *statistic)
		}
	}
	return unlessEnded(ctx, page)
}

// sorted returns a page in an order other than that of the ids. It gathers up to twice
// as many candidates as it needs, then sorts them and drops the surplus.
func (s *statistics) sorted(ctx context.Context, query store.Query) ([]store.Statistic, error) {
	needed := query.Skip + query.Limit
	if needed < 0 || needed > math.MaxInt/2 {
		needed = math.MaxInt / 2
	}
	var first []*store.Statistic
	sort := func() {
		slices.SortFunc(first, func(a, b *store.Statistic) int { return store.CompareBy(query.Order, a, b) })
		first = first[:min(needed, len(first))]
	}
	filter := store.NewMatcher(query.Filter)
	for _, statistic := range s.byID {
		if ctx.Err() != nil {
			break
		}
		if query.After != nil && !query.After.Before(query.Order, statistic) || !filter.Match(statistic) {
			continue
		}
		if first = append(first, statistic); len(first) >= 2*needed {
			sort()
		}
	}
	sort()
	var page []store.Statistic
	for _, statistic := range first[min(query.Skip, len(first)):] {
		page = append(page, *statistic)
	}
	return unlessEnded(ctx, page)
}

// count returns how many statistics the filter keeps, or the context's cause if the
// context ends first.
func (s *statistics) count(ctx context.Context, filter store.Expr) (int, error) {
	switch {
	case s == nil:
		return 0, nil
	case filter == nil:
		return len(s.ids), nil
	}
	count, matcher := 0, store.NewMatcher(filter)
	for _, statistic := range s.byID {
		if ctx.Err() != nil {
			break
		}
		if matcher.Match(statistic) {
			count++
		}
	}
	return unlessEnded(ctx, count)
}

// unlessEnded returns the result, or the context's cause if the context has ended: then the
// result may lack something.
func unlessEnded[T any](ctx context.Context, result T) (T, error) {
	if err := context.Cause(ctx); err != nil {
		var none T
		return none, err
	}
	return result, nil
}
