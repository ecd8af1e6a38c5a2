package input

import (
	"errors"
	"maps"
	"math"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/runtime"

	"afterhours/gen"
	"afterhours/handlers/plain"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
	"afterhours/handlers/wire"
)

// Body is a request's body after validation.
type Body struct {
	// Value is the decoded JSON without ignored annotations; nil without a body, for a body that is not
	// JSON, and for a plain one, which only Bind gives. An optional body that is absent counts as an empty object.
	Value any
	// Text is the body as it was sent, decompressed.
	Text []byte
	// isPlain is true if the body is plain. It is then in object.
	isPlain bool
	object  plain.Object
}

// Bind sets the value of gen's type that to points to. It is an error if no body was validated.
func (b Body) Bind(to any) error {
	switch {
	case b.Text == nil:
		return errors.New("no body was validated")
	case b.isPlain && b.object.Bind(to):
		return nil
	case b.isPlain: // to a type that package plain does not know
		b.Value = b.object.Value()
	}
	return runtime.BindJSONValue(withIntegers(b.Value), to)
}

// withIntegers changes each whole number in a decoded value to an int64. BindJSONValue writes a float64 from
// a million on with an exponent, and then does not read it as an integer.
func withIntegers(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name := range value {
			value[name] = withIntegers(value[name])
		}
	case []any:
		for i := range value {
			value[i] = withIntegers(value[i])
		}
	case float64:
		if whole := int64(value); math.Abs(value) < 1<<53 && float64(whole) == value {
			return whole
		}
	}
	return value
}

// jsonType is the media type of JSON as nearly every client writes it.
const jsonType = "application/json"

// isJSON reports whether the header Content-Type is that of JSON, and has no parameters.
func isJSON(header http.Header) bool { return Line(header, "Content-Type") == jsonType }

// bodySchema returns the schema of a JSON body, nil if the request's body is of another media type.
func bodySchema(r *http.Request, op *spec.Operation) *openapi3.Schema {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != jsonType && op.RequestBody.Value.Content[media] != nil {
		return nil
	}
	return op.BodySchema
}

// decodeBody decodes a JSON body, and drops the annotations that a receiver must ignore. A body that is
// not JSON is left as it is. The cast is that of Validate, and the version that of the body.
func (q Quirks) decodeBody(op *spec.Operation, schema *openapi3.Schema, text []byte, cast string, version wire.Version) (Body, error) {
	switch {
	case schema == nil:
		return Body{Text: text}, nil
	case text == nil && !op.RequestBody.Value.Required:
		text = []byte("{}")
	}
	value, err := DecodeJSON(text, op.MaxValues)
	if version == wire.Version401 {
		wire.Prefixed(value)
	}
	if object, isObject := value.(map[string]any); isObject {
		nameType(schema, object, cast)
		schema = narrow(schema, value)
		if faults := notImplementedMembers(schema, object); len(faults) > 0 {
			return Body{Value: value, Text: text}, problem.Invalid(faults...)
		}
		dropAnnotations(schema, object)
		q.straighten(schema, object)
	}
	return Body{Value: value, Text: text}, err
}

// notImplementedMembers returns a fault for each member of the object that OData has and this server
// does not. The contract names control information as OData 4.01 does. Either form is found in either
// version: as an annotation, it would be ignored, and the caller would believe that it took effect.
func notImplementedMembers(schema *openapi3.Schema, object map[string]any) []gen.ErrorDetail {
	members := spec.NotImplementedMembers(schema)
	var faults []gen.ErrorDetail
	for _, name := range slices.Sorted(maps.Keys(members)) {
		_, short := object[name]
		_, long := object[strings.Replace(name, "@", "@odata.", 1)]
		if short || long {
			faults = append(faults, problem.Fault(gen.NotSupported, name, "OData has '%s' in this body, but this server does not implement it. %s.", name, members[name]))
		}
	}
	return faults
}

// isMediaType reports whether the operation takes a body of the media type. The encoding must be
// UTF-8, the only one of JSON (RFC 8259, 8.1).
func isMediaType(op *spec.Operation, contentType string) bool {
	if contentType == jsonType && op.BodySchema != nil {
		return true // without the cost of ParseMediaType
	}
	name, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || op.RequestBody.Value.Content[name] == nil {
		return false
	}
	charset, given := parameters["charset"]
	return !given || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8") // utf8 is a common misspelling
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
