package spec

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// reference is a vocabulary: its namespace, the alias that terms have, and where its text is.
type reference struct{ Namespace, Alias, URL string }

// vocabularies are the vocabularies of OASIS that the annotations are from.
var vocabularies = []reference{vocabulary("Core"), vocabulary("Capabilities"), vocabulary("Aggregation")}

func vocabulary(alias string) reference {
	name := "Org.OData." + alias + ".V1"
	return reference{name, alias, "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/" + name + ".xml"}
}

// annotation is a term, with the alias of its vocabulary, and its value: a bool, a string, an enumValue, a
// pathValue, a propertyPath, a record, or a collection.
type annotation struct {
	Term  string
	Value any
}

// fullTerm returns the term with the namespace of its vocabulary instead of the alias.
func (a annotation) fullTerm() string {
	for _, one := range vocabularies {
		if name, isOfIt := strings.CutPrefix(a.Term, one.Alias+"."); isOfIt {
			return one.Namespace + "." + name
		}
	}
	return a.Term
}

type (
	// enumValue is a member of an enumeration type, as Type/Member.
	enumValue string
	// pathValue is the path of a navigation property.
	pathValue string
	// propertyPath is the path of another property.
	propertyPath string
	// record has properties in their order.
	record []recordProperty
	// collection has values of one kind.
	collection []any
)

type recordProperty struct {
	Name  string
	Value any
}

// describe returns the annotation with a description, in one line.
func describe(text string) []annotation {
	return []annotation{{"Core.Description", strings.Join(strings.Fields(text), " ")}}
}

// descriptions returns the descriptions of properties that have a schema in common
// (x-property-descriptions of the schema activityStatistics), by the names of the properties.
func descriptions(schemas openapi3.Schemas) map[string]any {
	texts, _ := schemas["activityStatistics"].Value.Extensions["x-property-descriptions"].(map[string]any)
	return texts
}
