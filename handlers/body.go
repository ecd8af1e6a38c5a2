package handlers

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// validatedBody is a request's body after validation: it has nothing left to
// read, only the value, which gen binds in place of a second decoding (see
// runtime.BindJSONValue).
type validatedBody struct {
	value any
	text  []byte // as it was read, for who must pass it on
}

func (validatedBody) Read([]byte) (int, error) { return 0, io.EOF }
func (validatedBody) Close() error             { return nil }

// ValidatedValue returns what was validated.
func (b validatedBody) ValidatedValue() any { return b.value }

// readBody reads, decompresses and decodes a JSON body, and leaves out of it the
// annotations that a receiver must ignore. The limit of its size is the
// contract's x-max-bytes, for the body as it comes and as it is decompressed.
func (q quirks) readBody(w http.ResponseWriter, r *http.Request, op *operation) (validatedBody, error) {
	var body validatedBody
	if contentType := r.Header.Get("Content-Type"); !isMediaType(op, contentType) {
		return body, refuse(errMediaType, "Content-Type", "Content-Type is '%s'; send application/json, in UTF-8.", shown(contentType))
	}
	text, err := q.readLimited(r, op.maxBytes)
	if err != nil {
		w.Header().Set("Connection", "close") // else net/http would read on before it answers
		return body, err
	}
	if len(text) == 0 {
		return body, refuse(errInvalid, "", "Unable to read JSON request payload: the body is empty. Send a JSON object.")
	}
	value, err := decodeJSON(text, op.maxValues)
	if object, isObject := value.(map[string]any); isObject {
		schema := narrow(op.bodySchema, value)
		dropAnnotations(schema, object)
		q.straighten(schema, object)
	}
	return validatedBody{value, text}, err
}

// isMediaType says whether a body of the media type is one of the operation's, and in
// UTF-8, the only encoding of JSON (RFC 8259, 8.1).
func isMediaType(op *operation, contentType string) bool {
	name, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || op.RequestBody.Value.Content[name] == nil {
		return false
	}
	charset, given := parameters["charset"]
	return !given || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8") // as many clients call it
}

func (q quirks) readLimited(r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	var body io.Reader = http.MaxBytesReader(nil, r.Body, limit)
	switch encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
	case "gzip":
		unzipped, err := q.unzip(body)
		if err != nil {
			return nil, readFault(err, limit)
		}
		body = unzipped
	default:
		return nil, refuse(errMediaType, "Content-Encoding",
			"Content-Encoding is '%s'; send the body plain or in one layer of gzip.", shown(encoding))
	}
	text, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, readFault(err, limit)
	}
	if int64(len(text)) > limit {
		return nil, tooLarge(limit)
	}
	return text, nil
}

func tooLarge(limit int64) error {
	return refuse(errTooLarge, "", "The body is larger than %d bytes.", limit)
}

// readFault tells a body that is too large from one that does not arrive whole.
func readFault(err error, limit int64) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge(limit)
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(errTimeout, "", "The body did not arrive in time; send it again.")
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, new(flate.CorruptInputError)):
		return refuse(errInvalid, "Content-Encoding", "Unable to read the request payload: it is not in gzip, as Content-Encoding says, or damaged.")
	}
	return refuse(errInvalid, "", "Unable to read the request payload: it does not arrive whole.")
}

// dropAnnotations removes from an object that is closed, and from those in it, the
// annotations that its schema does not speak of: a receiver must not stop at an
// annotation that it does not know (OData JSON 4.6).
func dropAnnotations(schema *openapi3.Schema, object map[string]any) {
	if isOpen(schema) {
		return
	}
	for name, value := range object {
		property := schema.Properties[name]
		if property == nil && strings.Contains(name, "@") {
			delete(object, name)
		}
		if inner, isObject := value.(map[string]any); isObject && property != nil {
			dropAnnotations(property.Value, inner)
		}
	}
}

// isOpen says whether an object of the schema may have properties that the schema
// does not name.
func isOpen(schema *openapi3.Schema) bool {
	return schema.AdditionalProperties.Has == nil || *schema.AdditionalProperties.Has
}
