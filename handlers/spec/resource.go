package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/handlers/odata"
)

// addResources reads the entity types that are no statistics.
func (c *Contract) addResources() error {
	skip := c.doc.Components.Parameters["skip"]
	if skip == nil || skip.Value.Schema.Value.Max == nil {
		return fmt.Errorf("parameter skip must have a maximum")
	}
	c.SkipMax = int(*skip.Value.Schema.Value.Max)
	c.Analytics = newResource("userAnalytics", c.Schema("userAnalytics"))
	return nil
}

// newResource returns the properties of a schema, without its annotations. An array is a collection of
// statistics.
func newResource(name string, schema *openapi3.Schema) *odata.Resource {
	resource := &odata.Resource{Name: namespace + "." + name, Properties: map[string][]string{}, Navigation: map[string]*odata.Resource{}}
	for property, ref := range schema.Properties {
		switch {
		case strings.Contains(property, "@"):
		case ref.Value.Type.Is(openapi3.TypeArray):
			resource.Navigation[property] = nil
		default:
			resource.Properties[property] = parts(ref.Value)
		}
	}
	return resource
}

// parts returns the sorted names of the properties of a complex type, nil for a primitive one.
func parts(schema *openapi3.Schema) []string {
	names := sortedNames(schema)
	return slices.DeleteFunc(names, func(name string) bool { return strings.Contains(name, "@") })
}
