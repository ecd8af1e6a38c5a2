package plain

import (
	"strings"
	"unicode/utf8"
)

// scan returns the members of the JSON object that the text is. It reports false if the text is no object, or
// has an object, an array, a number, an escape, or more than maxMembers.
func scan(text string) ([]member, bool) {
	members := make([]member, 0, usualMembers)
	from := scanner(text)
	if !from.take('{') {
		return nil, false
	}
	for !from.take('}') {
		if len(members) == maxMembers || len(members) > 0 && !from.take(',') {
			return nil, false
		}
		name, isText := from.text()
		if !isText || !from.take(':') {
			return nil, false
		}
		one := member{name: name}
		if one.kind, one.text = from.value(); one.kind == 0 {
			return nil, false
		}
		members = append(members, one)
	}
	from.space()
	return members, from == ""
}

// scanner is what is left of a text.
type scanner string

// space leaves out white space.
func (s *scanner) space() {
	for len(*s) > 0 && ((*s)[0] == ' ' || (*s)[0] == '\n' || (*s)[0] == '\r' || (*s)[0] == '\t') {
		*s = (*s)[1:]
	}
}

// take leaves out white space and the character. It reports false if another one follows.
func (s *scanner) take(character byte) bool {
	s.space()
	if len(*s) == 0 || (*s)[0] != character {
		return false
	}
	*s = (*s)[1:]
	return true
}

// text reads a text without escapes. It reports false if none follows.
func (s *scanner) text() (string, bool) {
	if !s.take('"') {
		return "", false
	}
	rest, isASCII := string(*s), true
	for i := 0; i < len(rest); i++ {
		if isUsual[rest[i]] {
			continue
		}
		switch c := rest[i]; {
		case c == '"':
			*s = scanner(rest[i+1:])
			return rest[:i], isASCII || utf8.ValidString(rest[:i])
		case c < utf8.RuneSelf: // it is escaped, or should be
			return "", false
		}
		isASCII = false
	}
	return "", false
}

// isUsual has the characters of ASCII that stand in a text as they are.
var isUsual = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// value reads null, true, false or a text. The kind is the first character, 0 if another value follows.
func (s *scanner) value() (kind byte, text string) {
	s.space()
	if strings.HasPrefix(string(*s), `"`) {
		text, isText := s.text()
		if !isText {
			return 0, ""
		}
		return '"', text
	}
	for _, literal := range []string{"null", "true", "false"} {
		if rest, found := strings.CutPrefix(string(*s), literal); found {
			*s = scanner(rest)
			return literal[0], ""
		}
	}
	return 0, ""
}
