package batch_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/handlers/batch"
)

// FuzzMultipart checks that Run never panics on a multipart batch. It must either return a *Malformed error with a
// message, or parts that net/http can read: one for each request, fewer if it stopped or if a change set failed.
func FuzzMultipart(f *testing.F) {
	const write = "POST notes/a HTTP/1.1\nContent-Type: application/json\nContent-Length: 2\n\n{}"
	for _, parts := range [][]string{
		{part("b", "Content-Transfer-Encoding: binary\n", "GET echo?$top=1 HTTP/1.1\nHost: api.example.com\n\n"), part("b", "", "GET https://api.example.com/beta/late HTTP/1.1\n\n")},
		{changeSet("c", part("c", "Content-ID: 1\n", write), part("c", "Content-ID: 2\n", "PATCH $1 HTTP/1.1\nIf-Match: $1\n\n{}")), part("b", "", "GET $1 HTTP/1.1\n\n")},
		{changeSet("c", part("c", "Content-ID: 1\n", write), part("c", "Content-ID: 2\n", "DELETE plain/404 HTTP/1.1\n\n")), part("b", "", "GET panic HTTP/1.1\n\n")},
		{"preamble\n", part("b", "Content-ID: x\n", "HEAD /v1.0/echo HTTP/1.0\nX: a\n b\n\n"), "--b--\nepilogue\n"},
		{part("b", "", "GET $batch"), part("b", "", "\n\nDELETE bytes\n"), part("b", "", "PUT echo HTTP/1.1\n\n\n\n")},
		{changeSet("c"), changeSet("b", part("b", "", write))},
		{"--b\nContent-Type: multipart/mixed; boundary=\"bc\"\n\n--bc\nContent-Type: application/http\n\nPOST echo\n--bc--\n"},
	} {
		f.Add(lines(parts...))
	}
	w := newNotesAPI()
	f.Fuzz(func(t *testing.T, body []byte) {
		defer bounded.Input(t)()
		for _, options := range []batch.Options{{Multipart: true}, {Multipart: true, ContinueOnError: true}, {ContinueOnError: true}} {
			response, err := w.runner.Run(multipartOuter(t), body, options)
			var malformed *batch.Malformed
			switch {
			case errors.As(err, &malformed):
				if len(malformed.Faults) == 0 || malformed.Faults[0].Message == "" {
					t.Fatal("a fault without a message")
				}
			case err != nil:
				t.Fatalf("an error of another kind: %v", err)
			case options.Multipart:
				checkResponses(t, readResponses(t, response.ContentType, bytes.NewReader(response.Body)), body)
			}
		}
	})
}

// checkResponses fails the test unless there are responses, and no more than the requests that the text can have.
func checkResponses(t *testing.T, responses []received, body []byte) {
	t.Helper()
	count := 0
	for _, one := range responses {
		count += max(1, len(one.changeSet))
		if one.changeSet != nil && len(one.changeSet) == 0 || one.changeSet == nil && one.status < 200 {
			t.Fatalf("%v", responses)
		}
	}
	if most := strings.Count(strings.ToLower(string(body)), "application/http"); count == 0 || count > min(most, batch.MaxRequests) {
		t.Fatalf("%d responses to %d requests", count, most)
	}
}
