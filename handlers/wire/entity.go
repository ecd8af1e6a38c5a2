package wire

import (
	"github.com/go-json-experiment/json/jsontext"

	"afterhours/store"
	"afterhours/store/edm"
)

// Links are the URLs that a response gives of a statistic.
type Links struct {
	// Context is @odata.context; "" within a collection.
	Context string
	// Self is the statistic's own URL.
	Self string
}

// AppendEntity appends the JSON of a statistic: annotations first (OData JSON 4.5), then the
// selected properties of its type. A property without a value is null, or left out if the form omits nulls.
func (t *Type) AppendEntity(text []byte, statistic *store.Statistic, form Form, links Links) []byte {
	text = append(text, '{')
	if links.Context != "" && form.Level != MetadataNone {
		text = AppendMember(text, "@odata.context", links.Context)
	}
	if form.Level != MetadataNone {
		text = AppendMember(text, "@odata.type", t.Name)
		text = AppendMember(text, "@odata.etag", EntityTag(statistic.Revision))
	}
	if form.Level == MetadataFull {
		text = AppendMember(text, "@odata.id", links.Self)
		text = AppendMember(text, "@odata.editLink", links.Self)
	}
	text = AppendMember(text, "id", statistic.ID)
	before := t.valuesBefore(form)
	for i, value := range t.Values(statistic, form) {
		isLeftOut := form.OmitNulls && !value.Text.Valid && (before == nil || !before[i].Text.Valid)
		if isLeftOut || !form.Selected.Has(t.Qualified(), value.Name) {
			continue
		}
		if form.Level == MetadataFull && value.typeName != "" {
			text = AppendMember(text, value.Name+"@odata.type", value.typeName)
		}
		text = appendNullable(text, value.Name, value.Text)
	}
	text[len(text)-1] = '}' // in place of the last comma
	return text
}

// PropertyValue is a property of a statistic with its text.
type PropertyValue struct {
	Name string
	// typeName is its type in full metadata, "" for a string.
	typeName string
	Text     store.Null[string]
}

// Values returns the properties of a statistic except its id, in the order in which
// AppendEntity writes them.
func (t *Type) Values(statistic *store.Statistic, form Form) []PropertyValue {
	values := make([]PropertyValue, 0, 4+len(durationProperties))
	values = append(values,
		PropertyValue{"activity", "#microsoft.graph.analyticsActivityType", store.Of(string(statistic.Activity))},
		PropertyValue{"startDate", "#Date", textOf(statistic.StartDate, edm.Date.String)},
		PropertyValue{"endDate", "#Date", textOf(statistic.EndDate, edm.Date.String)},
		PropertyValue{"timeZoneUsed", "", statistic.TimeZoneUsed})
	for _, property := range t.durations {
		values = append(values, PropertyValue{string(property.Name), "#Duration", textOf(*property.Duration(&statistic.Record), form.Duration)})
	}
	return values
}

// valuesBefore returns the values of the statistic before a change, nil if they do not matter.
func (t *Type) valuesBefore(form Form) []PropertyValue {
	if !form.OmitNulls || form.Before == nil {
		return nil
	}
	return t.Values(form.Before, form)
}

func textOf[T comparable](value store.Null[T], format func(T) string) store.Null[string] {
	if !value.Valid {
		return store.Null[string]{}
	}
	return store.Of(format(value.Value))
}

func appendNullable(text []byte, name string, value store.Null[string]) []byte {
	if value.Valid {
		return AppendMember(text, name, value.Value)
	}
	text = append(append(text, '"'), name...)
	return append(text, `":null,`...)
}

// AppendMember appends a member whose value is a string, and a comma. The name must need no
// escape. The value must be valid UTF-8, which validation ensures.
func AppendMember(text []byte, name, value string) []byte {
	text = append(append(text, '"'), name...)
	text = append(text, `":`...)
	text, _ = jsontext.AppendQuote(text, value)
	return append(text, ',')
}
