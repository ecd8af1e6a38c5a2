// Package plain recognises plain requests: those whose parameters and body meet the contract in the
// simplest form that there is. It compiles the schemas of the contract once, and then reads a text a
// single time. It leaves alone every other request, with a fault or without: package input judges it
// by kin-openapi, which stays the reference and names every fault.
//
// A plain body is an object whose members are all known and stand there once. A value is null, true,
// false or a text without escapes. The body of a batch has values in values (nested.go). A schema with a
// keyword that this package does not know is not compiled.
package plain

import (
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Schema is the compiled schema of a JSON body.
type Schema struct {
	// discriminator is the property whose value chooses the object, "" for the object of "".
	discriminator string
	objects       map[string]*object
	// nested is the whole schema if a body has values in values, else nil.
	nested *nested
}

// object is the compiled schema of an object.
type object struct {
	properties map[string]*property
	required   uint64 // the bits of the properties that must be there
}

// property is the compiled schema of a property.
type property struct {
	name      string
	bit       uint64
	nullable  bool
	isBoolean bool
	text      *text // nil if isBoolean
}

// MaxBytes is the length of the longest plain body. Plain bodies are copied, which costs more than it
// gains for a long one.
const MaxBytes = 8 << 10

// maxMembers is the number of members of the largest plain body, usualMembers that of one as most are.
const (
	maxMembers   = 32
	usualMembers = 8
)

// Compile returns the compiled schema of a body that may have maxValues values. It is nil if a plain
// body cannot be told by what this package knows.
func Compile(schema *openapi3.Schema, maxValues int) *Schema {
	if maxValues <= maxMembers {
		return nil
	}
	if schema.Discriminator == nil {
		if one := compileObject(schema); one != nil {
			return &Schema{objects: map[string]*object{"": one}}
		}
		return compileBatch(schema, maxValues)
	}
	if !hasOnly(schema, func(s *openapi3.Schema) { s.OneOf, s.Discriminator = nil, nil }) {
		return nil
	}
	compiled := &Schema{discriminator: schema.Discriminator.PropertyName, objects: map[string]*object{}}
	for name, mapped := range schema.Discriminator.Mapping {
		at := slices.IndexFunc(schema.OneOf, func(member *openapi3.SchemaRef) bool { return member.Ref == mapped.Ref })
		if at < 0 {
			return nil
		}
		one := compileObject(schema.OneOf[at].Value)
		if one == nil {
			return nil
		}
		compiled.objects[name] = one
	}
	return compiled
}

// compileObject returns the compiled schema of an object without objects and arrays in it, nil for any
// other schema.
func compileObject(schema *openapi3.Schema) *object {
	if !schema.Type.Is(openapi3.TypeObject) || len(schema.Properties) > 64 || !hasOnly(schema, func(s *openapi3.Schema) {
		s.Type, s.Properties, s.Required, s.AdditionalProperties = nil, nil, nil, openapi3.AdditionalProperties{}
	}) {
		return nil
	}
	compiled := &object{properties: map[string]*property{}}
	for name, ref := range schema.Properties {
		one := compileProperty(ref.Value)
		if one == nil || strings.Contains(name, "@") && !strings.Contains(name, ".") { // OData 4.01 gives it another name
			return nil
		}
		one.name, one.bit = name, 1<<len(compiled.properties)
		compiled.properties[name] = one
	}
	for _, name := range schema.Required {
		one := compiled.properties[name]
		if one == nil {
			return nil
		}
		compiled.required |= one.bit
	}
	return compiled
}

// compileProperty returns the compiled schema of a text or a boolean, nil for any other.
func compileProperty(schema *openapi3.Schema) *property {
	if schema.Type.Is(openapi3.TypeBoolean) && hasOnly(schema, func(s *openapi3.Schema) { s.Type, s.Nullable = nil, false }) {
		return &property{nullable: schema.Nullable, isBoolean: true}
	}
	if compiled := compileText(schema); compiled != nil {
		return &property{nullable: schema.Nullable, text: compiled}
	}
	return nil
}

// hasOnly reports whether a schema has no keyword besides those that known removes from a copy of it, and
// those that say nothing of a value.
func hasOnly(schema *openapi3.Schema, known func(*openapi3.Schema)) bool {
	rest := *schema
	known(&rest)
	rest.Title, rest.Description, rest.Example, rest.ExternalDocs, rest.Deprecated = "", "", nil, nil, false
	rest.Extensions, rest.Origin = nil, nil
	return reflect.ValueOf(rest).IsZero()
}

// Object is a plain body that was read.
type Object struct {
	members []member
	// nested is the whole text if it has values in values, else "".
	nested string
}

// member is a member of an object. Its value is nil in kind 'n', true or false in 't' and 'f', and a
// text in '"'.
type member struct {
	property *property
	name     string
	kind     byte
	text     string
	// number is the value of a duration in ticks of 100 ns, or of a date in days.
	number int64
}

// Read reads a body. It reports false if the body is not plain, whether or not it is valid.
func (s *Schema) Read(body []byte) (Object, bool) {
	switch {
	case s == nil:
		return Object{}, false
	case s.nested != nil:
		return s.nested.read(body)
	case len(body) > MaxBytes:
		return Object{}, false
	}
	members, ok := scan(string(body))
	return Object{members: members}, ok && s.objectOf(members).accepts(members)
}

// objectOf returns the schema that the discriminator in the members names, nil if it names none.
func (s *Schema) objectOf(members []member) *object {
	if s.discriminator == "" {
		return s.objects[""]
	}
	for i := range members {
		if members[i].name == s.discriminator {
			return s.objects[members[i].text]
		}
	}
	return nil
}

// accepts reports whether the members are plain and valid, and sets their properties and numbers.
func (o *object) accepts(members []member) bool {
	if o == nil {
		return false
	}
	var seen uint64
	for i := range members {
		one := &members[i]
		known := o.properties[one.name]
		if known == nil || seen&known.bit != 0 || !known.accepts(one) {
			return false
		}
		one.property = known
		seen |= known.bit
	}
	return seen&o.required == o.required
}

// accepts reports whether the property may have the value of the member.
func (p *property) accepts(one *member) bool {
	switch one.kind {
	case 'n':
		return p.nullable
	case 't', 'f':
		return p.isBoolean
	}
	return p.text != nil && p.text.accepts(one)
}
