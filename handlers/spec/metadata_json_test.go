package spec_test

import (
	"encoding/json"
	"encoding/xml"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/handlers/spec"
)

// namespace is that of the model.
const namespace = "microsoft.graph"

// parsedXML is a $metadata document in XML.
type parsedXML struct {
	Schema struct {
		Namespace string `xml:",attr"`
		Enums     []struct {
			Name    string `xml:",attr"`
			Members []struct {
				Name  string `xml:",attr"`
				Value int    `xml:",attr"`
			} `xml:"Member"`
		} `xml:"EnumType"`
		Functions []struct {
			Name          string           `xml:",attr"`
			IsBound       bool             `xml:",attr"`
			EntitySetPath string           `xml:",attr"`
			Parameters    []parsedProperty `xml:"Parameter"`
			ReturnType    parsedProperty
		} `xml:"Function"`
		Complexes []parsedType `xml:"ComplexType"`
		Entities  []parsedType `xml:"EntityType"`
		Container struct {
			Name string `xml:",attr"`
			Sets []struct {
				Name, EntityType string `xml:",attr"`
			} `xml:"EntitySet"`
			Singletons []struct {
				Name, Type string `xml:",attr"`
			} `xml:"Singleton"`
		} `xml:"EntityContainer"`
	} `xml:"DataServices>Schema"`
}

type parsedType struct {
	Name, BaseType string `xml:",attr"`
	Abstract       bool   `xml:",attr"`
	Keys           []struct {
		Name string `xml:",attr"`
	} `xml:"Key>PropertyRef"`
	Properties []parsedProperty `xml:"Property"`
	Navigation []parsedProperty `xml:"NavigationProperty"`
}

type parsedProperty struct {
	Name, Type, Nullable, Precision string `xml:",attr"`
	ContainsTarget                  bool   `xml:",attr"`
}

// TestMetadataJSONSaysTheSameAsXML reads the XML by its own rules and writes it by those of CSDL JSON (4, 5, 6, 7, 8, 10 and
// 13 of it). What comes out must be the JSON that is served.
func TestMetadataJSONSaysTheSameAsXML(t *testing.T) {
	c := loadTestContract(t)
	var from parsedXML
	if err := xml.Unmarshal(c.Metadata, &from); err != nil {
		t.Fatal(err)
	}
	schema := map[string]any{}
	for _, enum := range from.Schema.Enums {
		object := map[string]any{"$Kind": "EnumType"}
		for _, member := range enum.Members {
			object[member.Name] = float64(member.Value)
		}
		schema[enum.Name] = object
	}
	for _, one := range from.Schema.Complexes {
		schema[one.Name] = typeAsJSON(one, "ComplexType")
	}
	for _, one := range from.Schema.Entities {
		schema[one.Name] = typeAsJSON(one, "EntityType")
	}
	for _, one := range from.Schema.Functions {
		parameter := propertyAsJSON(one.Parameters[0])
		parameter["$Name"] = one.Parameters[0].Name
		schema[one.Name] = []any{map[string]any{"$Kind": "Function", "$IsBound": one.IsBound, "$EntitySetPath": one.EntitySetPath,
			"$Parameter": []any{parameter}, "$ReturnType": propertyAsJSON(one.ReturnType)}}
	}
	container := map[string]any{"$Kind": "EntityContainer"}
	for _, set := range from.Schema.Container.Sets {
		container[set.Name] = map[string]any{"$Collection": true, "$Type": set.EntityType}
	}
	for _, one := range from.Schema.Container.Singletons {
		container[one.Name] = map[string]any{"$Type": one.Type}
	}
	schema[from.Schema.Container.Name] = container
	want := map[string]any{"$Version": "4.01", "$EntityContainer": from.Schema.Namespace + "." + from.Schema.Container.Name, from.Schema.Namespace: schema}

	got := withoutAnnotations(parsedJSON(t, c)).(map[string]any)
	if wanted, served := indented(want), indented(got); wanted != served {
		t.Errorf("served:\n%s\nof the XML:\n%s", served, wanted)
	}
	if len(schema) < 12 {
		t.Errorf("only %d members: %v", len(schema), slices.Sorted(maps.Keys(schema)))
	}
}

func typeAsJSON(from parsedType, kind string) map[string]any {
	object := map[string]any{"$Kind": kind}
	if from.BaseType != "" {
		object["$BaseType"] = from.BaseType
	}
	if from.Abstract {
		object["$Abstract"] = true
	}
	for _, key := range from.Keys {
		object["$Key"] = []any{key.Name}
	}
	for _, property := range from.Properties {
		object[property.Name] = propertyAsJSON(property)
	}
	for _, property := range from.Navigation {
		navigation := propertyAsJSON(property)
		navigation["$Kind"] = "NavigationProperty"
		object[property.Name] = navigation
	}
	return object
}

func propertyAsJSON(from parsedProperty) map[string]any {
	object := map[string]any{}
	element, isCollection := strings.CutPrefix(from.Type, "Collection(")
	if isCollection {
		object["$Collection"], element = true, strings.TrimSuffix(element, ")")
	}
	if element != "Edm.String" {
		object["$Type"] = element
	}
	if from.Nullable != "false" && !isCollection {
		object["$Nullable"] = true
	}
	if precision, err := strconv.Atoi(from.Precision); err == nil {
		object["$Precision"] = float64(precision)
	}
	if from.ContainsTarget {
		object["$ContainsTarget"] = true
	}
	return object
}

// TestMetadataJSONHasTheFormOfCSDL checks the rules of the JSON schema that OASIS publishes for CSDL: which members each kind
// of object may have, of which kind their values are, and that each name leads somewhere.
func TestMetadataJSONHasTheFormOfCSDL(t *testing.T) {
	document := parsedJSON(t, loadTestContract(t))
	schema := document[namespace].(map[string]any)
	members := map[string][]string{
		"EnumType":           {"$Kind", "$UnderlyingType", "$IsFlags"},
		"ComplexType":        {"$Kind", "$BaseType", "$Abstract", "$OpenType"},
		"EntityType":         {"$Kind", "$BaseType", "$Abstract", "$OpenType", "$HasStream", "$Key"},
		"EntityContainer":    {"$Kind", "$Extends"},
		"Function":           {"$Kind", "$IsBound", "$IsComposable", "$EntitySetPath", "$Parameter", "$ReturnType"},
		"Property":           {"$Kind", "$Type", "$Collection", "$Nullable", "$MaxLength", "$Unicode", "$Precision", "$Scale", "$SRID", "$DefaultValue"},
		"NavigationProperty": {"$Kind", "$Type", "$Collection", "$Nullable", "$Partner", "$ContainsTarget", "$ReferentialConstraint", "$OnDelete"},
		"child":              {"$Type", "$Collection", "$Nullable", "$NavigationPropertyBinding", "$IncludeInServiceDocument"},
	}
	check := func(at, kind string, object map[string]any) {
		for name, value := range object {
			isKind := strings.HasPrefix(name, "$")
			if isKind && !slices.Contains(members[kind], name) {
				t.Errorf("%s: a %s has no member %s", at, kind, name)
			}
			isType := name == "$Type" || name == "$BaseType"
			if short, ours := strings.CutPrefix(strings.TrimSpace(textOf(value)), namespace+"."); isType && ours && schema[short] == nil {
				t.Errorf("%s: there is no type %v", at, value)
			}
			if _, isBoolean := value.(bool); isBoolean && isKind && value != true {
				t.Errorf("%s: %s is the default", at, name)
			}
		}
	}
	if container := strings.TrimPrefix(textOf(document["$EntityContainer"]), namespace+"."); schema[container] == nil {
		t.Errorf("no container %s", container)
	}
	for name, value := range schema {
		if strings.HasPrefix(name, "@") || name == "$Annotations" || strings.HasPrefix(name, "$") {
			continue
		}
		object, isObject := value.(map[string]any)
		if overloads, isFunction := value.([]any); isFunction && len(overloads) == 1 {
			object, isObject = overloads[0].(map[string]any)
		}
		if !isObject {
			t.Errorf("%s is neither an object nor a list of one: %v", name, value)
			continue
		}
		kind := textOf(object["$Kind"])
		check(name, kind, object)
		for child, value := range object {
			inner, isObject := value.(map[string]any)
			if !isObject || strings.Contains(child, "@") || strings.HasPrefix(child, "$") {
				continue
			}
			of := "Property"
			if kind == "EntityContainer" {
				of = "child"
			} else if inner["$Kind"] == "NavigationProperty" {
				of = "NavigationProperty"
			}
			check(name+"/"+child, of, inner)
		}
	}
}

func textOf(value any) string {
	text, _ := value.(string)
	return text
}

// withoutAnnotations returns the value without annotations, which a property of the model does not need.
func withoutAnnotations(value any) any {
	if list, isList := value.([]any); isList {
		for _, one := range list {
			withoutAnnotations(one)
		}
	}
	if object, isObject := value.(map[string]any); isObject {
		for name, inner := range object {
			if strings.Contains(name, "@") || name == "$Annotations" || name == "$Reference" {
				delete(object, name)
			} else {
				object[name] = withoutAnnotations(inner)
			}
		}
	}
	return value
}

func parsedJSON(t *testing.T, c *spec.Contract) map[string]any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(c.MetadataJSON, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

func indented(value any) string {
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func loadTestContract(t *testing.T) *spec.Contract {
	t.Helper()
	text, err := checked.Text()
	if err != nil {
		t.Fatal(err)
	}
	c, err := spec.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
