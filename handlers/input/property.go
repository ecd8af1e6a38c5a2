package input

import (
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/handlers/problem"
)

// PropertyBody returns the body of a PATCH that gives one property of an object of the schema the value,
// nil for null. The error is a problem if the property cannot have the value, with the same faults as
// those of the PATCH.
func (q Quirks) PropertyBody(schema *openapi3.Schema, name string, value any) (Body, error) {
	if text, isText := value.(string); isText && !utf8.ValidString(text) {
		return Body{}, problem.Refuse(problem.ErrInvalid, name, "The value of '%s' is not UTF-8.", name)
	}
	object := map[string]any{name: value}
	q.straighten(schema, object)
	if faults := bodyFaults(schema, object); len(faults) > 0 {
		return Body{}, problem.Invalid(faults...)
	}
	return Body{Value: object, Text: []byte{}}, nil
}
