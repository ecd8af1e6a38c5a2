package pattern

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// scanner reads a pattern of ECMAScript and writes the same one for RE2.
type scanner struct {
	rest  []rune
	out   strings.Builder
	depth int // of open groups
}

// The classes of ECMAScript that differ from those of RE2: any character but the ends of lines, and the
// white space of Unicode with the ends of lines.
const (
	anyButEnd = `[^\n\r\x{2028}\x{2029}]`
	space     = `\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
	notSpace  = `\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}` +
		`\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

func unsupported(construct string) error {
	return fmt.Errorf("%w: it has %s", ErrUnsupported, construct)
}

// take removes the next character, and reports whether there was one.
func (s *scanner) take() (rune, bool) {
	if len(s.rest) == 0 {
		return 0, false
	}
	char := s.rest[0]
	s.rest = s.rest[1:]
	return char, true
}

// accept removes the text if it comes next.
func (s *scanner) accept(text string) bool {
	if !strings.HasPrefix(string(s.rest[:min(len(s.rest), len(text))]), text) {
		return false
	}
	s.rest = s.rest[len([]rune(text)):]
	return true
}

// pattern translates all of the text.
func (s *scanner) pattern() error {
	repeatable := false // whether a quantifier may follow
	for {
		char, ok := s.take()
		if !ok {
			break
		}
		if strings.ContainsRune("*+?{", char) {
			if !repeatable {
				return malformed("nothing to repeat before %c", char)
			}
			if err := s.quantifier(char); err != nil {
				return err
			}
			repeatable = false
			continue
		}
		var err error
		if repeatable, err = s.term(char); err != nil {
			return err
		}
	}
	if s.depth > 0 {
		return malformed("a group has no closing parenthesis")
	}
	return nil
}

// term translates what begins with the character, and reports whether it may be repeated.
func (s *scanner) term(char rune) (repeatable bool, err error) {
	switch char {
	case '|', '^', '$':
		s.out.WriteRune(char)
		return false, nil
	case '(':
		return false, s.group()
	case ')':
		if s.depth--; s.depth < 0 {
			return false, malformed("a closing parenthesis has no group")
		}
		s.out.WriteRune(char)
		return true, nil
	case '.':
		s.out.WriteString(anyButEnd)
		return true, nil
	case '[':
		return true, s.class()
	case '\\':
		return s.escape()
	case ']', '}':
		return false, malformed("%c needs a backslash before it", char)
	}
	s.literal(char)
	return true, nil
}

// literal writes a character that stands for itself.
func (s *scanner) literal(char rune) { s.out.WriteString(coded(char)) }

// quantifier translates *, +, ? or the braces that begin with the character.
func (s *scanner) quantifier(char rune) error {
	s.out.WriteRune(char)
	if char == '{' {
		end := strings.IndexRune(string(s.rest), '}')
		if end < 0 {
			return malformed("a { needs a backslash before it, or numbers as in {2,3} after it")
		}
		bounds := string(s.rest)[:end]
		low, high, ranged := strings.Cut(bounds, ",")
		if !isNumber(low) || ranged && high != "" && (!isNumber(high) || number(low) > number(high)) {
			return malformed("{%s} is no repetition such as {2,3}", bounds)
		}
		s.rest = s.rest[len([]rune(bounds))+1:]
		s.out.WriteString(bounds + "}")
	}
	if s.accept("?") {
		s.out.WriteRune('?')
	}
	return nil
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// number returns the value of digits, or the largest integer.
func number(digits string) int {
	value, _ := strconv.Atoi(digits) // the largest one if it is out of range
	return value
}

// group translates the beginning of a group, after its parenthesis.
func (s *scanner) group() error {
	s.depth++
	switch {
	case s.accept("?:"):
	case s.accept("?="), s.accept("?!"):
		return unsupported("a group that looks ahead")
	case s.accept("?<="), s.accept("?<!"):
		return unsupported("a group that looks behind")
	case s.accept("?<"):
		end := strings.IndexRune(string(s.rest), '>')
		if end < 0 || !isName(string(s.rest)[:end]) {
			return malformed("the name of a group must be as in (?<name>x)")
		}
		s.rest = s.rest[len([]rune(string(s.rest)[:end]))+1:]
	case s.accept("?"):
		return malformed("(? must go on as in (?:x) or (?<name>x)")
	}
	s.out.WriteString("(?:") // nothing asks for what a group has matched
	return nil
}

func isName(name string) bool {
	for i, char := range name {
		if !unicode.IsLetter(char) && char != '_' && char != '$' && (i == 0 || !unicode.IsDigit(char)) {
			return false
		}
	}
	return name != ""
}
