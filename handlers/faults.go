package handlers

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"afterhours/gen"
)

// maxFaults is how many faults an answer names, the contract's maxItems of details.
const maxFaults = 50

// invalid returns the problem of a request with these faults, at least one.
func invalid(faults []gen.ErrorDetail) *problem {
	p := &problem{kind: errInvalid, details: faults, message: faults[0].Message}
	switch {
	case len(faults) == 1:
		p.target = *faults[0].Target
	case len(faults) < maxFaults:
		p.message = fmt.Sprintf("The request breaks the contract in %d places; details names each.", len(faults))
	default:
		p.message = fmt.Sprintf("The request breaks the contract in many places; details names %d.", maxFaults)
		p.details = faults[:maxFaults]
	}
	return p
}

func fault(code gen.ErrorDetailCode, target, format string, values ...any) gen.ErrorDetail {
	return gen.ErrorDetail{Code: code, Target: &target, Message: fmt.Sprintf(format, values...)}
}

// faultsOf turns what kin-openapi found into faults for a person, one for each
// place: where a format is broken, its own words are the better ones. The target
// is the parameter, or "" for a body.
func faultsOf(err error, target string) []gen.ErrorDetail {
	found := schemaErrors(err)
	if len(found) == 0 { // not the schema's: a parameter that cannot be decoded
		return []gen.ErrorDetail{fault(gen.InvalidValue, target, "'%s' cannot be read: %s.", target, reasonOf(err))}
	}
	var faults []gen.ErrorDetail
	places := map[string]int{}
	for _, one := range found {
		place := placeOf(one, target)
		at, again := places[place]
		switch {
		case again && one.SchemaField == "format":
			faults[at] = faultOf(one, place)
		case !again && len(faults) < maxFaults:
			places[place] = len(faults)
			faults = append(faults, faultOf(one, place))
		}
	}
	return faults
}

// schemaErrors returns the schema errors within err, the outermost of each branch.
func schemaErrors(err error) []*openapi3.SchemaError {
	switch err := err.(type) {
	case *openapi3.SchemaError:
		return []*openapi3.SchemaError{err}
	case openapi3.MultiError:
		var all []*openapi3.SchemaError
		for _, one := range err {
			all = append(all, schemaErrors(one)...)
		}
		return all
	case *openapi3filter.RequestError:
		return schemaErrors(err.Err)
	}
	return nil
}

func reasonOf(err error) string {
	var parse *openapi3filter.ParseError
	if errors.As(err, &parse) && parse.Reason != "" {
		return parse.Reason
	}
	return rootCause(err).Error()
}

func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// placeOf returns the property that the error is of, or else the parameter.
func placeOf(found *openapi3.SchemaError, parameter string) string {
	if path := found.JSONPointer(); len(path) > 0 {
		return shown(strings.Join(path, "/"))
	}
	return parameter
}

// faultOf words one schema error at its place.
func faultOf(found *openapi3.SchemaError, place string) gen.ErrorDetail {
	field := found.SchemaField
	if field == "enum" && found.Value == nil {
		field = "nullable"
	}
	switch schema := found.Schema; field {
	case "required":
		return fault(gen.MissingProperty, place, "The property '%s' is required.", place)
	case "discriminator":
		name := schema.Discriminator.PropertyName
		types := slices.Sorted(maps.Keys(schema.Discriminator.Mapping))
		return fault(gen.InvalidValue, name, "%s must tell the type: one of %s.", name, strings.Join(types, ", "))
	case "enum":
		return fault(gen.InvalidValue, place, "%s is not one of %s.", kindOfValue(found.Value), enumList(schema))
	case "nullable":
		return fault(gen.NullNotAllowed, place, "null is not a valid value for %s, which is not nullable.", named(place))
	case "format":
		return fault(gen.InvalidValue, place, "%s.", rootCause(found))
	case "pattern":
		return fault(patternCode(place), place, "%s does not have the form %s.", kindOfValue(found.Value), formOf(schema))
	case "maxLength":
		return fault(gen.InvalidValue, place, "%s is longer than %d characters.", kindOfValue(found.Value), *schema.MaxLength)
	case "minLength":
		return fault(gen.InvalidValue, place, "%s is shorter than %d characters.", kindOfValue(found.Value), schema.MinLength)
	case "maximum":
		return fault(gen.InvalidValue, place, "%s must be at most %.0f.", named(place), *schema.Max)
	case "minimum":
		return fault(gen.InvalidValue, place, "%s must be at least %.0f.", named(place), *schema.Min)
	case "type":
		return fault(gen.InvalidValue, place, "%s must be %s, not %s.", named(place), kindOfSchema(schema), kindOfValue(found.Value))
	case "oneOf": // of objects alone, which their discriminator tells apart
		return fault(gen.InvalidValue, place, "%s must be a JSON object, not %s.", named(place), kindOfValue(found.Value))
	default:
		return fault(gen.InvalidValue, place, "%s: %s.", named(place), strings.TrimSuffix(found.Reason, "."))
	}
}

// named names a place within a sentence; "" is the whole body.
func named(place string) string {
	if place == "" {
		return "the body"
	}
	return "'" + place + "'"
}

// patternCode tells a malformed entity tag, for which Graph has a code.
func patternCode(place string) gen.ErrorDetailCode {
	if place == "If-Match" || place == "If-None-Match" {
		return gen.MalformedEntityTag
	}
	return gen.InvalidValue
}

// formOf describes a pattern, with the schema's example if it has one.
func formOf(schema *openapi3.Schema) string {
	if schema.Example != nil {
		return fmt.Sprintf("%s, as %v has", schema.Pattern, schema.Example)
	}
	return schema.Pattern
}

func enumList(schema *openapi3.Schema) string {
	words := make([]string, len(schema.Enum))
	for i, word := range schema.Enum {
		words[i] = fmt.Sprint(word)
	}
	return strings.Join(words, ", ")
}

func kindOfSchema(schema *openapi3.Schema) string {
	kinds := map[string]string{
		openapi3.TypeString:  "a string",
		openapi3.TypeBoolean: "true or false",
		openapi3.TypeInteger: "a whole number",
		openapi3.TypeObject:  "a JSON object",
		openapi3.TypeArray:   "a JSON array",
	}
	for name, kind := range kinds {
		if schema.Type.Is(name) {
			return kind
		}
	}
	return "of another type"
}

func kindOfValue(value any) string {
	switch value := value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case bool:
		return strconv.FormatBool(value)
	case string:
		return "'" + shown(value) + "'"
	case nil:
		return "null"
	}
	return "a number"
}
