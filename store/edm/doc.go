// Package edm owns the two types of OData's Entity Data Model that a statistic is
// made of, Edm.Duration and Edm.Date: their values, their order and their text. It
// leaves alone URL literals, null and JSON.
//
// Both are integers, so == and < compare values: PT60M equals PT1H. Parsing refuses a text
// that a value cannot hold exactly, and never rounds.
package edm

import (
	"fmt"
	"strings"
)

// Fault is the error of a text that is no value.
type Fault struct {
	// Kind is duration or date.
	Kind string
	// Text is the text, cut if it is long.
	Text string
	// Problem says what is wrong in the text and what would be right.
	Problem string
}

func (f *Fault) Error() string { return fmt.Sprintf("%s %q: %s", f.Kind, f.Text, f.Problem) }

// longestQuote is the most bytes of a bad text that an error repeats. It is enough to
// recognise the text, and too little for a hostile text to fill a log.
const longestQuote = 64

// shown returns the text as an error repeats it. It copies the text, so that the text
// itself does not escape and parsing a correct one allocates nothing.
func shown(text string) string {
	if len(text) > longestQuote {
		return strings.ToValidUTF8(text[:longestQuote], "") + "..."
	}
	return strings.Clone(text)
}
