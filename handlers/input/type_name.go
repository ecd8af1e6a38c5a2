package input

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// typeAnnotation is the annotation that names the type of an object.
const typeAnnotation = "@odata.type"

// nameType gives a body its type as the contract spells it: with a # and without a URL before it (OData
// JSON 4.6.3). A body without a type gets that of the cast in the URL, "" for none. A name that the
// schema does not have stays, for validation to refuse.
func nameType(schema *openapi3.Schema, object map[string]any, cast string) {
	isUnion := schema.Discriminator != nil && schema.Discriminator.PropertyName == typeAnnotation
	property := schema.Properties[typeAnnotation]
	if !isUnion && property == nil {
		return
	}
	given, there := object[typeAnnotation]
	if !there && cast != "" {
		object[typeAnnotation] = cast
		return
	}
	text, _ := given.(string)
	name := withoutURL(text)
	if name == text {
		return
	}
	if isUnion && schema.Discriminator.Mapping[name].Ref != "" || property != nil && slices.Contains(property.Value.Enum, any(name)) {
		object[typeAnnotation] = name
	}
}

// withoutURL returns the name of a type with a #, from one without it, or from the URL of $metadata with
// the name as its fragment. The host of the URL does not count, since a proxy may have another one.
func withoutURL(name string) string {
	url, fragment, found := strings.Cut(name, "#")
	switch {
	case !found:
		return "#" + name
	case url == "$metadata" || strings.HasSuffix(url, "/$metadata"):
		return "#" + fragment
	}
	return name
}
