package spec_test

import (
	"reflect"
	"strings"
	"testing"
)

// TestAnnotationsInJSONAreThoseInXML reads each annotation of the XML by its own rules. The JSON must have
// it with the same value at the same element, and no other one.
func TestAnnotationsInJSONAreThoseInXML(t *testing.T) {
	document := parsedJSON(t, loadTestContract(t))
	root := metadataOf(t, contractText(t))
	annotations := compareAnnotations(t, root.find("Schema", "")[0], document[namespace].(map[string]any))
	if annotations < 60 {
		t.Errorf("only %d annotations", annotations)
	}
	want := map[string]any{}
	for _, alias := range vocabularies {
		name := "Org.OData." + alias + ".V1"
		want["https://oasis-tcs.github.io/odata-vocabularies/vocabularies/"+name+".xml"] =
			map[string]any{"$Include": []any{map[string]any{"$Namespace": name, "$Alias": alias}}}
	}
	if got := document["$Reference"]; !reflect.DeepEqual(got, want) {
		t.Errorf("the references are %v, want %v", got, want)
	}
}

// compareAnnotations compares an element with its object, and the elements in it. It returns how many
// annotations they have.
func compareAnnotations(t *testing.T, of node, object map[string]any) int {
	t.Helper()
	count, own := 0, 0
	for _, one := range of.Nodes {
		child, isObject := object[one.attr("Name")].(map[string]any)
		if overloads, isFunction := object[one.attr("Name")].([]any); isFunction {
			child, isObject = overloads[0].(map[string]any)
		}
		switch {
		case one.XMLName.Local == "Annotation":
			own++
			if got, want := object["@"+one.attr("Term")], valueInXML(one); !reflect.DeepEqual(got, want) {
				t.Errorf("%s of %s is %v in JSON, and %v in XML", one.attr("Term"), of.attr("Name"), got, want)
			}
		case isObject:
			count += compareAnnotations(t, one, child)
		}
	}
	for name := range object {
		if strings.HasPrefix(name, "@") {
			own--
		}
	}
	if own != 0 {
		t.Errorf("%s has %d more annotations in XML than in JSON", of.attr("Name"), own)
	}
	return count + strings.Count(strings.Join(keysOf(object), " "), "@")
}

func keysOf(object map[string]any) (names []string) {
	for name := range object {
		names = append(names, name)
	}
	return names
}

// valueInXML returns the value of an annotation, of a property of a record or of an item as JSON has it.
func valueInXML(of node) any {
	for _, attribute := range of.Attrs {
		switch attribute.Name.Local {
		case "Bool":
			return attribute.Value == "true"
		case "String", "NavigationPropertyPath", "PropertyPath":
			return attribute.Value
		case "EnumMember":
			return attribute.Value[strings.LastIndex(attribute.Value, "/")+1:]
		}
	}
	value := of
	if of.XMLName.Local == "Annotation" || of.XMLName.Local == "PropertyValue" {
		value = of.Nodes[0]
	}
	switch value.XMLName.Local {
	case "Record":
		object := map[string]any{}
		for _, property := range value.Nodes {
			object[property.attr("Property")] = valueInXML(property)
		}
		return object
	case "Collection":
		all := []any{}
		for _, item := range value.Nodes {
			all = append(all, valueInXML(item))
		}
		return all
	}
	return value.Text
}
