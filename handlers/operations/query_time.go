package operations

import (
	"context"
	"errors"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// errTimeIsUp is the cause with which the context of a query ends after Service.queryTime.
var errTimeIsUp = errors.New("the time for a query is up")

// withinTime runs a query of many statistics, which the store stops after Service.queryTime. The error
// is then a 400 and not a 503, because the query would take as long the next time. It stays a 503 if
// the store did not begin. Target is the option that makes the query long. If it is "", the query is of
// one page alone, and the error is a 503: it is the store that is slow.
func (s *Service) withinTime(ctx context.Context, target string, query func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.queryTime, errTimeIsUp)
	defer cancel()
	err := query(ctx)
	if !errors.Is(err, errTimeIsUp) || errors.Is(err, store.ErrUnavailable) {
		return err
	}
	if target == "" {
		return problem.Refuse(problem.ErrUnavailable, "", "Reading a page took longer than %v. Try again in a moment.", s.queryTime)
	}
	return problem.Refuse(problem.ErrStopped, target, "The query was stopped because it took longer than %v. Narrow it: "+
		"in $filter, compare startDate with dates and use fewer functions; in $orderby, use startDate or nothing.", s.queryTime)
}

// longest returns the option that makes a list long, "" if none does.
func longest(options gen.ListUserStatisticsParams) string {
	switch {
	case options.Filter != nil:
		return "$filter"
	case options.Orderby != nil:
		return "$orderby"
	case options.Count != nil && *options.Count:
		return "$count"
	case options.Skip != nil:
		return "$skip"
	}
	return ""
}

// longestCount returns the option that makes a count long.
func longestCount(filter *string) string {
	if filter != nil {
		return "$filter"
	}
	return "$count"
}
