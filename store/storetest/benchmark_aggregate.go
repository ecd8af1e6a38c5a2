package storetest

import (
	"testing"

	"afterhours/store"
)

// BenchmarkAggregate measures the duration of the meetings by month of one user's 10,000 statistics, and
// reports the median.
func BenchmarkAggregate(b *testing.B, open Open) {
	s := opened(b, open)
	fill(b, s, 10_000)
	start := property(store.PropertyStartDate)
	byMonth := store.Aggregation{
		Keys: []store.Expr{
			store.Function{Func: store.Year, Args: []store.Expr{start}},
			store.Function{Func: store.Month, Args: []store.Expr{start}},
		},
		Aggregates: []store.Aggregate{{Method: store.MethodSum, Of: property(store.PropertyDuration)}, {Method: store.CountAll}},
	}
	meetings := byMonth
	meetings.Filter = store.IsOf{Type: store.Meeting}
	byZone := byMonth
	byZone.Keys = []store.Expr{property(store.PropertyTimeZoneUsed)}
	for name, aggregation := range map[string]store.Aggregation{"all by month": byMonth, "meetings by month": meetings, "all by time zone": byZone} {
		b.Run(name, func(b *testing.B) {
			measure(b, func() error { _, err := s.Aggregate(background, ada, aggregation); return err })
		})
	}
}
