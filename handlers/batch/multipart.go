package batch

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// The media types of a multipart batch and of its parts (OData Protocol 11.7.7.1).
const (
	multipartMixed  = "multipart/mixed"
	applicationHTTP = "application/http"
)

// maxBoundary is the longest boundary of RFC 2046, 5.1.1.
const maxBoundary = 70

// multipartReader reads the parts of a multipart batch into items.
type multipartReader struct {
	items      []*item
	changeSets int
}

// parseMultipart decodes a multipart batch. It returns the items in their groups, or a *Malformed error
// with the first thing that is wrong. Each fault of an item names it as a JSON batch would: its place among
// all requests, those of change sets included.
func parseMultipart(body []byte, boundary string) ([]*atomicityGroup, error) {
	if fault := checkBoundary("Content-Type", boundary); fault != nil {
		return nil, fault
	}
	var r multipartReader
	if err := r.readParts(bytes.NewReader(body), boundary, ""); err != nil {
		return nil, err
	}
	if len(r.items) == 0 {
		return nil, malformed("requests", "The batch has no request; send 1 to %d.", MaxRequests)
	}
	for _, i := range r.items {
		i.findReferences(r.items[:i.index])
	}
	return resolve(r.items)
}

// readParts reads the parts of the batch, or those of a change set if it has a name. Preamble and epilogue are
// ignored (OData Protocol 11.7.7.1).
func (r *multipartReader) readParts(body io.Reader, boundary, changeSet string) error {
	// multipart.Reader returns io.EOF, as at the closing boundary, also if the text ends within the headers of
	// a part. The empty line lets these headers end, so that the missing content is found.
	parts := multipart.NewReader(io.MultiReader(body, strings.NewReader("\r\n\r\n")), boundary)
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF { // a wrapped one is a text without the closing boundary
			return nil
		}
		if err != nil {
			return r.broken(boundary)
		}
		if len(r.items) == MaxRequests {
			return malformed("requests", "The batch has more than %d requests; send at most %d.", MaxRequests, MaxRequests)
		}
		if err := r.readPart(part, boundary, changeSet); err != nil {
			return err
		}
	}
}

// readPart reads one part: a request, or a change set that is not itself in one.
func (r *multipartReader) readPart(part *multipart.Part, boundary, changeSet string) error {
	if encoding := part.Header.Get("Content-Transfer-Encoding"); encoding != "" && !strings.EqualFold(encoding, "binary") {
		return malformed(r.target("Content-Transfer-Encoding"), "'Content-Transfer-Encoding' is %s; it must be binary, or left out.", quoted(encoding))
	}
	if len(part.Header) > maxHeaders {
		return malformed(r.target(""), "The part has %d headers; it must have at most %d.", len(part.Header), maxHeaders)
	}
	contentType := part.Header.Get("Content-Type")
	media, parameters, _ := mime.ParseMediaType(contentType)
	switch {
	case media == applicationHTTP:
		var content bytes.Buffer
		_, err := content.ReadFrom(io.LimitReader(part, maxHead+1))
		if head, _ := cutHead(content.Bytes()); err == nil && len(head) <= maxHead { // else the rest need not be read
			_, err = content.ReadFrom(part)
		}
		if err != nil {
			return r.broken(boundary)
		}
		return r.addRequest(part.Header, content.Bytes(), changeSet)
	case media == multipartMixed && changeSet == "":
		return r.readChangeSet(part, parameters["boundary"])
	case media == multipartMixed:
		return malformed(r.target("Content-Type"), "A change set must not be in a change set.")
	}
	return malformed(r.target("Content-Type"), "'Content-Type' of the part is %s; it must be %s for a request, or %s with a boundary for a change set.",
		quoted(contentType), applicationHTTP, multipartMixed)
}

// readChangeSet reads the parts of a change set, which is an atomicity group.
func (r *multipartReader) readChangeSet(part io.Reader, boundary string) error {
	if fault := checkBoundary(r.target("Content-Type"), boundary); fault != nil {
		return fault
	}
	before := len(r.items)
	r.changeSets++
	if err := r.readParts(part, boundary, fmt.Sprintf("change set %d", r.changeSets)); err != nil {
		return err
	}
	if len(r.items) == before {
		return malformed(r.target(""), "The change set has no request; leave it out.")
	}
	return nil
}

// checkBoundary returns a fault at the target unless the boundary is one of RFC 2046.
func checkBoundary(target, boundary string) error {
	if boundary == "" || len(boundary) > maxBoundary {
		return malformed(target, "'Content-Type' has no boundary of 1 to %d characters; write one as in %s; boundary=b.", maxBoundary, multipartMixed)
	}
	return nil
}

// target returns the path of a member of the request that is read next.
func (r *multipartReader) target(member string) string {
	return strings.TrimSuffix(fmt.Sprintf("requests/%d/%s", len(r.items), member), "/")
}

// broken returns the fault of a text that is not in the multipart format.
func (r *multipartReader) broken(boundary string) error {
	return malformed(r.target(""), "The multipart body cannot be read after %d requests: each part begins with a line --%[2]s, headers and an empty line, and the line --%[2]s-- ends the last.",
		len(r.items), boundary)
}
