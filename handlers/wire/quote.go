package wire

import "github.com/go-json-experiment/json/jsontext"

// needsEscape has the characters of ASCII that JSON escapes, and every byte of any other character, which
// jsontext.AppendQuote must look at.
var needsEscape = func() (table [256]bool) {
	for c := range table {
		table[c] = c < ' ' || c > '~' || c == '"' || c == '\\'
	}
	return table
}()

// appendQuote appends a text as JSON, as jsontext.AppendQuote does. A text without escapes takes a quarter of the
// instructions.
func appendQuote(text []byte, value string) []byte {
	for i := range len(value) {
		if needsEscape[value[i]] {
			text, _ = jsontext.AppendQuote(text, value)
			return text
		}
	}
	return append(append(append(text, '"'), value...), '"')
}
