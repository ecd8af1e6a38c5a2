package spec

import "github.com/getkin/kin-openapi/openapi3"

// HasName reports whether a parameter or a property of the contract has exactly this name. Any other
// name in a request is its caller's text.
func (c *Contract) HasName(name string) bool { return c.named[name] }

// addParametersAndProperties collects the names for HasName.
func (c *Contract) addParametersAndProperties() error {
	for _, parameter := range c.doc.Components.Parameters {
		c.named[parameter.Value.Name] = true
	}
	for _, schema := range c.doc.Components.Schemas {
		c.addProperties(schema)
	}
	return nil
}

// addProperties adds the names of an object's properties, and of the objects within it. A reference
// within it is to a schema that is read by itself.
func (c *Contract) addProperties(schema *openapi3.SchemaRef) {
	for name, property := range schema.Value.Properties {
		c.named[name] = true
		if property.Ref == "" {
			c.addProperties(property)
		}
	}
	within := append(append(openapi3.SchemaRefs{}, schema.Value.AllOf...), schema.Value.OneOf...)
	if schema.Value.Items != nil {
		within = append(within, schema.Value.Items)
	}
	for _, one := range within {
		if one.Ref == "" {
			c.addProperties(one)
		}
	}
}
