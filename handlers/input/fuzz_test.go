package input_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"afterhours/contract/bounded"
	"afterhours/handlers/input"
)

// FuzzDecodeJSON checks that any text is decoded or refused as Go's own decoder does, and that the words of
// a refusal are bounded and name a place.
func FuzzDecodeJSON(f *testing.F) {
	for text := range jsonFaults {
		if len(text) < 100 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		_, err := input.DecodeJSON([]byte(text), 1000)
		if err == nil {
			if !json.Valid([]byte(text)) || !utf8.ValidString(text) {
				t.Errorf("%q is decoded", text)
			}
			return
		}
		words := err.Error()
		if len(words) > 600 || !strings.Contains(words, ", column ") && !strings.Contains(words, "the body is empty") && !strings.Contains(words, "values") {
			t.Errorf("%q: %s", text, words)
		}
	})
}
