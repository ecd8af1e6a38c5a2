package batch_test

import (
	"net/http"
	"testing"
)

// TestWrittenResponse holds the text of a response whose handler writes what JSON has to change.
func TestWrittenResponse(t *testing.T) {
	for _, test := range []struct{ media, body, want string }{
		{"application/json", " {\"b\" : 1.50, \"b\":\"\\u0041\\u003c\xff\" }\n", `,"body":{"b":1.50,"b":"A<` + "\uFFFD" + `"}`},
		{"application/json", `{"b":`, `,"body":"eyJiIjo="`},
		{"application/json", "", ""},
		{"text/plain; charset=utf-8", "a\"<\u2028\n", `,"body":"a\"<` + "\u2028" + `\n"`},
		{"text/plain", "\xff", `,"body":"/w=="`},
		{"image/png", "png", `,"body":"cG5n"`},
	} {
		w := newNotesAPI()
		w.runner.Next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()["request-id"] = []string{"r"}
			w.Header()["ETag"] = []string{"a"}
			w.Header()["Etag"] = []string{"b", "c\xff"}
			w.Header()["Date"] = []string{"today"}
			w.Header()["X-None"] = nil
			w.Header()["content-type"] = []string{test.media}
			_, _ = w.Write([]byte(test.body))
		})
		body, err := w.run(outer(t), []byte(`{"requests":[{"id":"<\u00e9>","method":"GET","url":"/x"},{"id":"h","method":"HEAD","url":"/x"}]}`))
		headers := `,"status":200,"headers":{"Content-Type":"` + test.media + `","ETag":"a, b, c` + "\uFFFD" + `","request-id":"r"}`
		want := `{"responses":[{"id":"<é>"` + headers + test.want + `},{"id":"h"` + headers + `}]}`
		if err != nil || string(body) != want {
			t.Errorf("%s %q: %v\n%s; want\n%s", test.media, test.body, err, body, want)
		}
	}
}
