package batch

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// checkIDs returns a *Malformed error unless each item can be told in the response by its id: one in JSON
// needs an id, and one in a multipart batch a Content-ID if the request has an id.
func checkIDs(groups []*atomicityGroup, isMultipart bool) error {
	for _, g := range groups {
		for _, i := range g.items {
			switch {
			case !isMultipart && i.isPart && i.contentID == "":
				return i.malformed("id", "The request has no Content-ID, which a response in JSON needs as id; give it one, or accept %s.", multipartMixed)
			case isMultipart && !i.isPart && !contentIDForm.MatchString(i.id):
				return i.malformed("id", "The id %s cannot be a Content-ID; for a response in %s, use 1 to 128 letters, digits and . _ ~ -.", quoted(i.id), multipartMixed)
			}
		}
	}
	return nil
}

// encodeMultipart returns the response of a batch in multipart/mixed (OData Protocol 11.7.7.6). A change set that
// failed has one response.
func encodeMultipart(groups []*atomicityGroup) *Response {
	contentType, body := writeParts("batchresponse_", func(to *multipart.Writer) {
		for _, g := range groups {
			isChangeSet := g.name != "" && g.items[0].isPart
			switch {
			case isChangeSet && g.failed != nil:
				writeResponses(to, g.failed)
			case isChangeSet:
				contentType, body := writeParts("changesetresponse_", func(to *multipart.Writer) { writeResponses(to, g.items...) })
				writePart(to, textproto.MIMEHeader{"Content-Type": {contentType}}, body)
			default:
				writeResponses(to, g.items...)
			}
		}
	})
	return &Response{ContentType: contentType, Body: body}
}

// writeParts returns a text of the parts that write writes, and its type. The boundary begins with kind, as in
// Microsoft's services: o.js tells change sets by it.
func writeParts(kind string, write func(*multipart.Writer)) (contentType string, text []byte) {
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	_ = parts.SetBoundary(kind + parts.Boundary()[:40]) // a boundary of 70 letters at most never fails
	write(parts)
	_ = parts.Close() // a Buffer never fails
	return multipartMixed + "; boundary=" + parts.Boundary(), body.Bytes()
}

// writePart writes one part to a Buffer, which never fails.
func writePart(to *multipart.Writer, header textproto.MIMEHeader, content []byte) {
	part, _ := to.CreatePart(header)
	_, _ = part.Write(content)
}

// writeResponses writes a part for the response to each item.
func writeResponses(to *multipart.Writer, items ...*item) {
	for _, i := range items {
		header := textproto.MIMEHeader{"Content-Type": {applicationHTTP}, "Content-Transfer-Encoding": {"binary"}}
		switch {
		case i.contentID != "":
			header["Content-ID"] = []string{i.contentID}
		case !i.isPart:
			header["Content-ID"] = []string{i.id}
		}
		writePart(to, header, i.wireMessage())
	}
}

// oneLine makes a value that a handler wrote one line, as net/http does.
var oneLine = strings.NewReplacer("\r", " ", "\n", " ")

// wireMessage returns the response as HTTP/1.1 has it on the wire.
func (i *item) wireMessage() []byte {
	w := i.response
	content := w.body.Bytes()
	headers := w.wireHeaders()
	switch {
	case w.status == http.StatusNoContent || w.status == http.StatusNotModified:
		content = nil
	case strings.EqualFold(i.Method, http.MethodHead):
		content = nil
	default:
		headers = append(headers, wireHeader{name: "Content-Length", value: strconv.Itoa(len(content))})
		slices.SortFunc(headers, byName)
	}
	var message bytes.Buffer
	fmt.Fprintf(&message, "HTTP/1.1 %d %s\r\n", w.status, http.StatusText(w.status))
	for _, header := range headers {
		fmt.Fprintf(&message, "%s: %s\r\n", header.name, oneLine.Replace(header.value))
	}
	message.WriteString("\r\n")
	message.Write(content)
	return message.Bytes()
}
