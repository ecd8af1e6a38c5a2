// Package input owns a request's parameters and body: it reads them and holds them against their
// operation of the contract. It leaves alone authentication (handlers) and the work of the operation
// (operations).
//
//	ReadBody -> plain.Schema.Read                               -> Body    a plain body
//	ReadBody -> dropAnnotations -> straighten -> openapi3.Schema -> Body   any other, and every fault
package input

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/gen"
	"afterhours/handlers/plain"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
	"afterhours/store/edm"
)

// formats are the formats of the contract that need more than a pattern.
var formats = openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
	"edm-duration": openapi3.NewCallbackValidator(func(text string) error { _, err := edm.ParseDuration(text); return err }),
	"date":         openapi3.NewCallbackValidator(func(text string) error { _, err := edm.ParseDate(text); return err }),
	"date-time":    openapi3.NewCallbackValidator(parseTime),
})

// parseTime returns an error unless the text is a time as RFC 3339 has it.
func parseTime(text string) error {
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		return fmt.Errorf("'%s' is no time: write one as in 2026-11-23T14:00:00Z", problem.Shown(text))
	}
	return nil
}

// Validate holds a request against its operation, parameters first, and returns its body, whose text
// ReadBody has read. The cast is the type that the URL casts to,
// as @odata.type names it, "" for none. The error is a problem that names every fault.
func Validate(r *http.Request, op *spec.Operation, path plain.Path, cast string, text []byte, quirks Quirks) (Body, error) {
	faults := parameterFaults(r, op, path)
	if len(faults) == 0 && cast == "" && isJSON(r.Header) {
		if object, isPlain := op.PlainBody.Read(text); isPlain {
			return Body{Text: text, isPlain: true, object: object}, nil
		}
	}
	var body Body
	if op.RequestBody != nil {
		var err error
		schema := bodySchema(r, op)
		if body, err = quirks.decodeBody(op, schema, text, cast, bodyVersion(r.Header)); err != nil {
			return body, withFaults(err, faults)
		}
		if schema != nil {
			faults = append(faults, bodyFaults(schema, body.Value)...)
		}
	}
	if len(faults) > 0 {
		return body, problem.Invalid(faults...)
	}
	return body, nil
}

// withFaults returns the problem of a body together with the faults of the parameters. A problem that
// has another status than they have comes alone.
func withFaults(err error, faults []gen.ErrorDetail) error {
	var refused *problem.Problem
	if len(faults) == 0 || !errors.As(err, &refused) || !problem.IsInvalid(err) {
		return err
	}
	all := problem.Invalid(append(faults, refused.Faults()...)...)
	all.Unread = refused.Unread
	return all
}

// bodyFaults holds a decoded body against its schema and returns every fault.
func bodyFaults(schema *openapi3.Schema, body any) []gen.ErrorDetail {
	schema = narrow(schema, body)
	var faults []gen.ErrorDetail
	if object, isObject := body.(map[string]any); isObject {
		faults = takeOut(schema, object, "")
	}
	if err := schema.VisitJSON(body, openapi3.VisitAsRequest(), openapi3.MultiErrors(), formats); err != nil {
		for _, fault := range faultsOf(err, nil) {
			if !slices.ContainsFunc(faults, func(known gen.ErrorDetail) bool { return *known.Target == *fault.Target }) {
				faults = append(faults, fault) // not that what was taken out is missing
			}
		}
	}
	return faults
}

// ValueFaults holds a decoded value against its schema as if it were a request's body, and returns
// every fault. It drops the annotations of the value that a receiver must ignore.
func ValueFaults(schema *openapi3.Schema, value any) []gen.ErrorDetail {
	if object, isObject := value.(map[string]any); isObject {
		dropAnnotations(narrow(schema, value), object)
	}
	return bodyFaults(schema, value)
}

// takeOut removes from the object the values that are cheap to refuse and expensive to validate,
// and returns their faults: properties that the schema does not have, of which a hostile body may
// have a hundred thousand, and values that are too long. The schema judges the rest. The path is
// that of the object with a / at its end, or "".
func takeOut(schema *openapi3.Schema, object map[string]any, path string) []gen.ErrorDetail {
	var unknown, others []gen.ErrorDetail
	count := 0
	names := slices.AppendSeq(make([]string, 0, len(object)), maps.Keys(object))
	slices.Sort(names) // the same body gets the same response
	for _, name := range names {
		value, property := object[name], schema.Properties[name]
		at := func() string { return problem.Shown(path + name) }
		if property == nil {
			if isOpen(schema) {
				continue
			}
			delete(object, name)
			if count++; count <= problem.MaxFaults {
				names := slices.Sorted(maps.Keys(schema.Properties))
				unknown = append(unknown, problem.Fault(gen.UnknownProperty, at(), "There is no property '%s' here; there are %s.%s",
					problem.Shown(name), strings.Join(names, ", "), didYouMean(name, names)))
			}
			continue
		}
		if words := tooLong(property.Value, value); words != "" {
			delete(object, name)
			others = append(others, problem.Fault(gen.InvalidValue, at(), "'%s' %s.", at(), words))
			continue
		}
		switch value.(type) {
		case map[string]any, []any:
			others = append(others, takeOutWithin(property.Value, value, path+name+"/")...)
		}
	}
	return append(others, unknown...)
}

// takeOutWithin is takeOut for the objects in the value of a property.
func takeOutWithin(schema *openapi3.Schema, value any, path string) []gen.ErrorDetail {
	switch value := value.(type) {
	case map[string]any:
		return takeOut(schema, value, path)
	case []any:
		if schema.Items == nil {
			return nil
		}
		var faults []gen.ErrorDetail
		for i, item := range value {
			faults = append(faults, takeOutWithin(schema.Items.Value, item, path+strconv.Itoa(i)+"/")...)
		}
		return faults
	}
	return nil
}

// tooLong returns the words for a value that is longer than its schema allows, "" for any other.
func tooLong(schema *openapi3.Schema, value any) string {
	switch value := value.(type) {
	case string:
		if schema.MaxLength != nil && uint64(utf8.RuneCountInString(value)) > *schema.MaxLength {
			return fmt.Sprintf("is '%s'; it must be %s", problem.Shown(value), atMost(*schema.MaxLength))
		}
	case []any:
		if schema.MaxItems != nil && uint64(len(value)) > *schema.MaxItems {
			return fmt.Sprintf("has %d members; it must have at most %d", len(value), *schema.MaxItems)
		}
	case map[string]any:
		if schema.MaxProps != nil && uint64(len(value)) > *schema.MaxProps {
			return fmt.Sprintf("has %d members; it must have at most %d", len(value), *schema.MaxProps)
		}
	}
	return ""
}

// narrow returns the member of a discriminated union that the value names, so that the faults are
// those of its own type. Otherwise it returns the schema itself.
func narrow(schema *openapi3.Schema, value any) *openapi3.Schema {
	object, isObject := value.(map[string]any)
	if schema.Discriminator == nil || !isObject {
		return schema
	}
	name, _ := object[schema.Discriminator.PropertyName].(string)
	mapped, ok := schema.Discriminator.Mapping[name]
	if !ok {
		return schema
	}
	for _, member := range schema.OneOf {
		if member.Ref == mapped.Ref {
			return member.Value
		}
	}
	return schema
}
