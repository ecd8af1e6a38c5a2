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

func TestDecodeJSONRefuses(t *testing.T) {
	for text, part := range map[string]string{
		``:                   "it ends before its end",
		`{"a":`:              "unexpected EOF, at byte 5",
		`{"a":1}{"b":2}`:     "a second value",
		`{"a":1} and more`:   "at byte 8",
		`{"a":1,}`:           "at byte 6",
		`[1e999]`:            "a number out of range",
		"\"\xff\"":           "invalid UTF-8",
		"{\"\xff\":1}":       "invalid UTF-8",
		`"\ud800"`:           "surrogate",
		`{"\udc00\ud800":1}`: "surrogate",
		"\ufeff{}":           "at byte 0",
	} {
		value, err := input.DecodeJSON([]byte(text), 100)
		if !errors.Is(err, problem.ErrInvalid) || !strings.Contains(err.Error(), part) ||
			!strings.HasPrefix(err.Error(), "Unable to read JSON request payload: ") || strings.Contains(err.Error(), "jsontext") {
			t.Errorf("%q: %v %v, want %s", text, value, err, part)
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
