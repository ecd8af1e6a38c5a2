package odata

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"afterhours/store"
)

// Schema is what the contract says of the statistics that an option may name.
type Schema struct {
	// Base is the type of which every statistic is.
	Base EntityType
	// Derived are the types below it. Properties are those that each one adds.
	Derived map[store.Type]EntityType
	// Activities are the members of analyticsActivityType, in Graph's order.
	Activities []store.Activity
}

// EntityType is one of the types.
type EntityType struct {
	// Name is qualified: microsoft.graph.callActivityStatistics.
	Name string
	// Properties are its own, with the kind of their values.
	Properties map[store.PropertyName]store.Kind
}

// activityTypeName is Graph's name for the type of store.KindActivity.
const activityTypeName = "microsoft.graph.analyticsActivityType"

// Model finds the names of a schema in any case. Any number of goroutines may use
// it at once.
type Model struct {
	base       *entityType
	types      map[string]*entityType // by folded name, base among them
	example    string                 // the name of a derived type, for errors
	activities []store.Activity
}

// entityType is a type with everything that can be named on it.
type entityType struct {
	name       string
	derived    store.Type // none for the base
	properties map[string]property
}

type property struct {
	name store.PropertyName
	kind store.Kind
}

// NewModel prepares a schema. It fails if two names differ only in case, or if a
// property is not of one kind on all types: a property without a cast could not be
// typed. All this is in the contract, so a failure is found when the server starts.
func NewModel(schema Schema) (*Model, error) {
	m := &Model{types: map[string]*entityType{}, activities: slices.Clone(schema.Activities)}
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
		// The base answers for the properties of all types: no cast is needed.
		if err := cmp.Or(t.add(own), m.base.add(own)); err != nil {
			return nil, err
		}
	}
	return m, nil
}

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

// activity finds a member of analyticsActivityType.
func (m *Model) activity(name string) (store.Activity, bool) {
	i := slices.IndexFunc(m.activities, func(a store.Activity) bool { return fold(string(a)) == fold(name) })
	if i < 0 {
		return "", false
	}
	return m.activities[i], true
}

// describe says which values are of the kind.
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

// fold makes names comparable that differ in the case of ASCII letters, which are
// all that names have. Unicode's folding would take the Kelvin sign for a k.
func fold(name string) string {
	return strings.Map(func(char rune) rune {
		if 'A' <= char && char <= 'Z' {
			return char + ('a' - 'A')
		}
		return char
	}, name)
}
