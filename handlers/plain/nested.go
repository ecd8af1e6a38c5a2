package plain

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxNested is the length in bytes of the longest plain body with values in values: a batch of 20 statistics has half of it.
const maxNested = 32 << 10

// nested is the compiled schema of a value that may have values in it. Only one of the fields from text on is set.
type nested struct {
	nullable bool
	text     *text
	array    *array
	object   map[string]*nested // with the members that it may have
	required uint64             // the bits of the members that it must have
	bit      uint64             // of this member among those of its object
	free     *free
}

// array is the compiled schema of an array.
type array struct {
	items       *nested
	least, most int
}

// free is the compiled schema of an object whose members may have any name.
type free struct {
	texts bool // whether each value must be a text; else it may be null, true or false as well
	most  int
}

// compileBatch returns the compiled schema of an object with an array, nil for any other.
func compileBatch(schema *openapi3.Schema, maxValues int) *Schema {
	compiled := compileNested(schema)
	if compiled == nil || compiled.mostValues() > maxValues {
		return nil
	}
	for _, member := range compiled.object {
		if member.array != nil {
			return &Schema{nested: compiled}
		}
	}
	return nil
}

// compileNested returns the compiled schema, nil if it has a keyword that this package does not know.
func compileNested(schema *openapi3.Schema) *nested {
	compiled := &nested{nullable: schema.Nullable}
	switch {
	case len(schema.AnyOf) > 0 && hasOnly(schema, func(s *openapi3.Schema) { s.AnyOf = nil }):
		return compileNested(schema.AnyOf[0].Value) // what the others alone accept is not plain
	case schema.Type.Is(openapi3.TypeString):
		compiled.text = compileText(schema)
	case schema.Type.Is(openapi3.TypeArray):
		compiled.array = compileArray(schema)
	case schema.Type.Is(openapi3.TypeObject) && len(schema.Properties) > 0:
		if compiled.object = compileMembers(schema); compiled.object == nil {
			return nil
		}
		for _, name := range schema.Required {
			if compiled.object[name] == nil {
				return nil
			}
			compiled.required |= compiled.object[name].bit
		}
	case schema.Type.Is(openapi3.TypeObject):
		compiled.free = compileFree(schema)
	}
	if compiled.text == nil && compiled.array == nil && compiled.object == nil && compiled.free == nil {
		return nil
	}
	return compiled
}

func compileArray(schema *openapi3.Schema) *array {
	if schema.MaxItems == nil || !hasOnly(schema, func(s *openapi3.Schema) {
		s.Type, s.Nullable, s.Items, s.MinItems, s.MaxItems = nil, false, nil, 0, nil
	}) {
		return nil
	}
	items := compileNested(schema.Items.Value)
	if items == nil {
		return nil
	}
	return &array{items, int(schema.MinItems), int(min(*schema.MaxItems, maxNested))}
}

func compileMembers(schema *openapi3.Schema) map[string]*nested {
	if len(schema.Properties) > 64 || !hasOnly(schema, func(s *openapi3.Schema) {
		s.Type, s.Nullable, s.Properties, s.Required = nil, false, nil, nil
	}) {
		return nil
	}
	members := map[string]*nested{}
	for name, ref := range schema.Properties {
		one := compileNested(ref.Value)
		if one == nil || strings.Contains(name, "@") { // OData 4.01 may give it another name
			return nil
		}
		one.bit = 1 << len(members)
		members[name] = one
	}
	return members
}

func compileFree(schema *openapi3.Schema) *free {
	if !hasOnly(schema, func(s *openapi3.Schema) {
		s.Type, s.Nullable, s.MaxProps, s.AdditionalProperties = nil, false, nil, openapi3.AdditionalProperties{}
	}) {
		return nil
	}
	compiled := &free{most: maxMembers}
	if schema.MaxProps != nil {
		compiled.most = int(min(*schema.MaxProps, maxMembers))
	}
	additional := schema.AdditionalProperties
	switch {
	case additional.Schema != nil:
		compiled.texts = true
		if !additional.Schema.Value.Type.Is(openapi3.TypeString) || !hasOnly(additional.Schema.Value, func(s *openapi3.Schema) { s.Type = nil }) {
			return nil
		}
	case additional.Has != nil && !*additional.Has:
		return nil
	}
	return compiled
}

// mostValues returns how many values a plain one may have, with itself.
func (n *nested) mostValues() int {
	switch {
	case n.array != nil:
		return 1 + n.array.most*n.array.items.mostValues()
	case n.free != nil:
		return 1 + n.free.most
	}
	values := 1
	for _, member := range n.object {
		values += member.mostValues()
	}
	return values
}

// read is Schema.Read for a body with values in values.
func (n *nested) read(body []byte) (Object, bool) {
	if len(body) > maxNested {
		return Object{}, false
	}
	text := string(body)
	from := scanner(text)
	isPlain := n.accepts(&from)
	from.space()
	return Object{nested: text}, isPlain && from == ""
}

// accepts reads a value, and reports whether it is plain and valid.
func (n *nested) accepts(from *scanner) bool {
	from.space()
	switch {
	case n.array != nil && from.take('['):
		return n.array.accepts(from)
	case n.object != nil && from.take('{'):
		return n.acceptsMembers(from)
	case n.free != nil && from.take('{'):
		return n.free.accepts(from)
	}
	one := member{}
	one.kind, one.text = from.value()
	return one.kind == 'n' && n.nullable || one.kind == '"' && n.text != nil && n.text.accepts(&one)
}

// accepts reads an array after its '['.
func (a *array) accepts(from *scanner) bool {
	count := 0
	for ; !from.take(']'); count++ {
		if count == a.most || count > 0 && !from.take(',') || !a.items.accepts(from) {
			return false
		}
	}
	return count >= a.least
}

// acceptsMembers reads an object after its '{'.
func (n *nested) acceptsMembers(from *scanner) bool {
	var seen uint64
	for !from.take('}') {
		if seen != 0 && !from.take(',') {
			return false
		}
		name, isText := from.text()
		known := n.object[name]
		if !isText || known == nil || seen&known.bit != 0 || !from.take(':') || !known.accepts(from) {
			return false
		}
		seen |= known.bit
	}
	return seen&n.required == n.required
}

// accepts reads an object after its '{'. A member may stand there twice: the last one counts, and either is valid.
func (f *free) accepts(from *scanner) bool {
	for count := 0; !from.take('}'); count++ {
		if count == f.most || count > 0 && !from.take(',') {
			return false
		}
		if _, isText := from.text(); !isText || !from.take(':') {
			return false
		}
		if kind, _ := from.value(); kind == 0 || f.texts && kind != '"' {
			return false
		}
	}
	return true
}
