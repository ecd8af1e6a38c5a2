package pattern

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// classes are the escapes that stand for a set of characters, as the inside of a class of RE2.
var classes = map[rune]string{
	'd': "0-9", 'D': `\x{0}-/:-\x{10ffff}`,
	'w': "0-9A-Z_a-z", 'W': "\\x{0}-/:-@\\[-^`\\{-\\x{10ffff}",
	's': space, 'S': notSpace,
}

// controls are the escapes of control characters.
var controls = map[rune]rune{'t': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r', '0': 0}

// escape translates what follows a backslash outside of a class, and reports whether it may be repeated.
func (s *scanner) escape() (repeatable bool, err error) {
	char, ok := s.take()
	switch set, isClass := classes[char]; {
	case !ok:
		return false, malformed(`\ at the end`)
	case isClass:
		s.out.WriteString("[" + set + "]")
		return true, nil
	case char == 'b' || char == 'B':
		s.out.WriteString(`\` + string(char))
		return false, nil
	case '1' <= char && char <= '9', char == 'k':
		return false, unsupported(`the reference \` + string(char) + " to a group")
	}
	stands, err := s.character(char)
	if err != nil {
		return false, err
	}
	s.literal(stands)
	return true, nil
}

// character returns the character that an escape stands for. char is what follows its backslash.
func (s *scanner) character(char rune) (rune, error) {
	if control, ok := controls[char]; ok {
		if char == '0' && len(s.rest) > 0 && '0' <= s.rest[0] && s.rest[0] <= '9' {
			return 0, malformed(`\0 before a digit`)
		}
		return control, nil
	}
	switch {
	case char == 'x':
		return s.hexadecimal(2, 2)
	case char == 'u':
		if s.accept("{") {
			stands, err := s.hexadecimal(1, 6)
			if err == nil && !s.accept("}") {
				err = malformed(`\u{ has no } after at most 6 digits`)
			}
			return stands, err
		}
		return s.hexadecimal(4, 4)
	case char == 'c':
		letter, ok := s.take()
		if upper := letter &^ 0x20; !ok || upper < 'A' || upper > 'Z' {
			return 0, malformed(`\c needs a letter after it`)
		}
		return letter & 0x1f, nil
	case char == 'p' || char == 'P':
		return 0, unsupported(`the property of Unicode \` + string(char))
	case strings.ContainsRune(`^$\.*+?()[]{}|/-`, char):
		return char, nil
	}
	return 0, malformed(`\%c means nothing`, char)
}

// hexadecimal reads from least to most hexadecimal digits of a character.
func (s *scanner) hexadecimal(least, most int) (rune, error) {
	count := 0
	for count < min(most, len(s.rest)) && strings.ContainsRune("0123456789abcdefABCDEF", s.rest[count]) {
		count++
	}
	value, _ := strconv.ParseInt(string(s.rest[:count]), 16, 32) // 6 digits at most, and 0 if there is none
	switch {
	case count < least:
		return 0, malformed("an escape of a character needs %d hexadecimal digits", least)
	case 0xD800 <= value && value < 0xE000:
		return 0, unsupported("half of a surrogate pair; write the whole character")
	case value > utf8.MaxRune:
		return 0, malformed("there is no character %X", value)
	}
	s.rest = s.rest[count:]
	return rune(value), nil
}

// class translates a class, after its bracket.
func (s *scanner) class() error {
	negated := s.accept("^")
	var set strings.Builder
	for {
		char, ok := s.take()
		if !ok {
			return malformed("a class has no closing bracket")
		}
		if char == ']' {
			s.writeClass(negated, set.String())
			return nil
		}
		if err := s.member(&set, char); err != nil {
			return err
		}
	}
}

// writeClass writes a class. An empty one matches nothing, and its opposite everything.
func (s *scanner) writeClass(negated bool, set string) {
	switch {
	case set == "" && negated:
		s.out.WriteString(`[\x{0}-\x{10ffff}]`)
	case set == "":
		s.out.WriteString(`[^\x{0}-\x{10ffff}]`)
	case negated:
		s.out.WriteString("[^" + set + "]")
	default:
		s.out.WriteString("[" + set + "]")
	}
}

// member translates the member of a class that begins with the character: a character, a range or a set.
func (s *scanner) member(set *strings.Builder, char rune) error {
	from, isSet, err := s.inClass(char)
	if err != nil {
		return err
	}
	if isRange := len(s.rest) > 1 && s.rest[0] == '-' && s.rest[1] != ']'; !isRange {
		set.WriteString(from)
		return nil
	}
	s.accept("-")
	char, _ = s.take()
	to, toSet, err := s.inClass(char)
	switch {
	case err != nil:
		return err
	case isSet || toSet:
		return malformed("a range of a class begins or ends with a set")
	case codeOf(from) > codeOf(to):
		return malformed("a range of a class ends before its beginning")
	}
	set.WriteString(from + "-" + to)
	return nil
}

// inClass returns a character in a class as RE2 has it, or the inside of a set.
func (s *scanner) inClass(char rune) (text string, isSet bool, err error) {
	if char != '\\' {
		return coded(char), false, nil
	}
	char, ok := s.take()
	set, isSet := classes[char]
	switch {
	case !ok:
		return "", false, malformed(`\ at the end`)
	case isSet:
		return set, true, nil
	case char == 'b':
		return coded('\b'), false, nil
	}
	stands, err := s.character(char)
	return coded(stands), false, err
}

func coded(char rune) string { return fmt.Sprintf(`\x{%x}`, char) }

// codeOf returns the code of a character that coded wrote.
func codeOf(text string) int64 {
	value, _ := strconv.ParseInt(strings.Trim(text, `\x{}`), 16, 32)
	return value
}
