package batch

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// inherited are the headers of the outer request that its requests have too,
// unless they bring their own: who is calling, and what tells one client from
// another, which SDKs send with the outer request alone. The others are about the
// outer request's own body, connection or preferences.
var inherited = []string{"Authorization", "User-Agent", "Sdkversion", "Client-Request-Id", "Odata-Maxversion", "Accept-Language"}

// ignored are headers that say nothing where there is no connection and no framing
// (RFC 9110, 7.6.1), and Accept-Encoding: the answer is compressed as a whole, and
// an item that was would not be JSON any more.
var ignored = []string{
	"Host", "Content-Length", "Transfer-Encoding", "Trailer", "Te", "Connection", "Keep-Alive", "Upgrade",
	"Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Expect", "Accept-Encoding",
}

// request returns the item as the request of its own that it stands for. Host, TLS
// state and remote address are the outer request's.
func (r *run) request(ctx context.Context, i *item) (*http.Request, *Refusal) {
	if !isNull(i.If) { // to go on as if it were not there would do what the client did not want
		return nil, i.refuse(http.StatusBadRequest, "if", "'if' is not supported; leave it out.")
	}
	address, refusal := r.address(i)
	if refusal != nil {
		return nil, refusal
	}
	i.path = address.EscapedPath()
	header, refusal := r.header(i)
	if refusal != nil {
		return nil, refusal
	}
	method := strings.ToUpper(i.Method)
	payload, refusal := i.payload(method, header)
	if refusal != nil {
		return nil, refusal
	}
	request := &http.Request{
		Method: method, URL: address, RequestURI: address.RequestURI(),
		Proto: r.outer.Proto, ProtoMajor: r.outer.ProtoMajor, ProtoMinor: r.outer.ProtoMinor,
		Header: header, Body: http.NoBody, ContentLength: int64(len(payload)),
		Host: r.outer.Host, RemoteAddr: r.outer.RemoteAddr, TLS: r.outer.TLS,
	}
	if len(payload) > 0 {
		request.Body = io.NopCloser(bytes.NewReader(payload))
	}
	return request.WithContext(ctx), nil
}

var (
	// headerName is a token of RFC 9110, 5.6.2.
	headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
	// notInHeader could end a line, which net/http would not have let in.
	notInHeader = regexp.MustCompile(`[\x00-\x08\x0A-\x1F\x7F]`)
)

// header returns the headers of the item's request.
func (r *run) header(i *item) (http.Header, *Refusal) {
	header := http.Header{}
	for _, name := range inherited {
		if values := r.outer.Header.Values(name); len(values) > 0 {
			header[name] = slices.Clone(values)
		}
	}
	given := map[string]bool{}
	for _, written := range slices.Sorted(maps.Keys(i.Headers)) {
		name, value := http.CanonicalHeaderKey(written), strings.TrimSpace(i.Headers[written])
		switch {
		case !headerName.MatchString(written) || notInHeader.MatchString(value):
			return nil, i.refuse(http.StatusBadRequest, "headers", "The header %s is not one that HTTP permits.", quoted(written))
		case given[name] && header.Get(name) == value: // the Java SDK writes content-type in both cases
			continue
		case given[name]:
			return nil, i.refuse(http.StatusBadRequest, "headers", "The header %s stands twice, with two values.", quoted(written))
		case name == "Authorization":
			return nil, i.refuse(http.StatusBadRequest, "headers",
				"A request of a batch has no Authorization of its own; the one of the batch counts.")
		case slices.Contains(ignored, name):
			continue
		}
		if (name == "If-Match" || name == "If-None-Match") && strings.HasPrefix(value, "$") {
			before, refusal := i.referenced(value, "headers")
			if refusal != nil {
				return nil, refusal
			}
			if value = before.answer.get("Etag"); value == "" {
				return nil, i.refuse(http.StatusBadRequest, "headers", "The answer of request %s has no entity tag.", quoted(before.id))
			}
		}
		given[name], header[name] = true, []string{value}
	}
	return header, nil
}

// payload returns the item's body as bytes, and labels it if it has no label. A
// JSON value stands for itself. A string is the text of a text/* type and the
// base64 of any other, that of JSON included, which kiota's SDKs send so, without
// a content type.
func (i *item) payload(method string, header http.Header) ([]byte, *Refusal) {
	if isNull(i.Body) {
		return nil, nil
	}
	if method == http.MethodGet || method == http.MethodHead || method == http.MethodDelete {
		return nil, i.refuse(http.StatusBadRequest, "body", "A %s has no body.", method)
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	media, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	if i.Body.Kind() != '"' {
		if !isJSON(media) {
			return nil, i.refuse(http.StatusBadRequest, "body",
				"The body of a request whose type is not JSON must be a string: its text for text/*, else its base64url.")
		}
		return i.Body, nil
	}
	var text string
	if err := json.Unmarshal(i.Body, &text); err != nil {
		return nil, i.refuse(http.StatusBadRequest, "body", "The body is no string of Unicode text.")
	}
	if strings.HasPrefix(media, "text/") {
		return []byte(text), nil
	}
	payload, err := base64.RawStdEncoding.DecodeString(toStandard.Replace(strings.TrimRight(text, "=")))
	if err != nil {
		return nil, i.refuse(http.StatusBadRequest, "body",
			"A body that is a string must be the base64url of its bytes; write a JSON object as it is.")
	}
	return payload, nil
}

// toStandard makes base64 of base64url.
var toStandard = strings.NewReplacer("-", "+", "_", "/")

// isNull says whether a member is null, which is as good as absent.
func isNull(value jsontext.Value) bool { return len(value) == 0 || value.Kind() == 'n' }

// isJSON says whether a media type is JSON or one of its kinds (RFC 6839).
func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}
