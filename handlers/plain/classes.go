package plain

import (
	"regexp"
	"slices"
	"unicode/utf8"
)

// classes has the characters of ASCII that a pattern allows at the start and after it. It stands for a pattern that judges
// each character alone, which package regexp takes ten times as long for.
type classes struct {
	first, later [utf8.RuneSelf]bool
	// matchesEmpty is true if the pattern matches the empty text.
	matchesEmpty bool
}

// ofClasses matches the patterns of one or two classes that compileClasses knows, as ^[a-z]*$ and ^[a-z][0-9a-z]*$.
var ofClasses = regexp.MustCompile(`^\^(\[[^]]+\])?\[[^]]+\]\*\$$`)

// compileClasses returns the classes of a pattern, nil for any other pattern. It asks the pattern itself what it allows.
func compileClasses(pattern *regexp.Regexp) *classes {
	if !ofClasses.MatchString(pattern.String()) {
		return nil
	}
	compiled := &classes{matchesEmpty: pattern.MatchString("")}
	for c := range compiled.first {
		compiled.first[c] = pattern.MatchString(string(rune(c)))
	}
	start := string(rune(max(0, slices.Index(compiled.first[:], true)))) // any one that is allowed
	for c := range compiled.later {
		compiled.later[c] = pattern.MatchString(start + string(rune(c)))
	}
	return compiled
}

// match reports whether the text matches the pattern, and whether that is known: it is not if a character is not of ASCII.
func (c *classes) match(text string) (matches, known bool) {
	allowed := &c.first
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false, false
		}
		if !allowed[text[i]] {
			return false, true
		}
		allowed = &c.later
	}
	return text != "" || c.matchesEmpty, true
}
