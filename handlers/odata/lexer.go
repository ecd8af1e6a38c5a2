package odata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLength bounds the text of an option, in characters. A URL is hardly longer in
// practice, and the largest filter that maxNodes allows has room.
const maxLength = 4096

// lex cuts the text into tokens, of which the last one, and only that, is
// tokenEnd. It refuses a text that is too long, that is no UTF-8 or has a U+0000,
// which stores cannot hold, and a string without its closing quote.
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
		switch kind, punctuates := punctuation[char]; {
		case punctuates:
			t.kind = kind
		case char == '\'':
			t.kind = tokenText
			if t.end = closingQuote(s.text, at); t.end < 0 {
				return nil, s.fault(at, "expected a closing quote, and '' for each quote inside, found %s", short(s.text[at:]))
			}
		case isDigit(char):
			t.kind, t.end = tokenNumeral, endOf(s.text, at, inNumeral)
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
			return s.fault(at, "expected any character but U+0000, which no text can hold")
		}
	}
	return nil
}

// closingQuote returns the offset behind the string that begins at the offset, or
// -1 if it has no end.
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

// endOf returns the offset behind the characters from the offset on that are in.
func endOf(text string, at int, in func(rune) bool) int {
	if length := strings.IndexFunc(text[at:], func(char rune) bool { return !in(char) }); length >= 0 {
		return at + length
	}
	return len(text)
}

func isDigit(char rune) bool { return '0' <= char && char <= '9' }

func beginsWord(char rune) bool {
	return unicode.IsLetter(char) || char == '_' || char == '$' || char == '@'
}

func inWord(char rune) bool { return beginsWord(char) || isDigit(char) || char == '.' }

// inNumeral takes in whatever cannot stand behind a number: OData has no infix
// minus, so that 2019-06-16 is one token, and so are the things that people take for
// numbers and dates, to be refused as a whole.
func inNumeral(char rune) bool { return inWord(char) || char == '-' || char == ':' }
