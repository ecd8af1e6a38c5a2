package odata

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error says what is wrong in the text of a query option. It repeats only a short
// piece of the text, without characters that cannot be seen, and may be sent to the
// caller as it is.
type Error struct {
	// Option is the name of the option, such as $filter.
	Option string
	// Column is where the text stops being right: in characters (code points) of the
	// decoded text, from 1 to one behind its last.
	Column int
	// Problem says what was found and what was expected. For an unknown property it
	// is the sentence with which Graph refuses it.
	Problem string
}

// Error returns the option, the column and the problem.
func (e *Error) Error() string {
	return fmt.Sprintf("%s, column %d: %s", e.Option, e.Column, e.Problem)
}

// source is the text of an option, which faults refer to.
type source struct {
	option string
	text   string
}

// fault is an error at the byte offset.
func (s source) fault(offset int, format string, args ...any) error {
	return &Error{
		Option:  s.option,
		Column:  utf8.RuneCountInString(s.text[:offset]) + 1,
		Problem: fmt.Sprintf(format, args...),
	}
}

// shown returns a piece of the text as an error repeats it: "the end" if it is
// empty.
func shown(piece string) string {
	if piece == "" {
		return "the end"
	}
	return short(piece)
}

// longestPiece is how many characters of the text an error repeats: enough to find
// the place, and longer than every name in the contract.
const longestPiece = 60

func short(piece string) string {
	var b strings.Builder
	count := 0
	for _, char := range piece {
		if count++; count > longestPiece {
			return b.String() + "..."
		}
		if !unicode.IsPrint(char) {
			char = unicode.ReplacementChar
		}
		b.WriteRune(char)
	}
	return b.String()
}
