package storetest

import (
	"strconv"
	"testing"

	"afterhours/store"
)

// expensiveSize is how many statistics the one owner of BenchmarkExpensiveFilter has.
const expensiveSize = 80_000

// BenchmarkExpensiveFilter measures filters that Go evaluates for each of one user's 80,000
// statistics, none of which they keep. Each is about 1.4 KB as the text of a $filter.
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

// expensiveFilters are contains(toupper(tolower(concat(id,timeZoneUsed))),'x0') or the
// same with 'x1' and so on. "many texts" differ inside of the concat, too.
var expensiveFilters = map[string]store.Expr{
	"one text": anyContains(22, func(string) store.Expr { return property(store.PropertyTimeZoneUsed) }),
	"many texts": anyContains(18, func(n string) store.Expr {
		return concat(property(store.PropertyTimeZoneUsed), store.Literal{Value: text(n)})
	}),
}

func anyContains(terms int, second func(n string) store.Expr) store.Expr {
	var filter store.Expr
	for i := range terms {
		n := strconv.Itoa(i)
		folded := function(store.ToUpper, function(store.ToLower, concat(property(store.PropertyID), second(n))))
		term := function(store.Contains, folded, store.Literal{Value: text("x" + n)})
		if filter == nil {
			filter = term
		} else {
			filter = store.Binary{Op: store.Or, X: filter, Y: term}
		}
	}
	return filter
}

func function(f store.Func, args ...store.Expr) store.Expr {
	return store.Function{Func: f, Args: args}
}

func concat(x, y store.Expr) store.Expr { return function(store.Concat, x, y) }
