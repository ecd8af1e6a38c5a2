package odata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLength is the maximum length of an option, in characters. Few URLs are longer. A
// filter of maxNodes nodes fits.
const maxLength = 4096

// lex splits the text into tokens. Only the last token is tokenEnd. lex refuses a text
// that is too long or is not UTF-8, and a string without a closing quote. It also
// refuses U+0000, which stores cannot hold.
func lex(s source) ([]token, error) {
	if err := s.checkText(); err != nil {
		return nil, err
	}
	var tokens []token
	for at := 0; at < len(s.text); {
		char, size := utf8.DecodeRuneInString(s.text[at:])
		if char == ' ' || char == '\t' { // rule BWS of the ABNF
			at += size
			continue
		}
		t := token{start: at, end: at + size}
		switch kind, ok := punctuation[char]; {
		case ok:
			t.kind = kind
		case char == '\'':
			t.kind = tokenText
			if t.end = closingQuote(s.text, at); t.end < 0 {
				return nil, s.fault(at, "expected a closing quote (a quote inside the text is written ''), found %s", short(s.text[at:]))
			}
		case isDigit(char):
			t.kind, t.end = tokenNumeral, endOfNumeral(s.text, at)
		case beginsGUID(s.text[at:]):
			t.kind, t.end = tokenNumeral, endOfNumeral(s.text, at)
		case beginsWord(char):
			t.kind, t.end = tokenWord, endOf(s.text, at, inWord)
		default:
			t.kind = tokenStray
		}
		tokens = append(tokens, t)
		at = t.end
	}
	return append(tokens, token{kind: tokenEnd, start: len(s.text), end: len(s.text)}), nil
}

// checkText checks the length and the characters of the text.
func (s source) checkText() error {
	characters := 0
	for at, char := range s.text {
		if characters++; characters > maxLength {
			return s.fault(at, "expected at most %d characters, found more", maxLength)
		}
		if char == utf8.RuneError && !strings.HasPrefix(s.text[at:], string(utf8.RuneError)) {
			return s.fault(at, "expected UTF-8, found the byte %#02x", s.text[at])
		}
		if char == 0 {
			return s.fault(at, "expected any character except U+0000")
		}
	}
	return nil
}

// closingQuote returns the offset after the string that begins at the offset, or -1 if
// the string has no closing quote.
func closingQuote(text string, at int) int {
	for at++; at < len(text); at++ {
		if text[at] != '\'' {
			continue
		}
		if at++; at == len(text) || text[at] != '\'' {
			return at
		}
	}
	return -1
}

// endOf returns the offset of the first character, from the given offset on, for which
// in is false.
func endOf(text string, at int, in func(rune) bool) int {
	if length := strings.IndexFunc(text[at:], func(char rune) bool { return !in(char) }); length >= 0 {
		return at + length
	}
	return len(text)
}

// endOfNumeral returns the offset after the numeral. It has a plus only in an exponent or before an
// offset from UTC.
func endOfNumeral(text string, at int) int {
	end := endOf(text, at, inNumeral)
	follows := end+1 < len(text) && text[end] == '+' && isDigit(rune(text[end+1]))
	if follows && (strings.ContainsAny(text[at:end], "Tt") || strings.HasSuffix(fold(text[at:end]), "e")) {
		return endOf(text, end+1, inNumeral)
	}
	return end
}

// beginsGUID reports whether the text begins with a GUID, which would else be a word and a minus if its
// first digit is a letter.
func beginsGUID(text string) bool {
	const length = 36
	return len(text) >= length && guidForm.MatchString(text[:length])
}

func isDigit(char rune) bool { return '0' <= char && char <= '9' }

func beginsWord(char rune) bool {
	return unicode.IsLetter(char) || char == '_' || char == '$' || char == '@'
}

func inWord(char rune) bool { return beginsWord(char) || isDigit(char) || char == '.' }

// inNumeral reports whether the character belongs to a numeral. 2019-06-16 is one token,
// since OData has no infix minus. A malformed number or date, such as 5L or 07:59, is
// also one token, so that an error can quote all of it.
func inNumeral(char rune) bool { return inWord(char) || char == '-' || char == ':' }
