package store

import (
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// scratch is the memory of one text that a Matcher makes. It is used again for the next
// statistic, so that a filter allocates nothing for each of them. The text of the statistic
// before then changes, which is right for a Matcher alone: it returns no texts.
type scratch struct{ bytes []byte }

// reusing has the functions that make texts. Each returns what the one in functions does, as
// a text in the scratch.
var reusing = map[Func]func(s *scratch, args arguments) Value{
	ToLower: func(s *scratch, args arguments) Value {
		return textValue(s.mapped(args[0].Text, 'A', 'Z', unicode.ToLower))
	},
	ToUpper: func(s *scratch, args arguments) Value {
		return textValue(s.mapped(args[0].Text, 'a', 'z', unicode.ToUpper))
	},
	Concat: func(s *scratch, args arguments) Value { return textValue(s.concat(args[0].Text, args[1].Text)) },
}

func (s *scratch) concat(x, y string) string {
	s.bytes = append(append(s.bytes[:0], x...), y...)
	return s.text()
}

// mapped returns the text with each character changed, as strings.Map does. Of ASCII, change
// must change the letters from first to last alone, each to its other case.
func (s *scratch) mapped(text string, first, last byte, change func(rune) rune) string {
	s.bytes = append(s.bytes[:0], text...)
	for i, char := range s.bytes {
		if char >= utf8.RuneSelf {
			s.bytes = s.bytes[:i]
			for _, char := range text[i:] {
				s.bytes = utf8.AppendRune(s.bytes, change(char))
			}
			break
		}
		if first <= char && char <= last {
			s.bytes[i] = char ^ ('a' - 'A')
		}
	}
	return s.text()
}

// text returns the text without copying it.
func (s *scratch) text() string { return unsafe.String(unsafe.SliceData(s.bytes), len(s.bytes)) }
