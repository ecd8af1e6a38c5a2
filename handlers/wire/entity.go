package wire

import "afterhours/store"

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
		text = append(text, t.typeMember...)
		text = append(appendOpaqueTag(append(text, `"@odata.etag":"W/\"`...), statistic.Revision), `\"",`...)
	}
	if form.Level == MetadataFull {
		text = AppendMember(text, "@odata.id", links.Self)
		text = AppendMember(text, "@odata.editLink", links.Self)
	}
	text = AppendMember(text, "id", statistic.ID)
	for _, property := range t.properties {
		value := property.Value(statistic)
		if form.leavesOut(property.Definition, &value) || !form.Selected.Has(t.Qualified(), string(property.Name)) {
			continue
		}
		if form.Level == MetadataFull && property.Kind != store.KindText {
			text = AppendMember(text, string(property.Name)+"@odata.type", typeNames[property.Kind])
		}
		text = append(appendJSON(append(text, property.begin...), &value, &form), ',')
	}
	text[len(text)-1] = '}' // in place of the last comma
	return text
}

// leavesOut reports whether the response lacks the property because it is null.
func (f Form) leavesOut(property *store.Definition, value *store.Value) bool {
	return f.OmitNulls && value.Kind == store.KindNull && (f.Before == nil || property.Value(f.Before).Kind == store.KindNull)
}

// typeNames are the types of properties in full metadata, which says nothing of a string.
var typeNames = map[store.Kind]string{
	store.KindActivity: "#microsoft.graph.analyticsActivityType",
	store.KindDate:     "#Date",
	store.KindDuration: "#Duration",
}

// appendJSON appends the value of a property: a string or null.
func appendJSON(text []byte, value *store.Value, form *Form) []byte {
	switch value.Kind {
	case store.KindNull:
		return append(text, "null"...)
	case store.KindText, store.KindActivity:
		return appendQuote(text, value.Text)
	}
	return append(appendText(append(text, '"'), value, form), '"') // which needs no escape
}

// appendText appends the value of a property, which is not null, as text.
func appendText(text []byte, value *store.Value, form *Form) []byte {
	switch value.Kind {
	case store.KindDate:
		return value.Date.Append(text)
	case store.KindDuration:
		return form.Duration(value.Duration, text)
	}
	return append(text, value.Text...)
}

// PropertyValue is a property of a statistic with its text.
type PropertyValue struct {
	Name string
	Text store.Null[string]
}

// Values returns the properties of a statistic except its id, in the order in which
// AppendEntity writes them.
func (t *Type) Values(statistic *store.Statistic, form Form) []PropertyValue {
	values := make([]PropertyValue, len(t.properties))
	for i, property := range t.properties {
		values[i].Name = string(property.Name)
		if value := property.Value(statistic); value.Kind != store.KindNull {
			values[i].Text = store.Of(string(appendText(nil, &value, &form)))
		}
	}
	return values
}

// AppendNullable appends a member whose value is a string or null, and a comma, as AppendMember does.
func AppendNullable(text []byte, name string, value store.Null[string]) []byte {
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
	return append(appendQuote(text, value), ',')
}
