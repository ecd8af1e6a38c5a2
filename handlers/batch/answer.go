package batch

import (
	"bytes"
	"encoding/base64"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// recorder keeps an answer as net/http would have sent it.
type recorder struct {
	header http.Header
	sent   http.Header // as they were when the status was written; nil before
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}, status: http.StatusOK} }

// Header returns the headers, of which those count that are set before the status
// is written.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader writes the status; the first that is final counts.
func (w *recorder) WriteHeader(status int) {
	isInterim := status >= 100 && status < 200
	if w.sent == nil && !isInterim {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write adds to the body. It never fails.
func (w *recorder) Write(part []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(part)
}

func (w *recorder) succeeded() bool { return w.status >= 200 && w.status < 300 }

// headers returns those that count.
func (w *recorder) headers() http.Header {
	if w.sent == nil {
		return w.header
	}
	return w.sent
}

// get returns the header that has the canonical name, however the handler spelt
// it, "" for none.
func (w *recorder) get(canonical string) string {
	for name, values := range w.headers() {
		if http.CanonicalHeaderKey(name) == canonical && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// wireResponse is a response as it stands in the answer. Headers are strings
// without exception, and a body that is empty is absent: SDKs fail otherwise.
type wireResponse struct {
	ID             string            `json:"id"`
	AtomicityGroup string            `json:"atomicityGroup,omitempty"`
	Status         int               `json:"status"`
	Headers        map[string]string `json:"headers"`
	Body           jsontext.Value    `json:"body,omitzero"`
}

// spellings are the names that Graph does not spell as net/http does. Go's SDK
// looks headers up as they are spelt.
var spellings = map[string]string{
	"Etag":                "ETag",
	"Odata-Version":       "OData-Version",
	"Odata-Entityid":      "OData-EntityId",
	"Www-Authenticate":    "WWW-Authenticate",
	"Request-Id":          "request-id",
	"Client-Request-Id":   "client-request-id",
	"X-Ms-Ags-Diagnostic": "x-ms-ags-diagnostic",
}

// ofConnection are headers of an answer that say nothing within another, or that
// the other says for all.
var ofConnection = []string{"Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Keep-Alive", "Upgrade", "Date", "Strict-Transport-Security"}

// lenient lets an answer through as the handler gave it.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// encode returns the body of the answer to a batch.
func encode(groups []*group) ([]byte, error) {
	responses := []wireResponse{}
	for _, g := range groups {
		for _, i := range g.items {
			responses = append(responses, wireResponse{
				ID: i.id, AtomicityGroup: i.AtomicityGroup,
				Status: i.answer.status, Headers: i.answer.wireHeaders(), Body: i.answer.wireBody(),
			})
		}
	}
	return json.Marshal(map[string]any{"responses": responses}, lenient, json.Deterministic(true))
}

// wireHeaders returns the headers by the names that Graph gives them. Lines of one
// name are joined (RFC 9110, 5.3).
func (w *recorder) wireHeaders() map[string]string {
	written := w.headers()
	headers := make(map[string]string, len(written))
	for _, given := range slices.Sorted(maps.Keys(written)) {
		name := http.CanonicalHeaderKey(given)
		if slices.Contains(ofConnection, name) || len(written[given]) == 0 {
			continue
		}
		if spelling, known := spellings[name]; known {
			name = spelling
		}
		value := strings.Join(written[given], ", ")
		if before, again := headers[name]; again {
			value = before + ", " + value
		}
		headers[name] = value
	}
	return headers
}

// wireBody returns the body as JSON: as it is if it is JSON, as a string if it is
// text, else in base64, the standard one, as Graph answers (OData has base64url);
// nil if there is none.
func (w *recorder) wireBody() jsontext.Value {
	content := w.body.Bytes()
	if len(content) == 0 || w.status == http.StatusNoContent || w.status == http.StatusNotModified {
		return nil
	}
	media, _, _ := mime.ParseMediaType(w.get("Content-Type"))
	switch {
	case isJSON(media) && jsontext.Value(content).IsValid(lenient):
		return content
	case strings.HasPrefix(media, "text/") && utf8.Valid(content):
		return quote(string(content))
	}
	return quote(base64.StdEncoding.EncodeToString(content))
}

// quote returns valid UTF-8 as a JSON string.
func quote(text string) jsontext.Value {
	quoted, _ := jsontext.AppendQuote(nil, text) // fails at invalid UTF-8 only
	return quoted
}
