package storetest

import (
	"strconv"
	"testing"

	"afterhours/store"
)

// expensiveSize is how many statistics the one owner of BenchmarkExpensiveFilter has.
const expensiveSize = 80_000

// BenchmarkExpensiveFilter measures the count of filters that Go evaluates for each of one
// user's 80,000 statistics, and that keep none of them. They are within the limits of
// handlers/odata: "equal texts" has 1.4 KB, "different texts" makes as much text as it may.
func BenchmarkExpensiveFilter(b *testing.B, open Open) {
	s := opened(b, open)
	fill(b, s, expensiveSize)
	for name, filter := range expensiveFilters {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			measure(b, func() error { _, err := s.Count(background, ada, filter); return err })
		})
	}
}

// expensiveFilters are conditions contains(toupper(tolower(concat(...))),'x') joined by or.
var expensiveFilters = map[string]store.Expr{
	"equal texts":     anyContains(22, func(int) store.Expr { return property(store.PropertyTimeZoneUsed) }),
	"different texts": anyContains(10, func(i int) store.Expr { return store.Literal{Value: text(strconv.Itoa(i))} }),
}

// anyContains returns terms that look for different texts in the id with a suffix.
func anyContains(terms int, suffix func(i int) store.Expr) store.Expr {
	var filter store.Expr = store.Literal{Value: store.Value{Kind: store.KindBool}}
	for i := range terms {
		id := function(store.Concat, property(store.PropertyID), suffix(i))
		sought := store.Literal{Value: text("x" + strconv.Itoa(i))}
		term := function(store.Contains, function(store.ToUpper, function(store.ToLower, id)), sought)
		filter = store.Binary{Op: store.Or, X: filter, Y: term}
	}
	return filter
}

func function(f store.Func, args ...store.Expr) store.Expr {
	return store.Function{Func: f, Args: args}
}
