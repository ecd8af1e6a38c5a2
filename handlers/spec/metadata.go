package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/handlers/wire"
)

// metadata is the model of the service in the terms of CSDL, derived from the contract's schemas. How a
// format of CSDL writes it is the matter of that format (metadata_xml.go).
type metadata struct {
	Namespace string
	Enums     []enumType
	Complexes []structuredType
	Entities  []structuredType
	Functions []function
	Container container
}

type enumType struct {
	Name    string
	Members []enumMember
}

type enumMember struct {
	Name  string
	Value int
}

// structuredType is an entity type or a complex type.
type structuredType struct {
	Name string
	// BaseType is a qualified name, "" for none.
	BaseType string
	Abstract bool
	// Key is the name of the property that is the key, "" for none.
	Key        string
	Properties []property
	Navigation []property
}

// property is a property or, in structuredType.Navigation, a navigation property.
type property struct {
	Name string
	// Type is a qualified name, or Collection() of one.
	Type     string
	Nullable bool
	// Precision is that of a duration, 0 for another type.
	Precision int
	// ContainsTarget is true for a containment navigation property.
	ContainsTarget bool
}

// function is a function that is bound to its only parameter.
type function struct {
	Name string
	// BoundTo is the type of the parameter, and Returns that of the result.
	BoundTo, Returns string
}

// container is the entity container: the entries of the service document.
type container struct {
	Name       string
	EntitySets []containerEntry
	Singletons []containerEntry
}

type containerEntry struct{ Name, Type string }

const (
	namespace  = "microsoft.graph"
	statistics = "Collection(" + namespace + ".activityStatistics)"
)

// durationPrecision is the number of decimals of a duration's seconds: ticks of 100 ns.
const durationPrecision = 7

// newMetadata derives the model. It fails if the contract has a property whose type CSDL cannot say.
func newMetadata(schemas openapi3.Schemas, types []*wire.Type) (*metadata, error) {
	base, err := propertiesOf(schemas["activityStatisticsBase"].Value, nil)
	if err != nil {
		return nil, err
	}
	settings, err := propertiesOf(schemas["settings"].Value, nil)
	if err != nil {
		return nil, err
	}
	// The types repeat the id and the key of entity, which is their base in Graph: OpenUI5 finds the key only in the type itself.
	entities := []structuredType{
		{Name: "entity", Abstract: true, Key: "id", Properties: base[:1]},
		{Name: "user", Key: "id", Properties: base[:1], Navigation: []property{
			{Name: "analytics", Type: namespace + ".userAnalytics", Nullable: true, ContainsTarget: true}}},
		{Name: "userAnalytics", Key: "id",
			Properties: []property{base[0], {Name: "settings", Type: namespace + ".settings"}},
			Navigation: []property{{Name: "activityStatistics", Type: "Collection(" + namespace + ".activityStatistics)", Nullable: true, ContainsTarget: true}}},
		{Name: "activityStatistics", Abstract: true, Key: "id", Properties: base},
	}
	for _, t := range types {
		short := strings.TrimPrefix(t.Name, wire.TypePrefix)
		own, err := propertiesOf(schemas[short].Value.AllOf[1].Value, base)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", short, err)
		}
		entities = append(entities, structuredType{Name: short, BaseType: namespace + ".activityStatistics", Properties: own})
	}
	return &metadata{
		Namespace: namespace,
		Enums:     []enumType{activities(schemas["analyticsActivityType"].Value)},
		Complexes: []structuredType{{Name: "settings", Properties: settings}},
		Entities:  entities,
		Functions: []function{{Name: "delta", BoundTo: statistics, Returns: statistics}},
		Container: container{Name: "GraphService",
			EntitySets: []containerEntry{{"users", namespace + ".user"}}, Singletons: []containerEntry{{"me", namespace + ".user"}}},
	}, nil
}

func activities(schema *openapi3.Schema) enumType {
	enum := enumType{Name: "analyticsActivityType"}
	for value, name := range schema.Enum {
		enum.Members = append(enum.Members, enumMember{Name: fmt.Sprint(name), Value: value})
	}
	return enum
}

// propertiesOf returns the properties of a schema but for annotations and those that its base has, the
// id first.
func propertiesOf(schema *openapi3.Schema, base []property) ([]property, error) {
	var properties []property
	for _, name := range sortedNames(schema) {
		if strings.Contains(name, "@") || slices.ContainsFunc(base, func(p property) bool { return p.Name == name }) {
			continue
		}
		one, err := propertyOf(name, schema.Properties[name].Value)
		if err != nil {
			return nil, err
		}
		properties = append(properties, one)
	}
	return properties, nil
}

// sortedNames returns the names of a schema's properties, the id first.
func sortedNames(schema *openapi3.Schema) []string {
	names := slices.Sorted(maps.Keys(schema.Properties))
	if at := slices.Index(names, "id"); at > 0 {
		names = slices.Insert(slices.Delete(names, at, at+1), 0, "id")
	}
	return names
}

func propertyOf(name string, schema *openapi3.Schema) (property, error) {
	p := property{Name: name, Nullable: schema.Nullable}
	switch {
	case schema.Type.Is(openapi3.TypeBoolean):
		p.Type = "Edm.Boolean"
	case schema.Format == "edm-duration":
		p.Type, p.Precision = "Edm.Duration", durationPrecision
	case schema.Format == "date":
		p.Type = "Edm.Date"
	case len(schema.Enum) > 0:
		p.Type = namespace + ".analyticsActivityType"
	case schema.Type.Is(openapi3.TypeString):
		p.Type = "Edm.String"
	default:
		return p, fmt.Errorf("property %s has no type in CSDL", name)
	}
	return p, nil
}
