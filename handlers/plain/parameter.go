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
	text       *text // nil if no value is plain
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
		compiled.text = compileText(parameter.Schema.Value)
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
	one := member{text: value}
	return p.text != nil && p.text.accepts(&one)
}
