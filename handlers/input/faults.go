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
	"afterhours/handlers/suggest"
	"afterhours/store/edm"
)

// faultsOf turns the errors of kin-openapi into faults for a person, one for each path in the
// document. If a format is broken, the fault has the words of that format. The parameter is nil for a
// body.
func faultsOf(err error, parameter *openapi3.Parameter) []gen.ErrorDetail {
	target := ""
	if parameter != nil {
		target = parameter.Name
	}
	found := schemaErrors(err)
	if len(found) == 0 && parameter != nil { // no schema error: a parameter that cannot be decoded
		return []gen.ErrorDetail{undecoded(err, parameter)}
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

// undecoded returns the fault of a parameter whose text is no value of its type.
func undecoded(err error, parameter *openapi3.Parameter) gen.ErrorDetail {
	schema := parameter.Schema.Value
	var parse *openapi3filter.ParseError
	if errors.As(err, &parse) && parse.Value != nil {
		return mustBe(parameter.Name, fmt.Sprint(parse.Value), wanted(schema))
	}
	return problem.Fault(gen.InvalidValue, parameter.Name, "%s is empty; it must be %s.", named(parameter.Name), wanted(schema))
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
		return problem.Fault(gen.MissingProperty, path, "%s is missing; it is required.%s", named(path), mistypedMember(schema, found.Value, path))
	case "discriminator":
		return discriminatorFault(schema.Discriminator, found.Value)
	case "enum":
		fault := mustBe(path, found.Value, wanted(schema))
		text, _ := found.Value.(string)
		fault.Message += didYouMean(text, enumNames(schema))
		return fault
	case "nullable":
		fault := mustBe(path, nil, wanted(schema))
		fault.Code = gen.NullNotAllowed
		return fault
	case "format":
		return formatFault(found, path)
	case "pattern":
		fault := mustBe(path, found.Value, spec.FormOf(schema))
		fault.Code = patternCode(path)
		return fault
	case "maxLength":
		return mustBe(path, found.Value, atMost(*schema.MaxLength))
	case "minLength":
		if schema.MinLength == 1 {
			return problem.Fault(gen.InvalidValue, path, "%s is empty; give it a value or leave it out.", named(path))
		}
		return mustBe(path, found.Value, fmt.Sprintf("at least %d characters long", schema.MinLength))
	case "minItems":
		return problem.Fault(gen.InvalidValue, path, "%s has too few members; it must have at least %d.", named(path), schema.MinItems)
	case "maximum":
		return mustBe(path, found.Value, fmt.Sprintf("at most %.0f", *schema.Max))
	case "minimum":
		return mustBe(path, found.Value, fmt.Sprintf("at least %.0f", *schema.Min))
	case "exclusiveMinimum":
		return mustBe(path, found.Value, fmt.Sprintf("more than %.0f", *schema.Min))
	case "type":
		return mustBe(path, found.Value, wanted(schema))
	case "oneOf": // only of objects, which their discriminator tells apart
		return mustBe(path, found.Value, "a JSON object")
	default:
		return problem.Fault(gen.InvalidValue, path, "%s: %s.", named(path), strings.TrimSuffix(found.Reason, "."))
	}
}

// mustBe returns the fault of a value that is not what it must be.
func mustBe(path string, value any, wanted string) gen.ErrorDetail {
	return problem.Fault(gen.InvalidValue, path, "%s is %s; it must be %s.", named(path), shownValue(value), wanted)
}

// atMost returns the words for a text of a limited length.
func atMost(characters uint64) string {
	return fmt.Sprintf("a text that is not longer than %d characters", characters)
}

// didYouMean returns a sentence that suggests the nearest of the names, "" if none is near.
func didYouMean(mistyped string, names []string) string {
	if name := suggest.Nearest(mistyped, names); name != "" {
		return " Did you mean '" + name + "'?"
	}
	return ""
}

// formatFault returns the fault of a value whose text is none of its format.
func formatFault(err error, path string) gen.ErrorDetail {
	var broken *edm.Fault
	if errors.As(err, &broken) {
		return problem.Fault(gen.InvalidValue, path, "%s is '%s'; %s.", named(path), problem.Shown(broken.Text), broken.Problem)
	}
	return problem.Fault(gen.InvalidValue, path, "%s.", rootCause(err))
}

// mistypedMember returns a sentence that names the unknown member of the object that the missing one at
// the path may be, "" if none is near. An open object ignores such a member.
func mistypedMember(schema *openapi3.Schema, value any, path string) string {
	object, _ := value.(map[string]any)
	var unknown []string
	for name := range object {
		if schema.Properties[name] == nil {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	if name := suggest.Nearest(path[strings.LastIndex(path, "/")+1:], unknown); name != "" {
		return " Did you mean it by '" + problem.Shown(name) + "'?"
	}
	return ""
}

// discriminatorFault returns the fault of an object that does not tell its type. The value is the one
// that it gives as its type, nil for none.
func discriminatorFault(by *openapi3.Discriminator, value any) gen.ErrorDetail {
	types := slices.Sorted(maps.Keys(by.Mapping))
	wanted := "one of " + strings.Join(types, ", ")
	if value == nil {
		return problem.Fault(gen.InvalidValue, by.PropertyName, "%s is missing; it must be %s.", named(by.PropertyName), wanted)
	}
	fault := mustBe(by.PropertyName, value, wanted)
	text, _ := value.(string)
	fault.Message += didYouMean(text, types)
	return fault
}

// named returns a path as a sentence begins with it; "" is the whole body.
func named(path string) string {
	if path == "" {
		return "The body"
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

func enumNames(schema *openapi3.Schema) []string {
	names := make([]string, len(schema.Enum))
	for i, name := range schema.Enum {
		names[i] = fmt.Sprint(name)
	}
	return names
}

// wanted returns what a value of the schema is, with an example if the contract has one.
func wanted(schema *openapi3.Schema) string {
	if len(schema.Enum) > 0 {
		return "one of " + strings.Join(enumNames(schema), ", ")
	}
	kind := kindOfSchema(schema)
	switch {
	case schema.Pattern != "":
		return kind + example(spec.FormOf(schema))
	case schema.Min != nil && schema.Max != nil:
		return fmt.Sprintf("%s from %.0f to %.0f", kind, *schema.Min, *schema.Max)
	case schema.Example != nil:
		return fmt.Sprintf("%s, as in %v", kind, schema.Example)
	}
	return kind
}

// example returns the example at the end of a form's words, or else the words.
func example(form string) string {
	if at := strings.LastIndex(form, ", as in "); at >= 0 {
		return form[at:]
	}
	return ": " + form
}

func kindOfSchema(schema *openapi3.Schema) string {
	kinds := map[string]string{
		openapi3.TypeString:  "a text",
		openapi3.TypeBoolean: "true or false",
		openapi3.TypeInteger: "a whole number",
		openapi3.TypeNumber:  "a number",
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

// shownValue returns a value of a caller as a message repeats it.
func shownValue(value any) string {
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
	return problem.Shown(fmt.Sprint(value)) // a number
}
