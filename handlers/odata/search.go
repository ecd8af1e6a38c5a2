package odata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// searchOption is the option that CheckSearch checks.
const searchOption = "$search"

// CheckSearch checks the text of a $search by the standard's grammar (URL conventions, section 5.1.7):
// words, phrases in double quotes and groups in parentheses, with spaces between them. AND, OR and NOT
// are operators or else words, so that they may stand anywhere. A text in single quotes stands for one
// that is not complete. The error is nil or an *Error. Nothing is searched.
func CheckSearch(text string) error {
	s := source{searchOption, text}
	if err := s.checkText(); err != nil {
		return err
	}
	if len(text) > 1 && text[0] == '\'' && text[len(text)-1] == '\'' {
		return nil
	}
	return (&search{source: s}).check()
}

// search reads a text from left to right.
type search struct {
	source
	groups []int // the offsets of the open groups
	// needsSpace reports whether a space or the end of a group must come next.
	needsSpace bool
	// needsItem reports whether a group has just begun, or nothing has.
	needsItem bool
}

func (s *search) check() error {
	s.needsItem = true
	for at := 0; at < len(s.text); {
		char, size := utf8.DecodeRuneInString(s.text[at:])
		switch {
		case unicode.IsSpace(char):
			s.needsSpace = false
		case char == ')':
			if len(s.groups) == 0 || s.needsItem {
				return s.fault(at, "expected a word or a phrase before )")
			}
			s.groups, s.needsSpace = s.groups[:len(s.groups)-1], true
		case s.needsSpace:
			return s.fault(at, "expected a space before %s", short(s.text[at:]))
		case char == '(':
			s.groups, s.needsItem = append(s.groups, at), true
		default:
			end, err := s.item(at)
			if err != nil {
				return err
			}
			size, s.needsItem, s.needsSpace = end-at, false, true
		}
		at += size
	}
	switch {
	case len(s.groups) > 0:
		return s.fault(s.groups[len(s.groups)-1], "expected a ) for this (")
	case s.needsItem:
		return s.fault(len(s.text), "expected a word or a phrase, found the end")
	}
	return nil
}

// item returns the offset after the word or phrase at the offset.
func (s *search) item(at int) (int, error) {
	if s.text[at] != '"' {
		return endOf(s.text, at, func(char rune) bool { return !unicode.IsSpace(char) && !strings.ContainsRune(`()"`, char) }), nil
	}
	for end := at + 1; end < len(s.text); end++ {
		switch s.text[end] {
		case '\\': // before a quote or another backslash
			end++
		case '"':
			if end == at+1 {
				return 0, s.fault(at, "expected a phrase that is not empty")
			}
			return end + 1, nil
		}
	}
	return 0, s.fault(at, "expected a closing double quote")
}
