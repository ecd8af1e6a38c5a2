package input

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
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// faultsOf turns the errors of kin-openapi into faults for a person, one for each path in the
// document. If a format is broken, the fault has the words of that format. The target is the
// parameter, or "" for a body.
func faultsOf(err error, target string) []gen.ErrorDetail {
	found := schemaErrors(err)
	if len(found) == 0 { // no schema error: a parameter that cannot be decoded
		return []gen.ErrorDetail{problem.Fault(gen.InvalidValue, target, "'%s' cannot be read: %s.", target, reasonOf(err))}
	}
	var faults []gen.ErrorDetail
	at := map[string]int{} // the index of the fault at a path
	for _, one := range found {
		path := pathOf(one, target)
		index, again := at[path]
		switch {
		case again && one.SchemaField == "format":
			faults[index] = faultOf(one, path)
		case !again && len(faults) < problem.MaxFaults:
			at[path] = len(faults)
			faults = append(faults, faultOf(one, path))
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

// pathOf returns the path of the property that the error is about, or else the parameter.
func pathOf(found *openapi3.SchemaError, parameter string) string {
	if segments := found.JSONPointer(); len(segments) > 0 {
		return problem.Shown(strings.Join(segments, "/"))
	}
	return parameter
}

// faultOf returns the fault for one schema error at the path.
func faultOf(found *openapi3.SchemaError, path string) gen.ErrorDetail {
	field := found.SchemaField
	if field == "enum" && found.Value == nil {
		field = "nullable"
	}
	switch schema := found.Schema; field {
	case "required":
		return problem.Fault(gen.MissingProperty, path, "The property '%s' is required.", path)
	case "discriminator":
		name := schema.Discriminator.PropertyName
		types := slices.Sorted(maps.Keys(schema.Discriminator.Mapping))
		return problem.Fault(gen.InvalidValue, name, "%s must tell the type: one of %s.", name, strings.Join(types, ", "))
	case "enum":
		return problem.Fault(gen.InvalidValue, path, "%s is not one of %s.", kindOfValue(found.Value), enumList(schema))
	case "nullable":
		return problem.Fault(gen.NullNotAllowed, path, "null is not a valid value for %s, which is not nullable.", named(path))
	case "format":
		return problem.Fault(gen.InvalidValue, path, "%s.", rootCause(found))
	case "pattern":
		return problem.Fault(patternCode(path), path, "%s does not have the form of %s.", kindOfValue(found.Value), spec.FormOf(schema))
	case "maxLength":
		return problem.Fault(gen.InvalidValue, path, "%s is longer than %d characters.", kindOfValue(found.Value), *schema.MaxLength)
	case "minLength":
		if schema.MinLength == 1 {
			return problem.Fault(gen.InvalidValue, path, "%s is empty; give it a value or leave it out.", named(path))
		}
		return problem.Fault(gen.InvalidValue, path, "%s is shorter than %d characters.", kindOfValue(found.Value), schema.MinLength)
	case "maximum":
		return problem.Fault(gen.InvalidValue, path, "%s must be at most %.0f.", named(path), *schema.Max)
	case "minimum":
		return problem.Fault(gen.InvalidValue, path, "%s must be at least %.0f.", named(path), *schema.Min)
	case "type":
		return problem.Fault(gen.InvalidValue, path, "%s must be %s, not %s.", named(path), kindOfSchema(schema), kindOfValue(found.Value))
	case "oneOf": // only of objects, which their discriminator tells apart
		return problem.Fault(gen.InvalidValue, path, "%s must be a JSON object, not %s.", named(path), kindOfValue(found.Value))
	default:
		return problem.Fault(gen.InvalidValue, path, "%s: %s.", named(path), strings.TrimSuffix(found.Reason, "."))
	}
}

// named returns a path as a sentence has it; "" is the whole body.
func named(path string) string {
	if path == "" {
		return "the body"
	}
	return "'" + path + "'"
}

// patternCode returns the code of a broken pattern. Graph has one of its own for entity tags.
func patternCode(path string) gen.ErrorDetailCode {
	if path == "If-Match" || path == "If-None-Match" {
		return gen.MalformedEntityTag
	}
	return gen.InvalidValue
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
		return "'" + problem.Shown(value) + "'"
	case nil:
		return "null"
	}
	return "a number"
}
