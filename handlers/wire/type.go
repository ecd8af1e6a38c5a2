// Package wire owns a statistic between its JSON and its record: its types and names, its merge,
// how it is written, and its entity tag. It leaves alone whether a request may do what it asks
// (operations), and how a record is kept (store).
//
//	gen.ActivityStatisticsUpdate -> Type.Merge -> store.Record -> Type.AppendEntity -> JSON
package wire

import (
	"strings"

	"afterhours/store"
)

// TypePrefix and TypeSuffix frame the store's name of a type in Graph's name.
const (
	TypePrefix = "#microsoft.graph."
	TypeSuffix = "ActivityStatistics"
)

// Type is one of the five derived types of the contract.
type Type struct {
	// Name is the value of @odata.type: #microsoft.graph.callActivityStatistics.
	Name string
	// Stored is the store's name of the type: call.
	Stored store.Type
	// Activity is the activity of a new statistic of the type if its body gives none.
	Activity store.Activity
	// properties are those that the type has, except the id, in the order of the store's table.
	properties []property
	// typeMember is the member @odata.type and a comma.
	typeMember string
}

// property is a property of a type, and the begin of its member: its name in quotes, and a colon.
type property struct {
	*store.Definition
	begin string
}

// NewType returns the type with the name, a value of @odata.type.
func NewType(name string) *Type {
	short := strings.TrimSuffix(strings.TrimPrefix(name, TypePrefix), TypeSuffix)
	t := &Type{
		Name:     name,
		Stored:   store.Type(short),
		Activity: store.Activity(strings.ToUpper(short[:1]) + short[1:]),
	}
	t.typeMember = string(AppendMember(nil, "@odata.type", name))
	for _, d := range store.Definitions() {
		if d.Name != store.PropertyID && d.Of(t.Stored) {
			t.properties = append(t.properties, property{d, `"` + string(d.Name) + `":`})
		}
	}
	return t
}

// Qualified returns the name without its #, as URLs and messages have it:
// microsoft.graph.callActivityStatistics.
func (t *Type) Qualified() string { return strings.TrimPrefix(t.Name, "#") }
