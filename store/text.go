package store

import (
	"strings"
	"unicode/utf8"
)

// indexOf returns the position of the part in the text, counted in characters from 0, or -1 if the text
// does not contain it.
func indexOf(text, part string) int {
	index := strings.Index(text, part)
	if index < 0 {
		return -1
	}
	return utf8.RuneCountInString(text[:index])
}

// substring returns the characters of the text from a position on, at most so many of them, or all if
// length is nil (OData URL 5.1.1.5.7). A negative position counts from the end of the text. The result
// is empty if the position is after the end, and null if the length is negative.
func substring(text string, position, length *Value) Value {
	start := position.Number / One
	if start < 0 {
		start = max(0, start+int64(utf8.RuneCountInString(text)))
	}
	rest := text[byteOffset(text, start):]
	if length == nil {
		return textValue(rest)
	}
	if length.Number < 0 {
		return Value{}
	}
	return textValue(rest[:byteOffset(rest, length.Number/One)])
}

// byteOffset returns the offset in bytes of the character at the position, or of the end of the text.
func byteOffset(text string, position int64) int {
	for offset := range text {
		if position == 0 {
			return offset
		}
		position--
	}
	return len(text)
}
