package spec

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/handlers/wire"
	"afterhours/store"
)

// addTypes reads the derived types from the discriminator of activityStatistics.
func (c *Contract) addTypes() error {
	union := c.Schema("activityStatistics")
	if union == nil || union.Discriminator == nil {
		return errors.New("schema activityStatistics must have a discriminator")
	}
	for name, ref := range union.Discriminator.Mapping {
		schema := c.doc.Components.Schemas[ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]]
		if schema == nil {
			return fmt.Errorf("type %s has no schema %s", name, ref.Ref)
		}
		t := wire.NewType(name)
		if err := checkDurations(t, schema.Value); err != nil {
			return err
		}
		c.Types[name], c.ByStoreType[t.Stored] = t, t
	}
	return nil
}

// checkDurations returns an error unless the contract and the store's table give the type the same
// durations: the server would silently drop a duration that only the contract has.
func checkDurations(t *wire.Type, schema *openapi3.Schema) error {
	names := propertyNames(schema)
	for _, d := range store.Durations() {
		if names[string(d.Name)] != d.Of(t.Stored) {
			return fmt.Errorf("%s: the contract and the store's table of properties differ in %s", t.Name, d.Name)
		}
		delete(names, string(d.Name))
	}
	for name := range names {
		if store.DefinitionOf(store.PropertyName(name)) == nil && !strings.HasPrefix(name, "@") {
			return fmt.Errorf("%s: the store's table has no property %s", t.Name, name)
		}
	}
	return nil
}

// propertyNames returns the properties of a schema, including those of its allOf.
func propertyNames(schema *openapi3.Schema) map[string]bool {
	names := map[string]bool{}
	for name := range schema.Properties {
		names[name] = true
	}
	for _, part := range schema.AllOf {
		for name := range propertyNames(part.Value) {
			names[name] = true
		}
	}
	return names
}

// sortedTypes returns the derived types by their names.
func (c *Contract) sortedTypes() []*wire.Type {
	return slices.SortedFunc(maps.Values(c.Types), func(a, b *wire.Type) int { return cmp.Compare(a.Name, b.Name) })
}
