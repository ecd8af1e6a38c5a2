package cassandra

import (
	"context"
	"math"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// List implements store.Store.
func (s *Store) List(ctx context.Context, owner store.Owner, query store.Query) ([]store.Statistic, error) {
	query.Filter = store.Fold(query.Filter)
	within := rangeOf(query.Filter)
	statement := sqlquery.Statement{Residue: query.Filter, Skip: query.Skip, Limit: query.Limit}
	rows := pageRows
	if len(query.Order) > 0 {
		statement.Sorted, statement.Limit = &query, math.MaxInt
	} else {
		if query.After != nil {
			within.from(query.After.ID, false)
		}
		if query.Filter == nil && query.Skip < pageRows && query.Limit < pageRows {
			rows = query.Skip + query.Limit
		}
	}
	var page *sqlquery.Page
	err := s.scan(ctx, "listing statistics", owner, within, rows, ofGroups, func() func(*store.Statistic) (bool, error) {
		page = statement.Page()
		return func(statistic *store.Statistic) (bool, error) { return page.Add(statistic), nil }
	})
	if err != nil {
		return nil, err
	}
	return page.Statistics(), nil
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, owner store.Owner, filter store.Expr) (count int, err error) {
	filter = store.Fold(filter)
	if filter == nil {
		err = s.whole(ctx, "counting statistics", func(ctx context.Context) (whole bool, err error) {
			count, whole, err = s.tryCount(ctx, owner)
			return whole, err
		})
		return count, err
	}
	matcher := store.NewMatcher(filter)
	err = s.scan(ctx, "counting statistics", owner, rangeOf(filter), pageRows, ofGroups, func() func(*store.Statistic) (bool, error) {
		count = 0
		return func(statistic *store.Statistic) (bool, error) {
			if matcher.Match(statistic) {
				count++
			}
			return true, nil
		}
	})
	return count, err
}

// Aggregate implements store.Store.
func (s *Store) Aggregate(ctx context.Context, owner store.Owner, aggregation store.Aggregation) (result []store.Group, err error) {
	aggregation.Filter = store.Fold(aggregation.Filter)
	matcher := store.NewMatcher(aggregation.Filter)
	var groups *store.Grouper
	err = s.scan(ctx, "aggregating statistics", owner, rangeOf(aggregation.Filter), pageRows, ofWrites, func() func(*store.Statistic) (bool, error) {
		groups = store.NewGrouper(aggregation)
		return func(statistic *store.Statistic) (bool, error) {
			if !matcher.Match(statistic) {
				return true, nil
			}
			return true, groups.Add(statistic)
		}
	})
	if err != nil {
		return nil, err
	}
	return groups.Groups()
}
