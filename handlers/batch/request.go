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

// inherited are the headers that an item takes from the outer request unless it has its
// own. They identify the caller and the client, and SDKs send them with the outer request
// only. All other headers concern the outer request's own body, connection or preferences.
var inherited = []string{"Authorization", "User-Agent", "Sdkversion", "Client-Request-Id", "Odata-Version", "Odata-Maxversion", "Accept-Language"}

// ignored are headers of an item that have no meaning without a connection and framing
// (RFC 9110, 7.6.1), and Accept-Encoding. The batch's response is compressed as a whole; a
// compressed response inside it would not be JSON.
var ignored = []string{
	"Host", "Content-Length", "Transfer-Encoding", "Trailer", "Te", "Connection", "Keep-Alive", "Upgrade",
	"Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Expect", "Accept-Encoding",
}

// request returns the item as an http.Request. Host, TLS state and remote address are the
// outer request's.
func (r *run) request(ctx context.Context, i *item) (*http.Request, *Refusal) {
	if !isNull(i.If) { // ignoring the condition could do what the client did not want
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
	// notInHeader matches control characters, which net/http refuses in a header.
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
			return nil, i.refuse(http.StatusBadRequest, "headers", "The header %s is given twice, with different values.", quoted(written))
		case name == "Authorization" && value == r.outer.Header.Get(name): // OpenUI5 repeats that of the batch
			continue
		case name == "Authorization":
			return nil, i.refuse(http.StatusBadRequest, "headers",
				"A request of a batch must not have an Authorization of its own; that of the batch counts.")
		case slices.Contains(ignored, name):
			continue
		}
		if (name == "If-Match" || name == "If-None-Match") && strings.HasPrefix(value, "$") {
			target, refusal := i.referenced(value, "headers")
			if refusal != nil {
				return nil, refusal
			}
			if value = target.response.get("Etag"); value == "" {
				return nil, i.refuse(http.StatusBadRequest, "headers", "The response to request %s has no entity tag.", quoted(target.id))
			}
		}
		given[name], header[name] = true, []string{value}
	}
	return header, nil
}

// payload returns the item's body as bytes. That of a part is what the part has. That of
// a JSON batch is JSON if Content-Type is missing, which payload then sets. A JSON value
// that is no string is the body itself. A string is text for a text/* type, and base64 or
// base64url for any other type, including JSON: kiota's SDKs send JSON that way, without a
// content type.
func (i *item) payload(method string, header http.Header) ([]byte, *Refusal) {
	if isNull(i.Body) && i.content == nil {
		return nil, nil
	}
	if method == http.MethodGet || method == http.MethodHead || method == http.MethodDelete {
		return nil, i.refuse(http.StatusBadRequest, "body", "A %s must not have a body.", method)
	}
	if i.isPart {
		return i.content, nil
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	media, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	if i.Body.Kind() != '"' {
		if !isJSON(media) {
			return nil, i.refuse(http.StatusBadRequest, "body",
				"The body of a request whose type is not JSON must be a string: text for text/*, base64url for other types.")
		}
		return i.Body, nil
	}
	var text string
	if err := json.Unmarshal(i.Body, &text); err != nil {
		return nil, i.refuse(http.StatusBadRequest, "body", "The body is not a valid Unicode string.")
	}
	if strings.HasPrefix(media, "text/") {
		return []byte(text), nil
	}
	payload, err := base64.RawStdEncoding.DecodeString(toStandard.Replace(strings.TrimRight(text, "=")))
	if err != nil {
		return nil, i.refuse(http.StatusBadRequest, "body",
			"A body that is a string must hold base64url; write a JSON object as an object, not as a string.")
	}
	return payload, nil
}

// toStandard turns base64url into standard base64.
var toStandard = strings.NewReplacer("-", "+", "_", "/")

// isNull reports whether a member is null or absent.
func isNull(value jsontext.Value) bool { return len(value) == 0 || value.Kind() == 'n' }

// isJSON reports whether a media type is JSON or has the suffix +json (RFC 6839).
func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}
