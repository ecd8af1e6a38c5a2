package operations

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
	"afterhours/store/memory"
)

// endlessStore is a store whose queries run until their context ends. It has an error of its own
// besides the cause, nil for none.
type endlessStore struct {
	store.Store
	err error
}

func (s endlessStore) List(ctx context.Context, _ store.Owner, _ store.Query) ([]store.Statistic, error) {
	<-ctx.Done()
	return nil, errors.Join(s.err, context.Cause(ctx))
}

func (s endlessStore) Count(ctx context.Context, _ store.Owner, _ store.Expr) (int, error) {
	<-ctx.Done()
	return 0, errors.Join(s.err, context.Cause(ctx))
}

// queries are the operations that read many statistics, with the target of the error if they take
// too long.
var queries = map[string]struct {
	run    func(context.Context, *Service) error
	target string
}{
	"list with $filter and $orderby": {listWith(gen.ListUserStatisticsParams{Filter: &someFilter, Orderby: &someOrder}), "$filter"},
	"list with $orderby":             {listWith(gen.ListUserStatisticsParams{Orderby: &someOrder}), "$orderby"},
	"list with $count":               {listWith(gen.ListUserStatisticsParams{Count: &counted}), "$count"},
	"the count of a list alone":      {listWith(gen.ListUserStatisticsParams{Top: &none, Count: &counted, Filter: &someFilter}), "$filter"},
	"count":                          {countWith(gen.CountUserStatisticsParams{}), "$count"},
	"count with $filter":             {countWith(gen.CountUserStatisticsParams{Filter: &someFilter}), "$filter"},
	"analytics with $expand": {func(ctx context.Context, s *Service) error {
		_, err := s.Analytics(ctx, newTestRequest(), Me, gen.GetUserAnalyticsParams{Expand: &expanded})
		return err
	}, "$expand"},
}

var (
	someFilter, someOrder = "contains(id,'a')", "duration"
	counted, none         = true, gen.PageSize(0)
	expanded              = "activityStatistics"
)

func listWith(options gen.ListUserStatisticsParams) func(context.Context, *Service) error {
	return func(ctx context.Context, s *Service) error {
		_, err := s.List(ctx, newTestRequest(), Me, options)
		return err
	}
}

func countWith(params gen.CountUserStatisticsParams) func(context.Context, *Service) error {
	return func(ctx context.Context, s *Service) error {
		_, err := s.Count(ctx, newTestRequest(), Me, params)
		return err
	}
}

// TestQueriesAreStopped checks the error of each query whose time is up.
func TestQueriesAreStopped(t *testing.T) {
	service := newTestService(t, endlessStore{Store: memory.New()})
	service.queryTime = 20 * time.Millisecond
	for name, query := range queries {
		var stopped *problem.Problem
		err := query.run(t.Context(), service)
		if !errors.As(err, &stopped) || !errors.Is(err, problem.ErrStopped) || stopped.Target != query.target || !strings.Contains(stopped.Message, "20ms") {
			t.Errorf("%s: %#v; want the target %s", name, err, query.target)
		}
	}
}

// TestQueriesThatDidNotBegin checks that a query is not blamed if the store was too busy to begin it.
func TestQueriesThatDidNotBegin(t *testing.T) {
	service := newTestService(t, endlessStore{memory.New(), store.ErrUnavailable})
	service.queryTime = 20 * time.Millisecond
	for name, query := range queries {
		if err := query.run(t.Context(), service); !errors.Is(err, store.ErrUnavailable) || errors.Is(err, problem.ErrStopped) {
			t.Errorf("%s: %v; want %v", name, err, store.ErrUnavailable)
		}
	}
}

// TestQueriesEndWithTheirCaller checks that a query ends with the context of its caller, and that
// this is no fault of the query.
func TestQueriesEndWithTheirCaller(t *testing.T) {
	service := newTestService(t, endlessStore{Store: memory.New()})
	for name, query := range queries {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		if err := query.run(ctx, service); !errors.Is(err, context.Canceled) || errors.Is(err, problem.ErrStopped) {
			t.Errorf("%s: %v; want %v", name, err, context.Canceled)
		}
	}
}
