package spec

import (
	"cmp"
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
	Namespace  string
	References []reference
	Enums      []enumType
	Complexes  []structuredType
	Entities   []structuredType
	Functions  []function
	Container  container
}

type enumType struct {
	Name        string
	Members     []enumMember
	Annotations []annotation
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
	Key         string
	Properties  []property
	Navigation  []property
	Annotations []annotation
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
	Annotations    []annotation
}

// function is a function without parameters that is bound to a collection, and returns one.
type function struct {
	Name string
	// Collection is the type of both: Collection() of a qualified name. What is returned is of the
	// entity set that the function is bound to.
	Collection  string
	Annotations []annotation
}

// container is the entity container: the entries of the service document.
type container struct {
	Name        string
	EntitySets  []containerEntry
	Singletons  []containerEntry
	Annotations []annotation
}

type containerEntry struct {
	Name, Type  string
	Annotations []annotation
}

const namespace = "microsoft.graph"

// bindingParameter is the name of the parameter of a function that is bound, as Graph has it.
const bindingParameter = "bindingParameter"

// durationPrecision is the number of decimals of a duration's seconds: ticks of 100 ns.
const durationPrecision = 7

// newMetadata derives the model. It fails if the contract has a property whose type CSDL cannot say.
func newMetadata(schemas openapi3.Schemas, types []*wire.Type) (*metadata, error) {
	described := descriptions(schemas)
	base, err := propertiesOf(schemas["activityStatisticsBase"].Value, nil, described)
	if err != nil {
		return nil, err
	}
	settings, err := propertiesOf(schemas["settings"].Value, nil, described)
	if err != nil {
		return nil, err
	}
	analytics := property{Name: "analytics", Type: namespace + ".userAnalytics", Nullable: true, ContainsTarget: true,
		Annotations: describe(schemas["userAnalytics"].Value.Description)}
	user, err := propertiesOf(schemas["user"].Value, []property{base[0], analytics}, nil)
	if err != nil {
		return nil, err
	}
	// In Graph, entity has the id and the key. Here each type has its own: OpenUI5 reads no base types, and CSDL lets
	// no type repeat what its base has.
	const entity = namespace + ".entity"
	entities := []structuredType{
		{Name: "entity", Abstract: true, Annotations: describe("Anything with an id.")},
		{Name: "user", BaseType: entity, Key: "id", Properties: append(base[:1:1], user...), Navigation: []property{analytics},
			Annotations: describe(schemas["user"].Value.Description)},
		{Name: "userAnalytics", BaseType: entity, Key: "id", Annotations: describe(schemas["userAnalytics"].Value.Description),
			Properties: []property{base[0], {Name: "settings", Type: namespace + ".settings", Annotations: describe(schemas["settings"].Value.Description)}},
			Navigation: []property{{Name: "activityStatistics", Type: "Collection(" + namespace + ".activityStatistics)", Nullable: true, ContainsTarget: true,
				Annotations: describe("The statistics of the user.")}}},
		{Name: "activityStatistics", BaseType: entity, Abstract: true, Key: "id", Properties: base,
			Annotations: describe(schemas["activityStatistics"].Value.Description)},
	}
	for _, t := range types {
		short := strings.TrimPrefix(t.Name, wire.TypePrefix)
		own, err := propertiesOf(schemas[short].Value.AllOf[1].Value, base, described)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", short, err)
		}
		entities = append(entities, structuredType{Name: short, BaseType: namespace + ".activityStatistics", Properties: own,
			Annotations: describe(schemas[short].Value.Description)})
	}
	return &metadata{
		Namespace:  namespace,
		References: vocabularies,
		Enums:      []enumType{activities(schemas["analyticsActivityType"].Value)},
		Complexes:  []structuredType{{Name: "settings", Properties: settings, Annotations: describe(schemas["settings"].Value.Description)}},
		Entities:   entities,
		Container: container{Name: "GraphService",
			EntitySets: []containerEntry{{Name: "users", Type: namespace + ".user"}}, Singletons: []containerEntry{{Name: "me", Type: namespace + ".user"}}},
	}, nil
}

func activities(schema *openapi3.Schema) enumType {
	enum := enumType{Name: "analyticsActivityType", Annotations: describe(schema.Description)}
	for value, name := range schema.Enum {
		enum.Members = append(enum.Members, enumMember{Name: fmt.Sprint(name), Value: value})
	}
	return enum
}

// propertiesOf returns the properties of a schema but for annotations and those that its base has, the
// id first. A property has its description in the last argument, or that of its own schema.
func propertiesOf(schema *openapi3.Schema, base []property, described map[string]any) ([]property, error) {
	var properties []property
	for _, name := range sortedNames(schema) {
		if strings.Contains(name, "@") || slices.ContainsFunc(base, func(p property) bool { return p.Name == name }) {
			continue
		}
		own := schema.Properties[name].Value
		one, err := propertyOf(name, own)
		if err != nil {
			return nil, err
		}
		description, _ := described[name].(string)
		one.Annotations = describe(cmp.Or(description, own.Description))
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
