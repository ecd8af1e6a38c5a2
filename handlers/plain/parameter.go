package plain

import (
	"net/http"
	"net/url"

	"github.com/getkin/kin-openapi/openapi3"
)

// Parameter is a parameter of an operation, with its compiled schema.
type Parameter struct {
	name       string // of a header as package http keeps it
	in         string
	isRequired bool
	text       *text    // nil if no text is plain
	integer    *integer // nil if no number is plain
	isBoolean  bool
}

// Path has the values of the path parameters, decoded, by their names.
type Path interface {
	Get(name string) (value string, found bool)
}

// CompileParameter returns the compiled parameter.
func CompileParameter(parameter *openapi3.Parameter) Parameter {
	compiled := Parameter{name: parameter.Name, in: parameter.In, isRequired: parameter.Required}
	if parameter.In == openapi3.ParameterInHeader {
		compiled.name = http.CanonicalHeaderKey(parameter.Name)
	}
	if parameter.Schema != nil && parameter.Content == nil && parameter.Style == "" && !parameter.AllowEmptyValue {
		schema := parameter.Schema.Value
		compiled.text, compiled.integer = compileText(schema), compileInteger(schema)
		compiled.isBoolean = schema.Type.Is(openapi3.TypeBoolean) && hasOnly(schema, func(s *openapi3.Schema) { s.Type, s.Default = nil, nil })
	}
	return compiled
}

// Accepts reports whether the value of the parameter in a request is plain and valid, or may be absent and is. The
// query is that of the request, nil for an empty one.
func (p *Parameter) Accepts(path Path, query url.Values, header http.Header) bool {
	switch p.in {
	case openapi3.ParameterInPath:
		value, _ := path.Get(p.name)
		return value != "" && p.acceptsOne(value)
	case openapi3.ParameterInQuery:
		values, found := query[p.name]
		return p.acceptsAll(values, found)
	case openapi3.ParameterInHeader:
		values, found := header[p.name]
		return p.acceptsAll(values, found)
	}
	return false
}

func (p *Parameter) acceptsAll(values []string, found bool) bool {
	if !found {
		return !p.isRequired
	}
	return len(values) == 1 && p.acceptsOne(values[0])
}

func (p *Parameter) acceptsOne(value string) bool {
	switch {
	case p.isBoolean:
		return value == "true" || value == "false"
	case p.integer != nil:
		return p.integer.accepts(value)
	}
	one := member{text: value}
	return p.text != nil && p.text.accepts(&one)
}

// integer is the compiled schema of a number without decimals.
type integer struct{ least, most float64 }

// compileInteger returns the compiled schema of an integer with bounds, nil for any other schema.
func compileInteger(schema *openapi3.Schema) *integer {
	if !schema.Type.Is(openapi3.TypeInteger) || schema.Format != "int32" || schema.Min == nil || schema.Max == nil ||
		!hasOnly(schema, func(s *openapi3.Schema) { s.Type, s.Format, s.Min, s.Max, s.Default = nil, "", nil, nil, nil }) {
		return nil
	}
	return &integer{*schema.Min, *schema.Max}
}

// accepts reports whether the text is a number within the bounds. A sign, and more digits than any int32 may have, are
// not plain.
func (i *integer) accepts(value string) bool {
	if len(value) == 0 || len(value) > 9 {
		return false
	}
	number := 0
	for _, digit := range []byte(value) {
		if digit < '0' || digit > '9' {
			return false
		}
		number = 10*number + int(digit-'0')
	}
	return i.least <= float64(number) && float64(number) <= i.most
}
