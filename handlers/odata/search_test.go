package odata_test

import (
	"strings"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/handlers/odata"
)

// searches are texts of the grammar, and searchRefusals those that are none, with their errors.
var searches = []string{
	"blue", "1984", "2x4", "3.14", "9,81", "brand-new", "Daniel's", "__FILE__", "$search", "08/15", "#1", "more&more", "a;b", "Δ", `\`,
	"AND", "OR", "NOT", "NOT blue", "NOT (blue green)", "NOT NOT", "AND OR", "OR AND", "AND OR NOT", "blue AND", " blue ",
	`"blue green"`, `"a \"quoted\" word"`, `"\\" x`, "blue green", "blue AND green", "blue OR green", "blue NOT green", `blue "light green" (red)`,
	"foo AND bar OR foo AND baz", "(foo OR that) AND (bar OR baz) AND NOT quux", "( a )", "((a))", "(NOT foo)", "(NOT foo) OR baz", "'\"'", "'('", "'gr(een'", "''",
}

var searchRefusals = map[string]string{
	"":                         "1: expected a word or a phrase, found the end",
	"  ":                       "3: expected a word or a phrase, found the end",
	`"blue`:                    "1: expected a closing double quote",
	`"blue\"`:                  "1: expected a closing double quote",
	`""`:                       "1: expected a phrase that is not empty",
	`"blue"green`:              "7: expected a space before green",
	`blue"green"`:              `5: expected a space before "green"`,
	"gr(een":                   "3: expected a space before (een",
	"(green":                   "1: expected a ) for this (",
	"a ((b) c":                 "3: expected a ) for this (",
	"green)":                   "6: expected a word or a phrase before )",
	"()":                       "2: expected a word or a phrase before )",
	"a ( )":                    "5: expected a word or a phrase before )",
	"(a)(b)":                   "4: expected a space before (b)",
	"NOT(a)":                   "4: expected a space before (a)",
	"'(":                       "2: expected a space before (",
	"a\xff":                    "2: expected UTF-8, found the byte 0xff",
	"a\x00":                    "2: expected any character except U+0000",
	strings.Repeat("a ", 3000): "4097: expected at most 4096 characters, found more",
}

func TestCheckSearch(t *testing.T) {
	for _, text := range searches {
		if err := odata.CheckSearch(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, want := range searchRefusals {
		if err := odata.CheckSearch(text); err == nil || err.Error() != "$search, column "+want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

// FuzzSearch checks the errors of $search. A text that is accepted is accepted as a group, too, and next
// to another one.
func FuzzSearch(f *testing.F) {
	for _, text := range searches {
		f.Add(text)
	}
	for text := range searchRefusals {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		if err := odata.CheckSearch(text); err != nil {
			checkError(t, "$search", text, err)
			return
		}
		if len(text) > 1000 || strings.HasPrefix(text, "'") {
			return
		}
		for _, within := range []string{"(" + text + ")", text + " OR " + text, "NOT (" + text + ") \"x\""} {
			if err := odata.CheckSearch(within); err != nil {
				t.Errorf("%q is accepted, but %q: %v", text, within, err)
			}
		}
	})
}
