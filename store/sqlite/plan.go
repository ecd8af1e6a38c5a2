package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// Each query names its index. Left alone, SQLite prefers the order of the ids to a narrow
// range of dates: it does not know the values of parameters, and so not how narrow the
// range is. SQLite also sorts whole rows. If it must sort, the query finds the rowids of a
// page first and reads their rows afterwards.
const (
	byID        = "statistics INDEXED BY statistics_id"
	byStartDate = "statistics INDEXED BY statistics_start_date"
	byType      = "statistics INDEXED BY statistics_type"
	rowid       = "rowid"

	// byActivity merges two sets of statistics in the order of the ids: those of the type
	// with the activity's name, and those of other types. %[1]s is the type.
	byActivity = "(SELECT * FROM " + byType + " WHERE type = '%[1]s' UNION ALL" +
		" SELECT * FROM statistics INDEXED BY statistics_unlike WHERE lower(activity) <> type AND type <> '%[1]s')"
)

// maxSorted is the most statistics of a range of dates that are sorted by id. To sort so
// many takes about as long as to find them in the order of the ids, in the middle of
// 100,000.
const maxSorted = 4000

var (
	id        = store.Property{Name: store.PropertyID}
	activity  = store.Property{Name: store.PropertyActivity}
	startDate = store.Property{Name: store.PropertyStartDate}
)

// viaList chooses how to reach the statistics of a page.
func viaList(ctx context.Context, on *reader, owner store.Owner, query store.Query) (sqlquery.Via, error) {
	dates := sqlquery.Bounds(query.Filter, startDate)
	inOrder := len(query.Order) == 0 || query.Order[0].By == id
	switch {
	case sqlquery.Fixes(query.Filter, id):
		return sqlquery.Via{From: byID}, nil
	case !inOrder && query.Order[0].By == startDate:
		return sqlquery.Via{From: byStartDate}, nil
	case dates != nil && inOrder:
		if few, err := few(ctx, on, owner, dates); few || err != nil {
			return sqlquery.Via{From: byStartDate, Row: rowid}, err
		}
	case dates != nil:
		return sqlquery.Via{From: byStartDate, Row: rowid}, nil
	}
	return viaType(query.Filter), nil
}

// viaCount chooses how to reach the statistics to count.
func viaCount(filter store.Expr) sqlquery.Via {
	switch {
	case sqlquery.Fixes(filter, id):
		return sqlquery.Via{From: byID}
	case sqlquery.Bounds(filter, startDate) != nil:
		return sqlquery.Via{From: byStartDate}
	}
	return viaType(filter)
}

// viaType chooses the index of the type or of the activity, or else the order of the ids.
func viaType(filter store.Expr) sqlquery.Via {
	if sqlquery.FixesType(filter) {
		return sqlquery.Via{From: byType}
	}
	if value, ok := sqlquery.Equal(filter, activity); ok && slices.Contains(store.Activities, store.Activity(value.Text)) {
		return sqlquery.Via{From: fmt.Sprintf(byActivity, strings.ToLower(value.Text))}
	}
	return sqlquery.Via{From: byID}
}

// few reports whether the owner has at most maxSorted statistics in the range.
func few(ctx context.Context, on *reader, owner store.Owner, dates store.Expr) (bool, error) {
	statement := dialect.CountUpTo(maxSorted+1, owner, dates, sqlquery.Via{From: byStartDate})
	count, err := on.count(ctx, statement)
	return count <= maxSorted, err
}
