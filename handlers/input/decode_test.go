package input_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"afterhours/handlers/input"
	"afterhours/handlers/problem"
)

func TestDecodeJSON(t *testing.T) {
	for text, want := range map[string]any{
		`null`:                        nil,
		` true `:                      true,
		`-1.5e3`:                      -1500.0,
		`"\ud840\udc00"`:              "𠀀",
		`[1,[],{}]`:                   []any{1.0, []any{}, map[string]any{}},
		`{"a":1,"a":{"b":2}}`:         map[string]any{"a": map[string]any{"b": 2.0}},
		`{"a":{"b":2},"a":{"c":3}}`:   map[string]any{"a": map[string]any{"c": 3.0}},
		`{"a":[1],"a":null,"A":"x"}`:  map[string]any{"a": nil, "A": "x"},
		"\n{\"x\":\"é\"}\t":           map[string]any{"x": "é"},
		`{"":"","__proto__":{"y":1}}`: map[string]any{"": "", "__proto__": map[string]any{"y": 1.0}},
	} {
		got, err := input.DecodeJSON([]byte(text), 100)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v %v, want %v", text, got, err, want)
		}
	}
}

// jsonFaults maps a text to the place and the words of its fault.
var jsonFaults = map[string]string{
	"":                                  "the body is empty; send a JSON object, as in {\"duration\": \"PT1H30M\"}",
	" \n":                               "the body is empty; send a JSON object",
	`{"a":`:                             "line 1, column 6: found the end; it ends too early: each { needs its }",
	`{"a":"x`:                           "line 1, column 8: found the end; it ends too early",
	"{\n  \"a\": 1":                     "line 2, column 9: found the end; it ends too early",
	`{'a':1}`:                           `line 1, column 2: found a single quote; put names and texts in double quotes, as in "duration"`,
	`{"a":'x'}`:                         "line 1, column 6: found a single quote; put names and texts in double quotes",
	`{“a”:1}`:                           "line 1, column 2: found '“'; put names and texts in double quotes",
	"{\n\t\"é\": 1,\n\t\"b\": 'x'\n}":   "line 3, column 7: found a single quote; put names and texts in double quotes",
	`{a:1}`:                             `line 1, column 2: found 'a'; put the name of a member in double quotes, as in "duration"`,
	`{"a":1,duration:2}`:                "line 1, column 8: found 'duration'; put the name of a member in double quotes",
	`{1:2}`:                             "line 1, column 2: found '1'; put the name of a member in double quotes",
	`{"a":1,}`:                          "line 1, column 7: found a comma; leave out the comma after the last member",
	`[1, ]`:                             "line 1, column 3: found a comma; leave out the comma after the last member",
	`{,"a":1}`:                          "line 1, column 2: found a comma; leave out the comma that has nothing before it",
	`[1,,2]`:                            "line 1, column 4: found a comma; leave out the comma that has nothing before it",
	"{\"a\":1 // one\n}":                "line 1, column 8: found '/'; JSON has no comments: leave it out",
	"{\n# one\n\"a\":1}":                "line 2, column 1: found '#'; JSON has no comments",
	`/* one */ {}`:                      "line 1, column 1: found '/'; JSON has no comments",
	`{"a":None}`:                        "line 1, column 6: found 'None'; write null instead of None",
	`{"a":[undefined]}`:                 "line 1, column 7: found 'undefined'; write null instead of undefined",
	`{"a":True}`:                        "line 1, column 6: found 'True'; write true instead of True",
	`{"a":FALSE}`:                       "line 1, column 6: found 'FALSE'; write false instead of FALSE",
	`{"a":NaN}`:                         "line 1, column 6: found 'NaN'; JSON has no NaN: write null, or leave the member out",
	`{"a":-Infinity}`:                   "line 1, column 7: found 'Infinity'; JSON has no Infinity",
	`{"a":tru}`:                         "line 1, column 9: found '}'; write true, false or null in full",
	`{"a":PT1H}`:                        `line 1, column 6: found 'PT1H'; put a text in double quotes, as in "PT1H30M"`,
	`{"a":01}`:                          "line 1, column 7: found '1'; write a number in decimal digits, as in 0.5 or -10",
	`{"a":0x10}`:                        "line 1, column 7: found 'x10'; write a number in decimal digits",
	`{"a":.5}`:                          "line 1, column 6: found a full stop; write a number in decimal digits",
	`{"a":+5}`:                          "line 1, column 6: found '+'; write a number in decimal digits",
	`{"a":1.}`:                          "line 1, column 8: found '}'; write a number in decimal digits",
	`[1e999]`:                           "line 1, column 2: the number 1e999 is out of range",
	`{"a" 1}`:                           "line 1, column 6: found '1'; put a colon between a name and its value",
	`{"a"=1}`:                           "line 1, column 5: found '='; put a colon between a name and its value",
	`{"a":1 "b":2}`:                     `line 1, column 8: found a double quote; put a comma between two members, and } after the last one`,
	`{"a":1;"b":2}`:                     "line 1, column 7: found a semicolon; put a comma between two members",
	`{"a":1]`:                           "line 1, column 7: found ']'; put a comma between two members, and } after the last one",
	`[1 2]`:                             "line 1, column 4: found '2'; put a comma between two values, and ] after the last one",
	`{"a":}`:                            "line 1, column 6: found '}'; expected a value",
	`{"a":1}{"b":2}`:                    "line 1, column 8: found '{'; send one JSON value, and nothing after it",
	`{} "a\nb"`:                         "line 1, column 4: found a double quote; send one JSON value, and nothing after it",
	`{"depth, in string, UTF-8":None}`:  "line 1, column 28: found 'None'; write null instead of None",
	`{"a":1} and more`:                  "line 1, column 9: found 'and'; send one JSON value, and nothing after it",
	`{}}`:                               "line 1, column 3: found '}'; send one JSON value, and nothing after it",
	`duration=PT1H&activity=Call`:       "line 1, column 1: found 'duration'; send a JSON object instead of a form, as in ",
	`%40odata.type=x`:                   "line 1, column 1: found '%'; send a JSON object instead of a form, as in ",
	`<a/>`:                              "line 1, column 1: found '<'; send a JSON object instead of XML or HTML",
	"\ufeff{}":                          "line 1, column 1: found U+FEFF; leave out the byte order mark",
	"\"\xff\"":                          "line 1, column 2: found the byte 0xff; send the body in UTF-8: a text of it is invalid UTF-8",
	"{\"\xff\":1}":                      "line 1, column 3: found the byte 0xff; send the body in UTF-8: a text of it is invalid UTF-8",
	`"\ud800"`:                          `line 1, column 2: found '\'; write both halves of a surrogate pair, as in \ud83d\ude00`,
	`{"\udc00\ud800":1}`:                `line 1, column 3: found '\'; write both halves of a surrogate pair`,
	`{"a":"C:\dir"}`:                    `line 1, column 9: found '\'; write a backslash of a text as \\`,
	"{\"a\":\"x\ny\"}":                  `line 1, column 8: found U+000A; write a control character of a text as its escape, as in \n for the end of a line`,
	strings.Repeat("[", 20000):          "column 10001: found '['; nest objects and arrays less deeply",
	`{"a":` + strings.Repeat("x", 5000): "line 1, column 6: found '" + strings.Repeat("x", 60) + "…'; put a text in double quotes",
	`@`:                                 "line 1, column 1: found '@'; expected JSON, as in ",
}

func TestDecodeJSONRefuses(t *testing.T) {
	for text, want := range jsonFaults {
		value, err := input.DecodeJSON([]byte(text), 1e6)
		if !errors.Is(err, problem.ErrInvalid) || !strings.HasPrefix(err.Error(), "Unable to read JSON request payload: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.200q:\n got %v %v\nwant %s", text, value, err, want)
		}
	}
}

// TestDecodeJSONCountsValues checks that every value counts, objects and arrays included, and names
// do not.
func TestDecodeJSONCountsValues(t *testing.T) {
	const text = `{"a":[1,{"b":null}],"a":2}`
	if _, err := input.DecodeJSON([]byte(text), 6); err != nil {
		t.Errorf("6 values of 6: %v", err)
	}
	if _, err := input.DecodeJSON([]byte(text), 5); err == nil || !strings.Contains(err.Error(), "it has more than 5 values") {
		t.Errorf("6 values of 5: %v", err)
	}
}
