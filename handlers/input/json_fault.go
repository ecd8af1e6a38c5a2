package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"afterhours/handlers/problem"
)

// decodeError is a fault that the decoder itself finds, at an offset in the text.
type decodeError struct {
	offset int64
	words  string
}

func (e *decodeError) Error() string { return e.words }

// JSONFault returns the words for an error that decoding the text returned: the line and the column,
// what stands there and what would be right. Lines and columns begin with 1; a column is a
// character. Any other error is returned as it is.
func JSONFault(text []byte, err error) string {
	var own *decodeError
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &own):
		return placeOf(text, int(own.offset)) + own.words
	case len(bytes.TrimSpace(text)) == 0:
		return "the body is empty; send a JSON object, as in " + exampleObject
	case errors.As(err, &syntax), errors.Is(err, io.EOF), errors.Is(err, errSecondValue):
		found := findFault(text)
		return placeOf(text, found.at) + found.words()
	}
	return err.Error()
}

const exampleObject = `{"duration": "PT1H30M"}`

// placeOf returns the line and the column of a byte offset.
func placeOf(text []byte, offset int) string {
	before := text[:min(offset, len(text))]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return fmt.Sprintf("line %d, column %d: ", bytes.Count(before, []byte("\n"))+1, utf8.RuneCount(line)+1)
}

// syntaxFault is the first fault of a text that is not JSON.
type syntaxFault struct {
	text   []byte
	at     int    // the byte offset
	reason string // the library's words, without the names of members
	// within is { in an object, [ in an array, and 0 outside of both; count is how many names and
	// values of it were read.
	within jsontext.Kind
	count  int64
	before byte // the last byte before the fault that is no space, 0 at the start
}

// findFault reads the text up to its first fault.
func findFault(text []byte) syntaxFault {
	tokens := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
	_, err := tokens.ReadToken()
	for err == nil && tokens.StackDepth() > 0 {
		_, err = tokens.ReadToken()
	}
	found := syntaxFault{text: text}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		found.at, found.reason = int(syntax.ByteOffset), syntax.Err.Error()
	} else { // the first value is right
		found.at = len(text) - len(bytes.TrimLeft(text[tokens.InputOffset():], " \t\r\n"))
	}
	found.within, found.count = tokens.StackIndex(tokens.StackDepth())
	if before := bytes.TrimRight(text[:found.at], " \t\r\n"); len(before) > 0 {
		found.before = before[len(before)-1]
	}
	return found
}

// words returns what stands at the fault, and the advice of the first rule that applies.
func (f *syntaxFault) words() string {
	for _, rule := range rules {
		if rule.applies(f) {
			return "found " + f.found() + "; " + strings.ReplaceAll(rule.advice, "%s", f.word())
		}
	}
	return "found " + f.found() + "; expected JSON, as in " + exampleObject
}

// rules are the faults that people make, with what would be right. %s stands for the word of the
// fault. The order counts.
var rules = []struct {
	applies func(*syntaxFault) bool
	advice  string
}{
	{(*syntaxFault).atEnd, "it ends too early: each { needs its }, each [ its ], and each text its closing quote"},
	{says("UTF-8"), "send the body in UTF-8: a text of it is invalid UTF-8"},
	{says("surrogate"), `write both halves of a surrogate pair, as in \ud83d\ude00`},
	{says("escape"), `write a backslash of a text as \\`},
	{says("in literal"), "write true, false or null in full"},
	{says("in string"), `write a control character of a text as its escape, as in \n for the end of a line`},
	{says("depth"), "nest objects and arrays less deeply"},
	{(*syntaxFault).isForm, "send a JSON object instead of a form, as in " + exampleObject},
	{begins("<"), "send a JSON object instead of XML or HTML, as in " + exampleObject},
	{begins("\ufeff"), "leave out the byte order mark"},
	{begins("/", "#"), "JSON has no comments: leave it out"},
	{begins("'", "“", "”", "‘", "’", "`"), `put names and texts in double quotes, as in "duration"`},
	{(*syntaxFault).afterWhole, "send one JSON value, and nothing after it"},
	{(*syntaxFault).isLastComma, "leave out the comma after the last member"},
	{both(begins(","), not((*syntaxFault).afterValue)), "leave out the comma that has nothing before it"},
	{isWord("NaN", "Infinity", "inf", "nan", "Inf"), "JSON has no %s: write null, or leave the member out"},
	{(*syntaxFault).inNumber, "write a number in decimal digits, as in 0.5 or -10"},
	{(*syntaxFault).afterName, "put a colon between a name and its value"},
	{both(within('{'), (*syntaxFault).afterValue), "put a comma between two members, and } after the last one"},
	{both(within('['), (*syntaxFault).afterValue), "put a comma between two values, and ] after the last one"},
	{(*syntaxFault).atName, `put the name of a member in double quotes, as in "duration"`},
	{isWord("None", "none", "nil", "Null", "NULL", "undefined"), "write null instead of %s"},
	{isWord("True", "TRUE"), "write true instead of %s"},
	{isWord("False", "FALSE"), "write false instead of %s"},
	{begins("}", "]"), "expected a value, as in " + exampleObject},
	{func(f *syntaxFault) bool { return f.word() != "" }, "put a text in double quotes, as in \"PT1H30M\""},
}

func says(part string) func(*syntaxFault) bool {
	return func(f *syntaxFault) bool { return strings.Contains(f.reason, part) }
}

func begins(prefixes ...string) func(*syntaxFault) bool {
	return func(f *syntaxFault) bool {
		for _, prefix := range prefixes {
			if bytes.HasPrefix(f.text[f.at:], []byte(prefix)) {
				return true
			}
		}
		return false
	}
}

func both(a, b func(*syntaxFault) bool) func(*syntaxFault) bool {
	return func(f *syntaxFault) bool { return a(f) && b(f) }
}

func not(a func(*syntaxFault) bool) func(*syntaxFault) bool {
	return func(f *syntaxFault) bool { return !a(f) }
}

func within(kind jsontext.Kind) func(*syntaxFault) bool {
	return func(f *syntaxFault) bool { return f.within == kind }
}

func isWord(words ...string) func(*syntaxFault) bool {
	return func(f *syntaxFault) bool {
		for _, word := range words {
			if f.word() == word {
				return true
			}
		}
		return false
	}
}

func (f *syntaxFault) atEnd() bool { return f.at >= len(f.text) }

// form is the beginning of a text in application/x-www-form-urlencoded.
var form = regexp.MustCompile(`^[A-Za-z0-9_.%+-]+=`)

func (f *syntaxFault) isForm() bool { return f.at == 0 && form.Match(f.next()) }

// afterWhole reports whether the fault stands after a whole JSON value.
func (f *syntaxFault) afterWhole() bool { return f.within == 0 && f.count > 0 }

// isLastComma reports whether the fault is a comma before } or ].
func (f *syntaxFault) isLastComma() bool {
	rest, isComma := bytes.CutPrefix(f.text[f.at:], []byte(","))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return isComma && f.count > 0 && len(rest) > 0 && (rest[0] == '}' || rest[0] == ']')
}

// afterName reports whether a colon must stand at the fault.
func (f *syntaxFault) afterName() bool {
	return f.within == '{' && f.count%2 == 1 && f.before != ':'
}

// afterValue reports whether a comma or the end of the object or the array must stand at the fault.
func (f *syntaxFault) afterValue() bool {
	return f.within != 0 && f.count > 0 && (f.within == '[' || f.count%2 == 0) && f.before != ','
}

// atName reports whether the name of a member must stand at the fault.
func (f *syntaxFault) atName() bool {
	return f.within == '{' && f.count%2 == 0 && !f.afterValue()
}

// inNumber reports whether the fault is in a number, or directly follows one, as in 01 and 0x10.
func (f *syntaxFault) inNumber() bool {
	if says("in number")(f) && f.word() == "" {
		return true
	}
	adjacent := f.at > 0 && '0' <= f.text[f.at-1] && f.text[f.at-1] <= '9' && f.word() != ""
	return adjacent || begins("+", ".")(f) && !f.atName()
}

// next returns the next bytes of the text, at most as many as a word needs.
func (f *syntaxFault) next() []byte { return f.text[f.at:min(len(f.text), f.at+256)] }

// word returns the letters and digits at the fault, at most 60, "" if there are none.
func (f *syntaxFault) word() string {
	rest := f.next()
	end := bytes.IndexFunc(rest, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' })
	if end < 0 {
		end = len(rest)
	}
	return problem.Shown(string(rest[:end]))
}

// found returns the word or the character at the fault.
func (f *syntaxFault) found() string {
	if f.atEnd() {
		return "the end"
	}
	if word := f.word(); word != "" {
		return "'" + word + "'"
	}
	char, size := utf8.DecodeRune(f.text[f.at:])
	switch name := marks[char]; {
	case name != "":
		return name
	case char == utf8.RuneError && size == 1:
		return fmt.Sprintf("the byte %#02x", f.text[f.at])
	case !unicode.IsPrint(char):
		return fmt.Sprintf("%U", char)
	}
	return "'" + string(char) + "'"
}

// marks are the names of the characters that are easily overlooked between others.
var marks = map[rune]string{'\'': "a single quote", '"': "a double quote", ',': "a comma", ';': "a semicolon", '.': "a full stop"}
