package batch

import (
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

// wireResponse is a response in the JSON of the batch's response. Every header is one
// string and an empty body is left out, because SDKs fail otherwise.
type wireResponse struct {
	ID             string            `json:"id"`
	AtomicityGroup string            `json:"atomicityGroup,omitempty"`
	Status         int               `json:"status"`
	Headers        map[string]string `json:"headers"`
	Body           jsontext.Value    `json:"body,omitzero"`
}

// spellings maps names of headers from net/http's spelling to Graph's. The Go SDK looks
// headers up by their exact spelling.
var spellings = map[string]string{
	"Etag":                "ETag",
	"Odata-Version":       "OData-Version",
	"Odata-Entityid":      "OData-EntityId",
	"Www-Authenticate":    "WWW-Authenticate",
	"Request-Id":          "request-id",
	"Client-Request-Id":   "client-request-id",
	"X-Ms-Ags-Diagnostic": "x-ms-ags-diagnostic",

	"X-Ms-Resource-Unit":             "x-ms-resource-unit",
	"X-Ms-Throttle-Information":      "x-ms-throttle-information",
	"X-Ms-Throttle-Limit-Percentage": "x-ms-throttle-limit-percentage",
	"X-Ms-Throttle-Scope":            "x-ms-throttle-scope",
}

// outerOnly are headers that have no meaning for a response inside a batch, or that the
// batch's own response has for all of them.
var outerOnly = []string{"Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Keep-Alive", "Upgrade", "Date", "Strict-Transport-Security"}

// lenient passes JSON on as the handler wrote it, even if it is not strictly valid.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// encode returns the body of the batch's response.
func encode(groups []*atomicityGroup) ([]byte, error) {
	responses := []wireResponse{}
	for _, g := range groups {
		for _, i := range g.items {
			responses = append(responses, wireResponse{
				ID: i.id, AtomicityGroup: i.AtomicityGroup,
				Status: i.response.status, Headers: i.response.wireHeaders(), Body: i.wireBody(),
			})
		}
	}
	return json.Marshal(map[string]any{"responses": responses}, lenient, json.Deterministic(true))
}

// wireHeaders returns the headers in Graph's spelling. Several values of one header are
// joined with commas (RFC 9110, 5.3).
func (w *recorder) wireHeaders() map[string]string {
	written := w.headers()
	headers := make(map[string]string, len(written))
	for _, given := range slices.Sorted(maps.Keys(written)) {
		name := http.CanonicalHeaderKey(given)
		if slices.Contains(outerOnly, name) || len(written[given]) == 0 {
			continue
		}
		if spelling, ok := spellings[name]; ok {
			name = spelling
		}
		value := strings.Join(written[given], ", ")
		if earlier, ok := headers[name]; ok {
			value = earlier + ", " + value
		}
		headers[name] = value
	}
	return headers
}

// wireBody returns the body of the response, nil for HEAD (RFC 9110, 9.3.2).
func (i *item) wireBody() jsontext.Value {
	if strings.EqualFold(i.Method, http.MethodHead) {
		return nil
	}
	return i.response.wireBody()
}

// wireBody returns the body as JSON, nil if there is none. JSON stays as it is and text
// becomes a string. Anything else becomes a string in standard base64, as in Graph; OData
// asks for base64url.
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
	quoted, _ := jsontext.AppendQuote(nil, text) // fails only for invalid UTF-8
	return quoted
}
