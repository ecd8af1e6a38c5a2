package plain

import (
	"regexp"
	"testing"
)

// classPatterns are patterns with classes, and patterns that only look like them.
var classPatterns = []string{`^[a-z]*$`, `^[^\x00-\x1f\x7f]*$`, `^[A-Za-z0-9][A-Za-z0-9._~-]*$`, `^[\d]*$`, `^[^a][^b]*$`, `^[ä][a]*$`, `^[\n][^\n]*$`,
	`^[a]+$`, `^[a]{1,2}$`, `^[a]*`, `[a]*$`, `^[\]a]*$`, `^[[:alpha:]]*$`, `^[]a]*$`, `^[a][b]$`, `^[a]b*$`, `^a*$`, `^[a]*[b]*$`}

// TestCompileClasses checks which patterns have classes.
func TestCompileClasses(t *testing.T) {
	for i, pattern := range classPatterns {
		if got := compileClasses(regexp.MustCompile(pattern)) != nil; got != (i < 7) {
			t.Errorf("%s: compiled %t", pattern, got)
		}
	}
}

// FuzzClasses checks that classes match what their pattern matches.
func FuzzClasses(f *testing.F) {
	compiled := map[*regexp.Regexp]*classes{}
	for _, text := range classPatterns {
		pattern := regexp.MustCompile(text)
		if of := compileClasses(pattern); of != nil {
			compiled[pattern] = of
		}
	}
	for _, text := range []string{"", "a", "b", "ab", "aab", "ba", "0", "a.-~", "-a", "\n", "\na", "a\n", "\x7f", "a\x7f", "ä", "äa", "aä", "a\xff", "Time Zone Used value", "A\u2028"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for pattern, of := range compiled {
			if matches, known := of.match(text); known && matches != pattern.MatchString(text) {
				t.Errorf("%s: %q matches: %t", pattern, text, matches)
			}
		}
	})
}
