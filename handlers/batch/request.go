package batch

import (
	"context"
	"encoding/base64"
	"mime"
	"net/http"
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
	address := i.address
	if address == nil {
		var refusal *Refusal
		if address, refusal = r.address(i); refusal != nil {
			return nil, refusal
		}
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
		i.sent.Reset(payload)
		request.Body = &i.sent
	}
	return request.WithContext(ctx), nil
}

// isHeaderName reports whether the text is a token of RFC 9110, 5.6.2.
func isHeaderName(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		isAlphanumeric := '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
		return !isAlphanumeric && !strings.ContainsRune("!#$%&'*+.^_`|~-", r)
	})
}

// isControlCharacter reports whether net/http refuses the character in a header.
func isControlCharacter(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// header returns the headers of the item's request.
func (r *run) header(i *item) (http.Header, *Refusal) {
	header := http.Header{}
	for _, name := range inherited {
		if values := r.outer.Header.Values(name); len(values) > 0 {
			header[name] = slices.Clip(values) // to which nothing can be appended in place
		}
	}
	given := make([]string, 0, usualHeaders)
	for _, written := range sortedNames(i.Headers) {
		name, value := http.CanonicalHeaderKey(written), strings.TrimSpace(i.Headers[written])
		switch {
		case !isHeaderName(written) || strings.ContainsFunc(value, isControlCharacter):
			return nil, i.refuse(http.StatusBadRequest, "headers", "The header %s is not one that HTTP permits.", quoted(written))
		case slices.Contains(given, name) && header.Get(name) == value: // the Java SDK writes content-type in both cases
			continue
		case slices.Contains(given, name):
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
		given, header[name] = append(given, name), []string{value}
	}
	return header, nil
}

// usualHeaders is how many headers an item has at most, as a rule.
const usualHeaders = 8

// sortedNames returns the names of the headers in their order.
func sortedNames(headers map[string]string) []string {
	names := make([]string, 0, usualHeaders)
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
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
	media := mediaType(header.Get("Content-Type"))
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

// mediaType returns the media type in a Content-Type, in lower case and without parameters, "" if there is none.
func mediaType(contentType string) string {
	switch contentType {
	case "application/json", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8":
		return "application/json" // as most are, without the cost of ParseMediaType
	}
	media, _, _ := mime.ParseMediaType(contentType)
	return media
}

// toStandard turns base64url into standard base64.
var toStandard = strings.NewReplacer("-", "+", "_", "/")

// isNull reports whether a member is null or absent.
func isNull(value jsontext.Value) bool { return len(value) == 0 || value.Kind() == 'n' }

// isJSON reports whether a media type is JSON or has the suffix +json (RFC 6839).
func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}
