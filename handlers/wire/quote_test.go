package wire

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

// TestAppendQuote checks that appendQuote writes what jsontext.AppendQuote writes: for each byte at the start, in the
// middle and at the end of a text, and for any other text.
func TestAppendQuote(t *testing.T) {
	same := func(t interface{ Errorf(string, ...any) }, value string) {
		want, _ := jsontext.AppendQuote([]byte("x"), value)
		if got := appendQuote([]byte("x"), value); string(got) != string(want) {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
	same(t, "")
	for c := range 256 {
		one := string([]byte{byte(c)})
		for _, value := range []string{one, one + "a", "a" + one + "b", "a" + one} {
			same(t, value)
		}
	}
	rapid.Check(t, func(t *rapid.T) { same(t, rapid.String().Draw(t, "value")) })
}
