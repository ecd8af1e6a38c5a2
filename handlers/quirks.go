package handlers

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/gen"
	"afterhours/store/edm"
)

// quirks are what official Microsoft Graph SDKs do that neither OData nor Graph
// says, as it was found by running them. Here are all of them; Config.SDKQuirks
// turns them on. Without them the contract counts to the letter.
//
//   - Durations come in forms of their own: edm.ParseSDKDuration says which. They
//     are put in canonical form before the contract judges them.
//   - A cleared type comes as "odataType": null (Go). It means nothing.
//   - A body is labelled gzip and is plain, or was compressed more than once, when
//     a client sends it again (Go, kiota JS).
//   - The Go SDK reads PT30S as zero and PT30.0S rightly: it gets the latter.
//   - A batch item's JSON body comes as base64 text without any headers (kiota JS):
//     handlers/batch reads it.
type quirks struct{ on bool }

// maxLayers is how many layers of gzip a client's retries may have put around a body.
const maxLayers = 4

// unzip returns the plain body of one that is labelled gzip.
func (q quirks) unzip(body io.Reader) (io.Reader, error) {
	if !q.on {
		return gzip.NewReader(body)
	}
	for range maxLayers {
		peeking := bufio.NewReader(body)
		magic, err := peeking.Peek(2)
		body = peeking
		if err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
			break // what is wrong with it, reading it tells
		}
		if body, err = gzip.NewReader(peeking); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// straighten puts what SDKs write into an object in the form that its schema asks
// for.
func (q quirks) straighten(schema *openapi3.Schema, object map[string]any) {
	if !q.on {
		return
	}
	if value, there := object["odataType"]; there && value == nil {
		delete(object, "odataType")
	}
	for name, property := range schema.Properties {
		text, isText := object[name].(string)
		if !isText || property.Value.Format != "edm-duration" || uint64(len(text)) > *property.Value.MaxLength {
			continue
		}
		if parsed, err := edm.ParseSDKDuration(text); err == nil {
			object[name] = parsed.String()
		}
	}
}

// durations returns how to write durations for the client that announces itself so
// in SdkVersion.
func (q quirks) durations(sdkVersion string) func(edm.Duration) string {
	if q.on && strings.Contains(sdkVersion, "graph-go") {
		return withFraction
	}
	return edm.Duration.String
}

// withFraction writes seconds with a decimal point: PT30.0S. It is Edm.Duration too.
func withFraction(d edm.Duration) string {
	text := d.String()
	if d == 0 || !strings.HasSuffix(text, "S") || strings.Contains(text, ".") {
		return text
	}
	return strings.TrimSuffix(text, "S") + ".0S"
}

// batchFaults returns a fault for each JSON body of a batch that comes as text.
func (q quirks) batchFaults(body *gen.BatchRequest) []gen.ErrorDetail {
	if q.on {
		return nil
	}
	var faults []gen.ErrorDetail
	for i, item := range body.Requests {
		headers, _ := item.Headers.Get()
		_, isText := item.Body.(string)
		labelled := false
		for name, value := range headers {
			labelled = labelled || strings.EqualFold(name, "Content-Type") && !strings.HasPrefix(value, "application/json")
		}
		if isText && !labelled {
			faults = append(faults, fault(gen.InvalidValue, fmt.Sprintf("requests/%d/body", i), "A JSON body must be a JSON value, not text."))
		}
	}
	return faults
}
