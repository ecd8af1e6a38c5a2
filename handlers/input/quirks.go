package input

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store/edm"
)

// Quirks reports whether requests may have the quirks of official Microsoft Graph SDKs, which neither
// OData nor Graph allows. They were found by running the SDKs. This is the whole list; without
// quirks the contract counts to the letter.
//
//   - Durations have forms of their own (edm.ParseSDKDuration lists them). They are made
//     canonical before validation.
//   - A cleared type is sent as "odataType": null (Go). It is ignored.
//   - A retried body is labelled gzip but plain, or is compressed more than once (Go, kiota JS).
//   - The Go SDK reads PT30S as zero and PT30.0S correctly: it is sent the latter.
//   - The JSON body of a batch item is base64 text without headers (kiota JS): handlers/batch
//     reads it.
type Quirks bool

// maxLayers is how many layers of gzip the retries of a client may add to a body.
const maxLayers = 4

// unzip returns the decompressed body of one that is labelled gzip.
func (q Quirks) unzip(body io.Reader) (io.Reader, error) {
	if !q {
		return gzip.NewReader(body)
	}
	for range maxLayers {
		peeking := bufio.NewReader(body)
		magic, err := peeking.Peek(2)
		body = peeking
		if err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
			break // plain, or an error that the next read returns
		}
		if body, err = gzip.NewReader(peeking); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// straighten rewrites the values of SDKs in an object to the form of its schema.
func (q Quirks) straighten(schema *openapi3.Schema, object map[string]any) {
	if !q {
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

// Durations returns the function that appends durations for the client that the SdkVersion header names.
func (q Quirks) Durations(sdkVersion string) func(edm.Duration, []byte) []byte {
	if bool(q) && strings.Contains(sdkVersion, "graph-go") {
		return withFraction
	}
	return edm.Duration.Append
}

// withFraction appends seconds with a decimal point, PT30.0S, which is a valid Edm.Duration as well.
func withFraction(d edm.Duration, text []byte) []byte {
	start := len(text)
	text = d.Append(text)
	if d == 0 || text[len(text)-1] != 'S' || bytes.IndexByte(text[start:], '.') >= 0 {
		return text
	}
	return append(text[:len(text)-1], ".0S"...)
}

// BatchFaults returns a fault for each JSON body of a batch that is text. A plain batch has none, and a multipart batch
// no JSON bodies.
func (q Quirks) BatchFaults(body Body) []gen.ErrorDetail {
	if q {
		return nil
	}
	batch, _ := body.Value.(map[string]any)
	requests, _ := batch["requests"].([]any)
	var faults []gen.ErrorDetail
	for i := range requests {
		item, _ := requests[i].(map[string]any)
		headers, _ := item["headers"].(map[string]any)
		_, isText := item["body"].(string)
		labelled := false
		for name, value := range headers {
			text, _ := value.(string)
			labelled = labelled || strings.EqualFold(name, "Content-Type") && !strings.HasPrefix(text, "application/json")
		}
		if isText && !labelled {
			faults = append(faults, problem.Fault(gen.InvalidValue, fmt.Sprintf("requests/%d/body", i), "A JSON body must be a JSON value, not text."))
		}
	}
	return faults
}
