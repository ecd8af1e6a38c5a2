package spec

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/handlers/odata"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// newModel returns the statistics as odata asks for them: which type has which property, and of
// which kind the property is.
func newModel(schemas openapi3.Schemas, types []*wire.Type) (*odata.Model, error) {
	schema := odata.Schema{Derived: map[store.Type]odata.EntityType{}, MaxLengths: map[store.PropertyName]int{}}
	for _, member := range schemas["analyticsActivityType"].Value.Enum {
		schema.Activities = append(schema.Activities, store.Activity(fmt.Sprint(member)))
	}
	var err error
	base := schemas["activityStatisticsBase"].Value
	schema.Base, err = odataType(namespace+".activityStatistics", base)
	if err != nil {
		return nil, err
	}
	addMaxLengths(schema.MaxLengths, base)
	for _, t := range types {
		own := schemas[strings.TrimPrefix(t.Name, wire.TypePrefix)].Value.AllOf[1].Value
		if schema.Derived[t.Stored], err = odataType(t.Qualified(), own); err != nil {
			return nil, err
		}
		addMaxLengths(schema.MaxLengths, own)
	}
	return odata.NewModel(schema)
}

// addMaxLengths adds the maximum lengths of the properties of a schema that have one.
func addMaxLengths(lengths map[store.PropertyName]int, schema *openapi3.Schema) {
	for property, ref := range schema.Properties {
		if ref.Value.MaxLength != nil {
			lengths[store.PropertyName(property)] = int(*ref.Value.MaxLength)
		}
	}
}

// odataType returns the properties of a schema, without its annotations.
func odataType(name string, schema *openapi3.Schema) (odata.EntityType, error) {
	t := odata.EntityType{Name: name, Properties: map[store.PropertyName]store.Kind{}}
	for property, ref := range schema.Properties {
		if strings.Contains(property, "@") {
			continue
		}
		kind := kindOf(ref.Value)
		if kind == store.KindNull {
			return t, fmt.Errorf("property %s of %s is of no kind that a filter knows", property, name)
		}
		t.Properties[store.PropertyName(property)] = kind
	}
	return t, nil
}

func kindOf(schema *openapi3.Schema) store.Kind {
	switch {
	case schema.Format == "edm-duration":
		return store.KindDuration
	case schema.Format == "date":
		return store.KindDate
	case len(schema.Enum) > 0:
		return store.KindActivity
	case schema.Type.Is(openapi3.TypeString):
		return store.KindText
	}
	return store.KindNull
}
