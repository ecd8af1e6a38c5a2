package odata

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"afterhours/store"
)

// Schema has the names and kinds that an option may use. They come from the contract.
type Schema struct {
	// Base is the base type of all statistics.
	Base EntityType
	// Derived has the derived types. Each has only the properties that it adds to Base.
	Derived map[store.Type]EntityType
	// Activities has the members of analyticsActivityType, in Graph's order.
	Activities []store.Activity
	// MaxLengths has the maximum length, in characters, of each property that is a text.
	MaxLengths map[store.PropertyName]int
}

// EntityType is a type of statistics.
type EntityType struct {
	// Name is the qualified name, such as microsoft.graph.callActivityStatistics.
	Name string
	// Properties maps the type's own properties to the kinds of their values.
	Properties map[store.PropertyName]store.Kind
}

// activityTypeName is Graph's name for the type of store.KindActivity.
const activityTypeName = "microsoft.graph.analyticsActivityType"

// Model finds the names of a schema in any case. It is safe for concurrent use.
type Model struct {
	base       *entityType
	types      map[string]*entityType // by folded name, with the base type
	example    string                 // the name of a derived type, for errors
	activities []store.Activity
	maxLengths map[store.PropertyName]int
	aliases    Aliases // those of one request; see With
}

// entityType is a type with all properties that an option may name on it.
type entityType struct {
	name       string
	derived    store.Type // "" for the base type
	properties map[string]property
}

type property struct {
	name store.PropertyName
	kind store.Kind
}

// NewModel returns the model of a schema. It fails if two names differ only in case. It
// also fails if a property has different kinds on two types, since a property without a
// cast would have no certain kind, and if a text has no maximum length. The schema comes
// from the contract, so the server finds a failure when it starts.
func NewModel(schema Schema) (*Model, error) {
	m := &Model{types: map[string]*entityType{}, activities: slices.Clone(schema.Activities), maxLengths: maps.Clone(schema.MaxLengths)}
	m.base = &entityType{name: schema.Base.Name, properties: map[string]property{}}
	m.types[fold(m.base.name)] = m.base
	if err := m.base.add(schema.Base.Properties); err != nil {
		return nil, err
	}
	common := maps.Clone(m.base.properties)
	for _, derived := range slices.Sorted(maps.Keys(schema.Derived)) {
		t := &entityType{name: schema.Derived[derived].Name, derived: derived, properties: maps.Clone(common)}
		if m.types[fold(t.name)] != nil {
			return nil, fmt.Errorf("two types are called %s", t.name)
		}
		m.types[fold(t.name)] = t
		m.example = cmp.Or(m.example, t.name)
		own := schema.Derived[derived].Properties
		// The base type gets the properties of all types, so that they need no cast.
		if err := cmp.Or(t.add(own), m.base.add(own)); err != nil {
			return nil, err
		}
	}
	for _, property := range m.base.properties { // those of all types
		if property.kind == store.KindText && m.maxLengths[property.name] == 0 {
			return nil, fmt.Errorf("the text %s has no maximum length", property.name)
		}
	}
	return m, nil
}

// add adds properties to the type. It fails if another property has the name.
func (t *entityType) add(properties map[store.PropertyName]store.Kind) error {
	for name, kind := range properties {
		p := property{name, kind}
		if other, taken := t.properties[fold(string(name))]; taken && other != p {
			return fmt.Errorf("%s: property %s is of kind %d, and %s of kind %d", t.name, p.name, p.kind, other.name, other.kind)
		}
		t.properties[fold(string(name))] = p
	}
	return nil
}

// activity returns the member of analyticsActivityType with the name, in any case.
func (m *Model) activity(name string) (store.Activity, bool) {
	i := slices.IndexFunc(m.activities, func(a store.Activity) bool { return fold(string(a)) == fold(name) })
	if i < 0 {
		return "", false
	}
	return m.activities[i], true
}

// describe returns the values of the kind, or an example, for errors.
func (m *Model) describe(kind store.Kind) string {
	if kind != store.KindActivity {
		return kinds[kind].example
	}
	names := make([]string, len(m.activities))
	for i, activity := range m.activities {
		names[i] = "'" + string(activity) + "'"
	}
	return "one of " + strings.Join(names, ", ")
}

// fold lowers ASCII letters. Two names match if their folds are equal. Unicode folding
// would be wrong here: it takes the Kelvin sign for a k.
func fold(name string) string {
	return strings.Map(func(char rune) rune {
		if 'A' <= char && char <= 'Z' {
			return char + ('a' - 'A')
		}
		return char
	}, name)
}
