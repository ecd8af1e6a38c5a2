package batch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The most that a request in a part may have. A JSON batch has the same limits from the contract; these
// also bound what is decoded before anything is refused.
const (
	maxMethod  = 16
	maxURL     = 64 << 10
	maxHeaders = 100
	maxHead    = maxURL + 32<<10 // the request line and all headers, in bytes
)

// contentIDForm is the rule request-id of OData's ABNF. Such an id cannot break a header.
var contentIDForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,128}$`)

// addRequest adds the request in the content of a part.
func (r *multipartReader) addRequest(outside textproto.MIMEHeader, content []byte, changeSet string) error {
	head, content := cutHead(content)
	// An id that no Content-ID can be, because some requests have none.
	i := &item{id: fmt.Sprintf("#%d", len(r.items)+1), index: len(r.items), isPart: true}
	i.AtomicityGroup = changeSet
	header, fault := i.readHead(head)
	if fault != nil {
		return fault
	}
	if changeSet != "" && (i.Method == http.MethodGet || i.Method == http.MethodHead) {
		return i.malformed("method", "A change set must not have a %s; send it outside of the change set.", i.Method)
	}
	if fault := i.setContentID(slices.Concat(outside.Values("Content-ID"), header.Values("Content-ID"))); fault != nil {
		return fault
	}
	if i.content, fault = i.readContent(header, content); fault != nil {
		return fault
	}
	i.host = header.Get("Host")
	i.Headers = make(map[string]string, len(header))
	for name, values := range header {
		if name != "Content-Id" {
			i.Headers[name] = strings.Join(values, ", ")
		}
	}
	r.items = append(r.items, i)
	return nil
}

// cutHead cuts the text of a request after the empty line that ends its headers. Without one, all is head.
// Empty lines at the beginning are dropped (RFC 9112, 2.2).
func cutHead(text []byte) (head, content []byte) {
	text = bytes.TrimLeft(text, "\r\n")
	end := len(text)
	for _, empty := range []string{"\n\r\n", "\n\n"} {
		if at := bytes.Index(text[:end], []byte(empty)); at >= 0 {
			end, content = at+1, text[at+len(empty):]
		}
	}
	return text[:end], content
}

// readHead sets method and url, and returns the headers.
func (i *item) readHead(head []byte) (textproto.MIMEHeader, error) {
	if len(head) > maxHead || bytes.Count(head, []byte("\n")) > maxHeaders+1 {
		return nil, i.malformed("headers", "The request line and the headers must have at most %d headers and %d bytes.", maxHeaders, maxHead)
	}
	first, rest, _ := bytes.Cut(head, []byte("\n"))
	if fault := i.readRequestLine(strings.TrimRight(string(first), "\r")); fault != nil {
		return nil, fault
	}
	lines := textproto.NewReader(bufio.NewReader(bytes.NewReader(rest)))
	header, err := lines.ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) { // the end of the head is the end of the headers
		return nil, i.malformed("headers", "The request has a line that is no header; write one as in Content-Type: application/json, and an empty line after the last.")
	}
	return header, nil
}

// readRequestLine sets method and url. The version may be absent, as in examples of OData.
func (i *item) readRequestLine(line string) error {
	method, target, _ := strings.Cut(line, " ")
	if at := strings.LastIndexByte(target, ' '); at >= 0 && strings.HasPrefix(target[at+1:], "HTTP/") {
		if version := target[at+1:]; version != "HTTP/1.1" && version != "HTTP/1.0" {
			return i.malformed("", "The version of the request is %s; it must be HTTP/1.1.", quoted(version))
		}
		target = target[:at]
	}
	switch {
	case len(method) > maxMethod || !isHeaderName(method):
		return i.malformed("method", "The request begins with %s; it must begin with a line as in GET me/analytics HTTP/1.1.", quoted(line))
	case target == "":
		return i.malformed("url", "The request line %s has no URL; write one as in GET me/analytics HTTP/1.1.", quoted(line))
	case len(target) > maxURL:
		return i.malformed("url", "The URL has %d bytes; it must have at most %d.", len(target), maxURL)
	}
	i.Method, i.URL = strings.ToUpper(method), target
	return nil
}

// setContentID makes the Content-ID the id of the item. It stands in the headers of the part, for some clients in those
// of the request.
func (i *item) setContentID(values []string) error {
	values = slices.Compact(values)
	switch {
	case len(values) == 0:
		return nil
	case len(values) > 1:
		return i.malformed("id", "The request has %d values of Content-ID; give it one.", len(values))
	case !contentIDForm.MatchString(values[0]):
		return i.malformed("id", "'Content-ID' is %s; it must be 1 to 128 letters, digits and . _ ~ -.", quoted(values[0]))
	}
	i.id, i.contentID = values[0], values[0]
	return nil
}

// readContent returns the body of the request, nil for none. Content-Length may leave out line ends that the client
// added before the boundary, and nothing else.
func (i *item) readContent(header textproto.MIMEHeader, content []byte) ([]byte, error) {
	if header.Get("Transfer-Encoding") != "" {
		return nil, i.malformed("headers", "A request of a batch must not have Transfer-Encoding; its part ends at the boundary.")
	}
	isBlank := len(bytes.Trim(content, "\r\n")) == 0
	for _, given := range header.Values("Content-Length") {
		length, err := strconv.ParseUint(strings.TrimSpace(given), 10, 31)
		if err != nil || int(length) > len(content) || len(bytes.Trim(content[length:], "\r\n")) > 0 {
			return nil, i.malformed("headers", "'Content-Length' is %s, but the body has %d bytes up to the boundary; leave it out.", quoted(given), len(content))
		}
		if !isBlank {
			content = content[:length]
		}
	}
	if isBlank {
		return nil, nil
	}
	return content, nil
}

// findReferences makes the item depend on the earlier items to which its url, If-Match or If-None-Match refer.
func (i *item) findReferences(earlier []*item) {
	var names []string
	if first, isReference := reference(i.URL); isReference {
		names = append(names, first)
	}
	for _, name := range []string{"If-Match", "If-None-Match"} {
		names = append(names, i.Headers[name])
	}
	for _, other := range earlier {
		isMeant := func(name string) bool { return strings.EqualFold(name, "$"+other.contentID) }
		if other.contentID != "" && slices.ContainsFunc(names, isMeant) {
			i.DependsOn = append(i.DependsOn, other.id)
		}
	}
}

// malformed returns the fault of a request that cannot be read.
func (i *item) malformed(member, format string, values ...any) error {
	return &Malformed{Faults: []Fault{i.refuse(0, member, format, values...).Fault}}
}
