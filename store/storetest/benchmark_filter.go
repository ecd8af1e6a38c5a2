package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
)

// benchmarkSize is how many statistics the one owner of BenchmarkFilter has: one of
// each type for every day of nearly 55 years.
const benchmarkSize = 100_000

// BenchmarkFilter measures the first page of 70 statistics that a filter keeps of one
// user's 100,000, and reports the median.
func BenchmarkFilter(b *testing.B, open Open) {
	s := opened(b, open)
	fill(b, s, benchmarkSize)
	for _, query := range benchmarkQueries {
		for _, order := range benchmarkOrders {
			b.Run(query.name+"/by "+order.name, func(b *testing.B) {
				measurePage(b, s, store.Query{Filter: query.filter, Order: order.order, Limit: 70 + 1})
			})
		}
	}
	b.Run("count of a year", func(b *testing.B) {
		measure(b, func() error { _, err := s.Count(background, ada, between("2019-01-01", "2020-01-01")); return err })
	})
}

var benchmarkOrders = []struct {
	name  string
	order []store.Order
}{
	{"id", nil},
	{"startDate desc", []store.Order{{By: property(store.PropertyStartDate), Descending: true}}},
}

var benchmarkQueries = []struct {
	name   string
	filter store.Expr
}{
	{"all", nil},
	{"a week", between("2019-06-16", "2019-06-23")},
	{"a month", between("2019-06-01", "2019-07-01")},
	{"a year", between("2019-01-01", "2020-01-01")},
	{"ten years", between("2009-01-01", "2019-01-01")},
	{"since last month", compared(store.PropertyStartDate, store.Ge, date("2024-09-01"))},
	{"meetings since last month", both(store.IsOf{Type: store.Meeting}, compared(store.PropertyStartDate, store.Ge, date("2024-09-01")))},
	{"meetings since long ago", both(store.IsOf{Type: store.Meeting}, compared(store.PropertyStartDate, store.Ge, date("1975-01-01")))},
	{"meetings", compared(store.PropertyActivity, store.Eq, store.Value{Kind: store.KindActivity, Text: "Meeting"})},
	{"one id", compared(store.PropertyID, store.Eq, text("meeting_2019-06-16_2019-06-17"))},
	{"ids of a month", store.Function{Func: store.StartsWith, Args: []store.Expr{property(store.PropertyID), store.Literal{Value: text("call_2019-06")}}}},
	{"a month, the rest in Go", both(between("2019-06-01", "2019-07-01"), store.Binary{
		Op: store.Ge, X: store.Binary{Op: store.Add, X: property(store.PropertyDuration), Y: property("afterHours")}, Y: store.Literal{Value: duration(edm.Hour)},
	})},
}

// fill gives ada n statistics, as Graph composes them, day by day.
func fill(b *testing.B, s store.Store, n int) {
	b.Helper()
	numbers := make(chan int)
	var writers sync.WaitGroup
	for range 4 * benchmarkWriters { // enough to fill the largest batch of a store
		writers.Go(func() {
			for i := range numbers {
				statistic := daily(i)
				if _, _, err := s.Put(background, store.Key{Owner: ada, ID: statistic.ID}, statistic.Record, store.NoRevision); err != nil {
					b.Errorf("Put: %v", err)
				}
			}
		})
	}
	for i := range n {
		numbers <- i
	}
	close(numbers)
	writers.Wait()
}

// daily is the i-th statistic of one of each type a day since 1970.
func daily(i int) store.Statistic {
	day := date("1970-01-01").Date.AddDays(i / len(typePool))
	kind := typePool[i%len(typePool)]
	return store.Statistic{
		ID: fmt.Sprintf("%s_%s_%s", kind, day, day.AddDays(1)),
		Record: store.Record{
			Type: kind, Activity: types[kind], StartDate: store.Of(day), EndDate: store.Of(day.AddDays(1)),
			TimeZoneUsed: call.TimeZoneUsed, Duration: store.Of(edm.Duration(i%240) * edm.Minute),
		}.With("afterHours", edm.Duration(i%60)*edm.Minute),
	}
}

func measurePage(b *testing.B, s store.Store, query store.Query) {
	measure(b, func() error {
		page, err := s.List(background, ada, query)
		if err == nil && len(page) == 0 {
			err = fmt.Errorf("the page of %+v is empty", query)
		}
		return err
	})
}

// measure reports the median of the calls.
func measure(b *testing.B, call func() error) {
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := call(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "median-ms")
}
