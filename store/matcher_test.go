package store

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestAMatcherWithoutAFilterMatchesAll(t *testing.T) {
	if !NewMatcher(nil).Match(&sample) {
		t.Error("it does not match")
	}
}

// TestAMatcherEvaluatesAPartOnce counts the evaluations for one statistic of a filter that
// has tolower(id) 21 times.
func TestAMatcherEvaluatesAPartOnce(t *testing.T) {
	contains := func(text string) Expr { return call(Contains, call(ToLower, Property{Name: PropertyID}), txt(text)) }
	filter := contains("a")
	for range 20 {
		filter = op(filter, Or, contains("x"))
	}
	made := parts{}
	root, evaluations := made.of(filter), 0
	for _, part := range made {
		if evaluate := part.evaluate; evaluate != nil {
			part.evaluate = func(r *row) Value { evaluations++; return evaluate(r) }
		}
	}
	root.of(&row{&Statistic{ID: "none"}, 1})
	const want = 1 + 1 + 2 + 20 // the id, in lower case, the two conditions, each or
	if evaluations != want {
		t.Errorf("%d evaluations; want %d", evaluations, want)
	}
}

func TestAMatcherAllocatesNothingForAStatistic(t *testing.T) {
	both := call(Concat, Property{Name: PropertyID}, zone)
	filter := op(call(Contains, call(ToUpper, call(ToLower, both)), txt("ä")), Or, call(StartsWith, call(ToLower, zone), both))
	matcher := NewMatcher(filter)
	if allocated := testing.AllocsPerRun(100, func() { matcher.Match(&sample) }); allocated != 0 {
		t.Errorf("it allocates %v times", allocated)
	}
}

func TestScratchMapsLikeStrings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		var s scratch
		if got, want := strings.Clone(s.mapped(text, 'A', 'Z', unicode.ToLower)), strings.ToLower(text); got != want {
			t.Errorf("%q in lower case is %q; want %q", text, got, want)
		}
		if got, want := s.mapped(text, 'a', 'z', unicode.ToUpper), strings.ToUpper(text); got != want {
			t.Errorf("%q in upper case is %q; want %q", text, got, want)
		}
	})
}
