package input

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/runtime"

	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// Body is a request's body after validation.
type Body struct {
	// Value is the decoded JSON without ignored annotations; nil without a body and for a body that is
	// not JSON. An optional body that is absent counts as an empty object.
	Value any
	// Text is the body as it was sent, decompressed.
	Text []byte
}

// Bind sets the value of gen's type that to points to. It is an error if no body was validated.
func (b Body) Bind(to any) error {
	if b.Text == nil {
		return errors.New("no body was validated")
	}
	return runtime.BindJSONValue(b.Value, to)
}

// readBody reads, decompresses and decodes a JSON body, and drops the annotations that a receiver
// must ignore. The contract's x-max-bytes limits the body both as it is sent and decompressed.
func (q Quirks) readBody(r *http.Request, op *spec.Operation) (Body, error) {
	var body Body
	if r.ContentLength == 0 && !op.RequestBody.Value.Required {
		return Body{map[string]any{}, []byte("{}")}, nil
	}
	if contentType := r.Header.Get("Content-Type"); !isMediaType(op, contentType) {
		return body, problem.Refuse(problem.ErrMediaType, "Content-Type", "'Content-Type' is '%s'; it must be %s, in UTF-8.", problem.Shown(contentType),
			strings.Join(slices.Sorted(maps.Keys(op.RequestBody.Value.Content)), " or "))
	}
	text, refused := q.readLimited(r, op.MaxBytes)
	if refused != nil {
		refused.Unread = true
		return body, refused
	}
	if op.BodySchema == nil {
		return Body{Text: text}, nil
	}
	value, err := DecodeJSON(text, op.MaxValues)
	if object, isObject := value.(map[string]any); isObject {
		schema := narrow(op.BodySchema, value)
		dropAnnotations(schema, object)
		q.straighten(schema, object)
	}
	return Body{value, text}, err
}

// isMediaType reports whether the operation takes a body of the media type. The encoding must be
// UTF-8, the only one of JSON (RFC 8259, 8.1).
func isMediaType(op *spec.Operation, contentType string) bool {
	name, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || op.RequestBody.Value.Content[name] == nil {
		return false
	}
	charset, given := parameters["charset"]
	return !given || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8") // utf8 is a common misspelling
}

// readLimited reads and decompresses a body of at most limit bytes.
func (q Quirks) readLimited(r *http.Request, limit int64) ([]byte, *problem.Problem) {
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
		return nil, problem.Refuse(problem.ErrMediaType, "Content-Encoding",
			"'Content-Encoding' is '%s'; it must be gzip, once, or left out.", problem.Shown(encoding))
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

func tooLarge(limit int64) *problem.Problem {
	return problem.Refuse(problem.ErrTooLarge, "", "The body is larger than %d bytes.", limit)
}

// readFault returns the problem of a body that is too large, too slow, or does not arrive whole.
func readFault(err error, limit int64) *problem.Problem {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge(limit)
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem.Refuse(problem.ErrTimeout, "", "The body did not arrive in time; send it again.")
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, new(flate.CorruptInputError)):
		return problem.Refuse(problem.ErrInvalid, "Content-Encoding", "Unable to read the request payload: it is not in gzip, as Content-Encoding says, or damaged.")
	}
	return problem.Refuse(problem.ErrInvalid, "", "Unable to read the request payload: it does not arrive whole.")
}

// dropAnnotations removes from a closed object, and from the objects in it, the annotations that
// its schema does not have: a receiver must ignore an annotation that it does not know
// (OData JSON 4.6).
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

// isOpen reports whether an object of the schema may have properties that the schema does not name.
func isOpen(schema *openapi3.Schema) bool {
	return schema.AdditionalProperties.Has == nil || *schema.AdditionalProperties.Has
}
