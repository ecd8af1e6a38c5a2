package storetest

import (
	"testing"

	"pgregory.net/rapid"

	"afterhours/store"
)

func drawStatistic(t *rapid.T) store.Statistic {
	return store.Statistic{ID: one(t, "id", idPool...), Record: drawRecord(t)}
}

func TestFoldKeepsTheValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expr, statistic := drawBool(t, 4), drawStatistic(t)
		if got, want := store.Evaluate(store.Fold(expr), &statistic), store.Evaluate(expr, &statistic); got != want {
			t.Fatalf("%+v\nis %+v for %+v\nand folded %+v", expr, want, statistic, got)
		}
	})
}

// TestMatcherKeepsWhatMatchKeeps uses one matcher for several statistics in the same place,
// as stores do. Every part of the filter is in it twice.
func TestMatcherKeepsWhatMatchKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawBool(t, 3), drawBool(t, 3)
		filter := store.Binary{
			Op: one(t, "op", store.And, store.Or),
			X:  store.Binary{Op: one(t, "op", store.And, store.Or), X: x, Y: y},
			Y:  store.Binary{Op: one(t, "op", store.Eq, store.Ne), X: x, Y: y},
		}
		matcher := store.NewMatcher(filter)
		var statistic store.Statistic
		for range 5 {
			statistic = drawStatistic(t)
			if got, want := matcher.Match(&statistic), store.Match(filter, &statistic); got != want {
				t.Fatalf("%t for %+v by\n%+v", got, statistic, filter)
			}
		}
	})
}
