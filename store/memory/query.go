package memory

import (
	"context"
	"math"
	"slices"

	"afterhours/store"
)

// List implements store.Store.
func (s *Store) List(ctx context.Context, owner store.Owner, query store.Query) ([]store.Statistic, error) {
	all, unlock, err := s.snapshot(ctx, owner, query.Filter != nil || len(query.Order) > 0)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return all.page(ctx, query)
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, owner store.Owner, filter store.Expr) (int, error) {
	all, unlock, err := s.snapshot(ctx, owner, filter != nil)
	if err != nil {
		return 0, err
	}
	defer unlock()
	return all.count(ctx, filter)
}

// Aggregate implements store.Store.
func (s *Store) Aggregate(ctx context.Context, owner store.Owner, aggregation store.Aggregation) ([]store.Group, error) {
	all, unlock, err := s.snapshot(ctx, owner, true)
	if err != nil {
		return nil, err
	}
	defer unlock()
	filter, groups := store.NewMatcher(aggregation.Filter), store.NewGrouper(aggregation)
	for _, statistic := range all {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if !filter.Match(statistic) {
			continue
		}
		if err := groups.Add(statistic); err != nil {
			return nil, err
		}
	}
	return groups.Groups()
}

// snapshot returns the owner's statistics at one moment. A query that may read many of them
// is long: it gets a clone, so that it does not hold the lock, for which every write waits.
func (s *Store) snapshot(ctx context.Context, owner store.Owner, long bool) (all ordered, unlock func(), err error) {
	if err := s.reading(ctx); err != nil {
		return nil, nil, err
	}
	all = s.owned[owner].all()
	if !long {
		return all, s.mu.RUnlock, nil
	}
	all = slices.Clone(all)
	s.mu.RUnlock()
	return all, func() {}, nil
}

// page returns a page, or the context's cause if the context ends first.
func (o ordered) page(ctx context.Context, query store.Query) ([]store.Statistic, error) {
	if len(query.Order) > 0 {
		return o.sorted(ctx, query)
	}
	// No id lies between an id and the same id followed by a zero byte.
	start := 0
	if query.After != nil {
		start, _ = o.find(query.After.ID + "\x00")
	}
	rest := o[start:]
	if query.Filter == nil {
		rest = rest[min(query.Skip, len(rest)):]
		return unlessEnded(ctx, copies(rest[:min(query.Limit, len(rest))]))
	}
	var found []*store.Statistic
	filter := store.NewMatcher(query.Filter)
	for _, statistic := range rest {
		if len(found) == query.Limit || ctx.Err() != nil {
			break
		}
		if !filter.Match(statistic) {
			continue
		} else if query.Skip > 0 {
			query.Skip--
		} else {
			found = append(found, statistic)
		}
	}
	return unlessEnded(ctx, copies(found))
}

// copies returns a copy of each statistic, nil for none.
func copies(found []*store.Statistic) []store.Statistic {
	if len(found) == 0 {
		return nil
	}
	page := make([]store.Statistic, len(found))
	for i, statistic := range found {
		page[i] = *statistic
	}
	return page
}

// sorted returns a page in an order other than that of the ids. It gathers up to twice
// as many candidates as it needs, then sorts them and drops the surplus.
func (o ordered) sorted(ctx context.Context, query store.Query) ([]store.Statistic, error) {
	needed := query.Skip + query.Limit
	if needed < 0 || needed > math.MaxInt/2 {
		needed = math.MaxInt / 2
	}
	if !store.OrderedByProperties(query.Order) {
		return o.calculated(ctx, query)
	}
	var first []*store.Statistic
	sort := func() {
		slices.SortFunc(first, func(a, b *store.Statistic) int { return store.CompareBy(query.Order, a, b) })
		first = first[:min(needed, len(first))]
	}
	filter := store.NewMatcher(query.Filter)
	for _, statistic := range o {
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
	return unlessEnded(ctx, copies(first[min(query.Skip, len(first)):]))
}

// calculated returns a page in an order that is calculated for each statistic.
func (o ordered) calculated(ctx context.Context, query store.Query) ([]store.Statistic, error) {
	sorter, filter := store.NewSorter(query), store.NewMatcher(query.Filter)
	for _, statistic := range o {
		if ctx.Err() != nil {
			break
		}
		if filter.Match(statistic) {
			sorter.Add(statistic)
		}
	}
	return unlessEnded(ctx, sorter.Page())
}

// count returns how many statistics the filter keeps, or the context's cause if the
// context ends first.
func (o ordered) count(ctx context.Context, filter store.Expr) (int, error) {
	if filter == nil {
		return len(o), nil
	}
	count, matcher := 0, store.NewMatcher(filter)
	for _, statistic := range o {
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
