package handlers

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/store/edm"
)

// formats are the contract's formats that need more than a pattern.
var formats = openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
	"edm-duration": openapi3.NewCallbackValidator(func(text string) error { _, err := edm.ParseDuration(text); return err }),
	"date":         openapi3.NewCallbackValidator(func(text string) error { _, err := edm.ParseDate(text); return err }),
})

// validate holds the request against the contract, parameters first, and returns
// a problem that names every fault. On success the request's body is the value
// that was validated, which gen binds.
func (s *Server) validate(g *gin.Context, op *operation) error {
	faults := parameterFaults(g, op)
	if op.RequestBody != nil {
		body, err := s.quirks.readBody(g.Writer, g.Request, op)
		if err != nil {
			return err
		}
		faults = append(faults, bodyFaults(op.bodySchema, body.value)...)
		g.Request.Body = body
	}
	if len(faults) > 0 {
		return invalid(faults)
	}
	return nil
}

// maxOptions is how many query options are looked at, as info.description of the contract
// says: more than any operation has.
const maxOptions = 64

func parameterFaults(g *gin.Context, op *operation) []gen.ErrorDetail {
	if count := strings.Count(g.Request.URL.RawQuery, "&") + 1; count > maxOptions {
		return []gen.ErrorDetail{fault(gen.InvalidValue, "query", "The query has %d options; send %d at most.", count, maxOptions)}
	}
	query, err := url.ParseQuery(g.Request.URL.RawQuery)
	if err != nil {
		return []gen.ErrorDetail{fault(gen.InvalidValue, "query", "The query cannot be read: %s.", err)}
	}
	var faults []gen.ErrorDetail
	for name, values := range query {
		switch {
		case !slices.Contains(op.queryNames, name):
			faults = append(faults, fault(gen.UnknownQueryOption, shown(name), "There is no query option '%s' here%s.",
				shown(name), choices(op.queryNames)))
		case len(values) > 1:
			faults = append(faults, fault(gen.InvalidValue, name, "The query option '%s' is given %d times; give it once.", name, len(values)))
		}
	}
	input := &openapi3filter.RequestValidationInput{
		Request:     g.Request,
		PathParams:  map[string]string{},
		QueryParams: query,
		Route:       op.route,
		Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{formats}},
	}
	for _, param := range g.Params {
		input.PathParams[param.Key] = param.Value
	}
	for _, ref := range op.parameters {
		if err := openapi3filter.ValidateParameter(g, input, ref.Value); err != nil {
			faults = append(faults, faultsOf(err, ref.Value.Name)...)
		}
	}
	slices.SortFunc(faults, func(a, b gen.ErrorDetail) int { return strings.Compare(*a.Target, *b.Target) })
	return faults
}

func choices(names []string) string {
	if len(names) == 0 {
		return "; there is none"
	}
	return "; there are " + strings.Join(names, ", ")
}

// bodyFaults holds a decoded body against its schema.
func bodyFaults(schema *openapi3.Schema, body any) []gen.ErrorDetail {
	schema = narrow(schema, body)
	var faults []gen.ErrorDetail
	if object, isObject := body.(map[string]any); isObject {
		faults = takeOut(schema, object, "")
	}
	if err := schema.VisitJSON(body, openapi3.VisitAsRequest(), openapi3.MultiErrors(), formats); err != nil {
		faults = append(faults, faultsOf(err, "")...)
	}
	return faults
}

// takeOut removes from the object what costs much to judge and can be told at a
// glance, and returns the faults: the properties that the schema does not have, of
// which a hostile body may have a hundred thousand, and what is too long. The schema
// judges the rest. The place is that of the object, with a / behind it, or "".
func takeOut(schema *openapi3.Schema, object map[string]any, place string) []gen.ErrorDetail {
	var unknown, others []gen.ErrorDetail
	count := 0
	for _, name := range slices.Sorted(maps.Keys(object)) { // so that the same body has the same answer
		value, property := object[name], schema.Properties[name]
		at := shown(place + name)
		if property == nil {
			if isOpen(schema) {
				continue
			}
			delete(object, name)
			if count++; count <= maxFaults {
				unknown = append(unknown, fault(gen.UnknownProperty, at, "There is no property '%s' here; there are %s.",
					shown(name), strings.Join(slices.Sorted(maps.Keys(schema.Properties)), ", ")))
			}
			continue
		}
		if words := tooLong(property.Value, value); words != "" {
			delete(object, name)
			others = append(others, fault(gen.InvalidValue, at, "%s.", words))
			continue
		}
		others = append(others, takeOutWithin(property.Value, value, place+name+"/")...)
	}
	return append(others, unknown...)
}

// takeOutWithin does so for the objects that a property is or lists.
func takeOutWithin(schema *openapi3.Schema, value any, place string) []gen.ErrorDetail {
	switch value := value.(type) {
	case map[string]any:
		return takeOut(schema, value, place)
	case []any:
		if schema.Items == nil {
			return nil
		}
		var faults []gen.ErrorDetail
		for i, item := range value {
			faults = append(faults, takeOutWithin(schema.Items.Value, item, place+strconv.Itoa(i)+"/")...)
		}
		return faults
	}
	return nil
}

// tooLong says what is wrong with a value that is longer than its schema allows, ""
// for nothing.
func tooLong(schema *openapi3.Schema, value any) string {
	switch value := value.(type) {
	case string:
		if schema.MaxLength != nil && uint64(utf8.RuneCountInString(value)) > *schema.MaxLength {
			return fmt.Sprintf("'%s' is longer than %d characters", shown(value), *schema.MaxLength)
		}
	case []any:
		if schema.MaxItems != nil && uint64(len(value)) > *schema.MaxItems {
			return fmt.Sprintf("It has %d members; %d are the most", len(value), *schema.MaxItems)
		}
	case map[string]any:
		if schema.MaxProps != nil && uint64(len(value)) > *schema.MaxProps {
			return fmt.Sprintf("It has %d members; %d are the most", len(value), *schema.MaxProps)
		}
	}
	return ""
}

// narrow returns the member of a discriminated union that the value names, so
// that the faults are those of its own type; the schema itself otherwise.
func narrow(schema *openapi3.Schema, value any) *openapi3.Schema {
	object, isObject := value.(map[string]any)
	if schema.Discriminator == nil || !isObject {
		return schema
	}
	name, _ := object[schema.Discriminator.PropertyName].(string)
	mapped, known := schema.Discriminator.Mapping[name]
	if !known {
		return schema
	}
	for _, member := range schema.OneOf {
		if member.Ref == mapped.Ref {
			return member.Value
		}
	}
	return schema
}
