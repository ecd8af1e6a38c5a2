package odata_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"afterhours/store"
)

// longest has the longest texts that the contract allows. A change of case makes them longer
// in bytes.
var longest = store.Statistic{
	ID:     strings.Repeat("ɐ", 128),
	Record: store.Record{Type: store.Call, TimeZoneUsed: store.Of(strings.Repeat("Ⱥ", 256))},
}

// made returns the characters of the different texts that concat, tolower and toupper make
// for the longest statistic.
func made(filter store.Expr) int {
	characters, seen := 0, map[string]bool{}
	visit(store.Fold(filter), func(f store.Function) {
		switch f.Func {
		case store.Concat, store.ToLower, store.ToUpper:
		default:
			return
		}
		if key := fmt.Sprint(f); !seen[key] {
			seen[key] = true
			characters += utf8.RuneCountInString(store.Evaluate(f, &longest).Text)
		}
	})
	return characters
}

func visit(expr store.Expr, f func(store.Function)) {
	switch x := expr.(type) {
	case store.Not:
		visit(x.X, f)
	case store.Negate:
		visit(x.X, f)
	case store.In:
		visit(x.X, f)
	case store.Binary:
		visit(x.X, f)
		visit(x.Y, f)
	case store.Function:
		f(x)
		for _, arg := range x.Args {
			visit(arg, f)
		}
	}
}

// TestTheTextThatAFilterMakesIsBounded checks random filters of texts, of which the parser
// refuses many.
func TestTheTextThatAFilterMakesIsBounded(t *testing.T) {
	accepted, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		g := generator{t}
		filter := bin(g.tree(store.KindText, 6), store.Eq, g.tree(store.KindText, 6))
		for range g.below(4) {
			filter = bin(filter, store.Or, bin(g.tree(store.KindText, 6), store.Eq, g.tree(store.KindText, 6)))
		}
		text := printer{}.expr(filter, 0)
		if _, err := model.ParseFilter(text); err != nil {
			refused++
			return
		}
		accepted++
		if n := made(filter); n > 4096 {
			t.Fatalf("%s makes %d characters", text, n)
		}
	})
	if accepted == 0 || refused == 0 {
		t.Errorf("%d accepted, %d refused", accepted, refused)
	}
}
