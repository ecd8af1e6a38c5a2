package operations

import (
	"context"
	"errors"

	"afterhours/handlers/problem"
	"afterhours/store"
)

// errTimeIsUp is the cause with which the context of a query ends after Service.queryTime.
var errTimeIsUp = errors.New("the time for a query is up")

// withinTime runs a query of many statistics, which the store stops after Service.queryTime. The error
// is then a 400 and not a 503, because the query would take as long the next time. It stays a 503 if
// the store did not begin. Target is the option that makes the query long.
func (s *Service) withinTime(ctx context.Context, target string, query func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.queryTime, errTimeIsUp)
	defer cancel()
	err := query(ctx)
	if !errors.Is(err, errTimeIsUp) || errors.Is(err, store.ErrUnavailable) {
		return err
	}
	return problem.Refuse(problem.ErrStopped, target, "The query was stopped because it took longer than %v. Narrow it: "+
		"in $filter, compare startDate with dates and use fewer functions; in $orderby, use startDate or nothing.", s.queryTime)
}

// longest returns the option that makes a query long.
func longest(filter, orderBy *string) string {
	switch {
	case filter != nil:
		return "$filter"
	case orderBy != nil:
		return "$orderby"
	}
	return "$count"
}
