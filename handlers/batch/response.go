package batch

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

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

// canonical maps the names that the server writes to net/http's spelling, for which CanonicalHeaderKey would allocate.
var canonical = func() map[string]string {
	names := map[string]string{}
	for name, spelling := range spellings {
		names[spelling] = name
	}
	return names
}()

// outerOnly are headers that have no meaning for a response inside a batch, or that the
// batch's own response has for all of them.
var outerOnly = []string{"Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Keep-Alive", "Upgrade", "Date", "Strict-Transport-Security"}

// lenient passes JSON on as the handler wrote it, even if it is not strictly valid.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// encode returns the body of the batch's response. Every header is one string and an empty body is left
// out, because SDKs fail otherwise.
func encode(groups []*atomicityGroup) []byte {
	size := 0
	for _, g := range groups {
		for _, i := range g.items {
			size += i.response.body.Len() + 1024 // of the headers
		}
	}
	text := append(make([]byte, 0, size), `{"responses":[`...)
	for _, g := range groups {
		for _, i := range g.items {
			text = append(i.appendResponse(text), ',')
		}
	}
	return append(bytes.TrimSuffix(text, []byte(",")), "]}"...)
}

// appendResponse appends the response to the item.
func (i *item) appendResponse(text []byte) []byte {
	text = appendQuoted(append(text, `{"id":`...), i.id)
	if i.AtomicityGroup != "" {
		text = appendQuoted(append(text, `,"atomicityGroup":`...), i.AtomicityGroup)
	}
	text = strconv.AppendInt(append(text, `,"status":`...), int64(i.response.status), 10)
	text = append(text, `,"headers":{`...)
	for n, header := range i.response.wireHeaders() {
		if n > 0 {
			text = append(text, ',')
		}
		text = appendQuoted(append(appendQuoted(text, header.name), ':'), header.value)
	}
	return append(i.appendBody(append(text, '}')), '}')
}

// wireHeader is a header in Graph's spelling. Several values are joined with commas (RFC 9110, 5.3).
type wireHeader struct {
	name, value string
	given       string // the name as the handler spelt it
}

func byName(a, b wireHeader) int {
	if a.name != b.name {
		return strings.Compare(a.name, b.name)
	}
	return strings.Compare(a.given, b.given)
}

// wireHeaders returns the headers in the order of their names.
func (w *recorder) wireHeaders() []wireHeader {
	written := w.headers()
	headers := make([]wireHeader, 0, len(written)+1)
	for given, values := range written {
		name, isKnown := canonical[given]
		if !isKnown {
			name = http.CanonicalHeaderKey(given)
		}
		if len(values) > 0 && !slices.Contains(outerOnly, name) {
			headers = append(headers, wireHeader{cmp.Or(spellings[name], name), strings.Join(values, ", "), given})
		}
	}
	slices.SortFunc(headers, byName)
	return joined(headers)
}

// joined makes one header of those that have the same name, which the handler spelt in several ways.
func joined(headers []wireHeader) []wireHeader {
	all := headers[:0]
	for _, header := range headers {
		if last := len(all) - 1; last >= 0 && all[last].name == header.name {
			all[last].value += ", " + header.value
			continue
		}
		all = append(all, header)
	}
	return all
}

// appendBody appends the member of the body, nothing if there is no body or for HEAD (RFC 9110, 9.3.2). JSON stays
// as it is and text becomes a string. Anything else becomes a string in standard base64, as in Graph; OData asks
// for base64url.
func (i *item) appendBody(text []byte) []byte {
	w := i.response
	content := w.body.Bytes()
	if len(content) == 0 || w.status == http.StatusNoContent || w.status == http.StatusNotModified || strings.EqualFold(i.Method, http.MethodHead) {
		return text
	}
	text = append(text, `,"body":`...)
	media := mediaType(w.get("Content-Type"))
	if isJSON(media) {
		if formatted, err := jsontext.AppendFormat(text, content, lenient); err == nil {
			return formatted
		}
	}
	if strings.HasPrefix(media, "text/") && utf8.Valid(content) {
		return appendQuoted(text, string(content))
	}
	return appendQuoted(text, base64.StdEncoding.EncodeToString(content))
}

// appendQuoted appends a text as a JSON string. What is not UTF-8 in it becomes U+FFFD.
func appendQuoted(text []byte, value string) []byte {
	text, _ = jsontext.AppendQuote(text, value)
	return text
}
