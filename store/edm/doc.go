// Package edm owns the two types of OData's Entity Data Model that a statistic is
// made of, Edm.Duration and Edm.Date: their values, their order and their text. It
// leaves alone URL literals, looser spellings that clients send, null and JSON.
//
// Both are integers, so == and < compare values (PT60M equals PT1H), and what a
// value cannot keep exactly is refused when parsed, never rounded.
package edm

import "strings"

// longestQuote is the most bytes of a bad text that an error repeats: enough to
// recognise it, little enough that a hostile text does not fill a log.
const longestQuote = 64

// shown returns the text as an error repeats it. The copy keeps the text itself
// from escaping, so that parsing what is right allocates nothing.
func shown(text string) string {
	if len(text) > longestQuote {
		return strings.ToValidUTF8(text[:longestQuote], "") + "..."
	}
	return strings.Clone(text)
}
