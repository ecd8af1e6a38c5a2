package spec

import (
	"encoding/json"
	"strings"
)

// The model as CSDL JSON 4.01, which says the same as the XML. The defaults of the two differ: a property without $Type is
// an Edm.String, and one without $Nullable is not null.

// csdlObject is an object of CSDL JSON. Marshalling sorts its members, and CSDL gives their order no meaning.
type csdlObject map[string]any

// json returns the model as CSDL JSON.
func (m *metadata) json() ([]byte, error) {
	schema := csdlObject{}
	for _, one := range m.Enums {
		schema[one.Name] = one.json()
	}
	for _, one := range m.Complexes {
		schema[one.Name] = one.json("ComplexType")
	}
	for _, one := range m.Entities {
		schema[one.Name] = one.json("EntityType")
	}
	for _, one := range m.Functions {
		schema[one.Name] = []csdlObject{one.json()} // one overload
	}
	schema[m.Container.Name] = m.Container.json()
	references := csdlObject{}
	for _, one := range m.References {
		references[one.URL] = csdlObject{"$Include": []csdlObject{{"$Namespace": one.Namespace, "$Alias": one.Alias}}}
	}
	return json.Marshal(csdlObject{
		"$Reference":       references,
		"$Version":         "4.01",
		"$EntityContainer": m.Namespace + "." + m.Container.Name,
		m.Namespace:        schema,
	})
}

func (e enumType) json() csdlObject {
	enum := csdlObject{"$Kind": "EnumType"}
	for _, member := range e.Members {
		enum[member.Name] = member.Value
	}
	return enum.annotate(e.Annotations)
}

func (t structuredType) json(kind string) csdlObject {
	of := csdlObject{"$Kind": kind}
	of.set("$BaseType", t.BaseType)
	of.set("$Abstract", t.Abstract)
	if t.Key != "" {
		of["$Key"] = []string{t.Key}
	}
	for _, one := range t.Properties {
		of[one.Name] = one.json()
	}
	for _, one := range t.Navigation {
		navigation := one.json()
		navigation["$Kind"] = "NavigationProperty"
		of[one.Name] = navigation
	}
	return of.annotate(t.Annotations)
}

// collectionOf is how the type of a collection begins in XML. JSON has $Collection instead.
const collectionOf = "Collection("

func (p property) json() csdlObject {
	of := csdlObject{}
	name, isCollection := strings.CutPrefix(p.Type, collectionOf)
	name = strings.TrimSuffix(name, ")")
	if name != "Edm.String" {
		of["$Type"] = name
	}
	of.set("$Collection", isCollection)
	of.set("$Nullable", p.Nullable && !isCollection) // a collection of entities has no nulls in it
	of.set("$Precision", p.Precision)
	of.set("$ContainsTarget", p.ContainsTarget)
	return of.annotate(p.Annotations)
}

func (f function) json() csdlObject {
	parameter, returned := property{Type: f.Collection}.json(), property{Type: f.Collection}.json()
	parameter["$Name"] = bindingParameter
	of := csdlObject{"$Kind": "Function", "$IsBound": true, "$EntitySetPath": bindingParameter,
		"$Parameter": []csdlObject{parameter}, "$ReturnType": returned}
	return of.annotate(f.Annotations)
}

func (c container) json() csdlObject {
	of := csdlObject{"$Kind": "EntityContainer"}
	for _, one := range c.EntitySets {
		of[one.Name] = csdlObject{"$Collection": true, "$Type": one.Type}.annotate(one.Annotations)
	}
	for _, one := range c.Singletons {
		of[one.Name] = csdlObject{"$Type": one.Type}.annotate(one.Annotations)
	}
	return of.annotate(c.Annotations)
}

// set sets a member unless the value is the default: false, 0 or "".
func (o csdlObject) set(name string, value any) {
	if value != false && value != 0 && value != "" {
		o[name] = value
	}
}

// annotate sets the annotations in o, and returns o.
func (o csdlObject) annotate(annotations []annotation) csdlObject {
	for _, one := range annotations {
		o["@"+one.Term] = jsonValue(one.Value)
	}
	return o
}

// jsonValue returns the value of an annotation in CSDL JSON (14.3 and 14.4 of it). An enumeration member
// is its name alone.
func jsonValue(value any) any {
	switch value := value.(type) {
	case enumValue:
		_, member, _ := strings.Cut(string(value), "/")
		return member
	case record:
		of := csdlObject{}
		for _, one := range value {
			of[one.Name] = jsonValue(one.Value)
		}
		return of
	case collection:
		all := make([]any, len(value))
		for i, one := range value {
			all[i] = jsonValue(one)
		}
		return all
	}
	return value
}
