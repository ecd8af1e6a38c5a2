package odata

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is a fault in the text of a query option. It quotes only a short piece of the
// text, without unprintable characters. The server may send it to the client.
type Error struct {
	// Option is the name of the option, such as $filter.
	Option string
	// Column is the position of the fault, in characters (code points) of the decoded
	// text. It starts at 1. At the end of the text it is the length plus 1.
	Column int
	// Problem says what was expected and what was found. For an unknown property it is
	// the sentence that Graph returns.
	Problem string
	// NotImplemented reports whether OData has what was found, and this package does not.
	NotImplemented bool
}

// Error returns the option, the column and the problem.
func (e *Error) Error() string {
	return fmt.Sprintf("%s, column %d: %s", e.Option, e.Column, e.Problem)
}

// source is the text of an option. Its faults have columns in this text.
type source struct {
	option string
	text   string
}

// fault returns an error at the byte offset.
func (s source) fault(offset int, format string, args ...any) error {
	return &Error{
		Option:  s.option,
		Column:  utf8.RuneCountInString(s.text[:offset]) + 1,
		Problem: fmt.Sprintf(format, args...),
	}
}

// notImplemented returns the error for a construct of OData that this package does not have.
func (s source) notImplemented(offset int, construct string) error {
	return &Error{
		Option:         s.option,
		Column:         utf8.RuneCountInString(s.text[:offset]) + 1,
		Problem:        "OData has " + construct + ", but this server does not implement it",
		NotImplemented: true,
	}
}

// shown returns a piece of the text for an error: "the end" if the piece is empty.
func shown(piece string) string {
	if piece == "" {
		return "the end"
	}
	return short(piece)
}

// longestPiece is the maximum number of characters that an error quotes. Every name in
// the contract is shorter.
const longestPiece = 60

// short truncates a piece of the text and replaces unprintable characters.
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
