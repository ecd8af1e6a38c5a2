package spec

import (
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/handlers/wire"
)

// The model of the service as CSDL XML 4.0, derived from the contract's schemas.

type csdl struct {
	XMLName xml.Name   `xml:"edmx:Edmx"`
	Version string     `xml:"Version,attr"`
	Edmx    string     `xml:"xmlns:edmx,attr"`
	Schema  csdlSchema `xml:"edmx:DataServices>Schema"`
}

type csdlSchema struct {
	Namespace string        `xml:"Namespace,attr"`
	XMLNS     string        `xml:"xmlns,attr"`
	Enum      csdlEnum      `xml:"EnumType"`
	Complex   csdlType      `xml:"ComplexType"`
	Entities  []csdlType    `xml:"EntityType"`
	Delta     csdlFunction  `xml:"Function"`
	Container csdlContainer `xml:"EntityContainer"`
}

type csdlEnum struct {
	Name    string       `xml:"Name,attr"`
	Members []csdlMember `xml:"Member"`
}

type csdlMember struct {
	Name  string `xml:"Name,attr"`
	Value int    `xml:"Value,attr"`
}

type csdlType struct {
	Name       string         `xml:"Name,attr"`
	BaseType   string         `xml:"BaseType,attr,omitempty"`
	Abstract   bool           `xml:"Abstract,attr,omitempty"`
	Key        *csdlKey       `xml:"Key"`
	Properties []csdlProperty `xml:"Property"`
	Navigation []csdlProperty `xml:"NavigationProperty"`
}

type csdlKey struct {
	Ref csdlRef `xml:"PropertyRef"`
}

type csdlRef struct {
	Name string `xml:"Name,attr"`
}

type csdlProperty struct {
	Name           string `xml:"Name,attr"`
	Type           string `xml:"Type,attr"`
	Nullable       string `xml:"Nullable,attr,omitempty"` // "false", as true is the default
	Precision      string `xml:"Precision,attr,omitempty"`
	ContainsTarget bool   `xml:"ContainsTarget,attr,omitempty"`
}

// csdlFunction is a function that is bound to its first parameter.
type csdlFunction struct {
	Name       string         `xml:"Name,attr"`
	IsBound    bool           `xml:"IsBound,attr"`
	Parameters []csdlProperty `xml:"Parameter"`
	Returns    csdlReturnType `xml:"ReturnType"`
}

type csdlReturnType struct {
	Type string `xml:"Type,attr"`
}

type csdlContainer struct {
	Name      string        `xml:"Name,attr"`
	EntitySet csdlEntitySet `xml:"EntitySet"`
	Singleton csdlSingleton `xml:"Singleton"`
}

type csdlEntitySet struct {
	Name       string `xml:"Name,attr"`
	EntityType string `xml:"EntityType,attr"`
}

type csdlSingleton struct {
	Name string `xml:"Name,attr"`
	Type string `xml:"Type,attr"`
}

const namespace = "microsoft.graph"

// newMetadata derives the document. It fails if the contract has a property whose
// type the model cannot say.
func newMetadata(schemas openapi3.Schemas, types []*wire.Type) ([]byte, error) {
	base, err := csdlProperties(schemas["activityStatisticsBase"].Value, nil)
	if err != nil {
		return nil, err
	}
	settings, err := csdlProperties(schemas["settings"].Value, nil)
	if err != nil {
		return nil, err
	}
	entities := []csdlType{
		{Name: "entity", Abstract: true, Key: &csdlKey{csdlRef{"id"}}, Properties: base[:1]},
		{Name: "user", BaseType: namespace + ".entity", Navigation: []csdlProperty{
			{Name: "analytics", Type: namespace + ".userAnalytics", ContainsTarget: true}}},
		{Name: "userAnalytics", BaseType: namespace + ".entity",
			Properties: []csdlProperty{{Name: "settings", Type: namespace + ".settings", Nullable: "false"}},
			Navigation: []csdlProperty{{Name: "activityStatistics", Type: "Collection(" + namespace + ".activityStatistics)", ContainsTarget: true}}},
		{Name: "activityStatistics", BaseType: namespace + ".entity", Abstract: true, Properties: base[1:]},
	}
	for _, t := range types {
		short := strings.TrimPrefix(t.Name, wire.TypePrefix)
		own, err := csdlProperties(schemas[short].Value.AllOf[1].Value, base)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", short, err)
		}
		entities = append(entities, csdlType{Name: short, BaseType: namespace + ".activityStatistics", Properties: own})
	}
	return marshalCSDL(csdlSchema{
		Namespace: namespace,
		XMLNS:     "http://docs.oasis-open.org/odata/ns/edm",
		Enum:      csdlActivities(schemas["analyticsActivityType"].Value),
		Complex:   csdlType{Name: "settings", Properties: settings},
		Entities:  entities,
		Delta: csdlFunction{Name: "delta", IsBound: true,
			Parameters: []csdlProperty{{Name: "bindingParameter", Type: "Collection(" + namespace + ".activityStatistics)", Nullable: "false"}},
			Returns:    csdlReturnType{"Collection(" + namespace + ".activityStatistics)"}},
		Container: csdlContainer{Name: "GraphService",
			EntitySet: csdlEntitySet{"users", namespace + ".user"}, Singleton: csdlSingleton{"me", namespace + ".user"}},
	})
}

func marshalCSDL(schema csdlSchema) ([]byte, error) {
	text, err := xml.MarshalIndent(csdl{Version: "4.0", Edmx: "http://docs.oasis-open.org/odata/ns/edmx", Schema: schema}, "", "  ")
	return append([]byte(xml.Header), text...), err
}

func csdlActivities(schema *openapi3.Schema) csdlEnum {
	enum := csdlEnum{Name: "analyticsActivityType"}
	for value, name := range schema.Enum {
		enum.Members = append(enum.Members, csdlMember{Name: fmt.Sprint(name), Value: value})
	}
	return enum
}

// csdlProperties returns the properties of a schema but for annotations and those
// that its base has, the id first.
func csdlProperties(schema *openapi3.Schema, base []csdlProperty) ([]csdlProperty, error) {
	var properties []csdlProperty
	for _, name := range sortedNames(schema) {
		if strings.Contains(name, "@") || slices.ContainsFunc(base, func(p csdlProperty) bool { return p.Name == name }) {
			continue
		}
		property, err := csdlPropertyOf(name, schema.Properties[name].Value)
		if err != nil {
			return nil, err
		}
		properties = append(properties, property)
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

func csdlPropertyOf(name string, schema *openapi3.Schema) (csdlProperty, error) {
	property := csdlProperty{Name: name}
	if !schema.Nullable {
		property.Nullable = "false"
	}
	switch {
	case schema.Type.Is(openapi3.TypeBoolean):
		property.Type = "Edm.Boolean"
	case schema.Format == "edm-duration":
		property.Type, property.Precision = "Edm.Duration", "7" // ticks of 100 ns
	case schema.Format == "date":
		property.Type = "Edm.Date"
	case len(schema.Enum) > 0:
		property.Type = namespace + ".analyticsActivityType"
	case schema.Type.Is(openapi3.TypeString):
		property.Type = "Edm.String"
	default:
		return property, fmt.Errorf("property %s has no type in CSDL", name)
	}
	return property, nil
}
