package store

import (
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// scratch is the memory of one text that a Matcher makes. It is used again for the next
// statistic, so that a filter allocates nothing for each of them.
type scratch struct{ bytes []byte }

// reusing has the functions that make texts. Each does what the one of the same name in
// functions does, but the text that it returns changes when it is called again. That is
// right for a Matcher alone, which calls it once for a statistic and returns no texts.
var reusing = map[Func]func(*scratch) func(args [2]*Value) Value{
	ToLower: func(s *scratch) func([2]*Value) Value {
		return func(args [2]*Value) Value { return textValue(s.mapped(args[0].Text, 'A', 'Z', unicode.ToLower)) }
	},
	ToUpper: func(s *scratch) func([2]*Value) Value {
		return func(args [2]*Value) Value { return textValue(s.mapped(args[0].Text, 'a', 'z', unicode.ToUpper)) }
	},
	Concat: func(s *scratch) func([2]*Value) Value {
		return func(args [2]*Value) Value { return textValue(s.concat(args[0].Text, args[1].Text)) }
	},
}

func (s *scratch) concat(x, y string) string {
	s.bytes = append(append(s.bytes[:0], x...), y...)
	return s.text()
}

// mapped returns the text in the other case. change does it for a character; for those of
// ASCII it changes the letters from first to last.
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

// text returns the text without a copy.
func (s *scratch) text() string { return unsafe.String(unsafe.SliceData(s.bytes), len(s.bytes)) }
