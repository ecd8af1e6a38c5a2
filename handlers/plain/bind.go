package plain

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	"afterhours/gen/nullable"
	"afterhours/store/edm"
)

// Bind sets the fields of the struct that to points to, by the names in their json tags. It reports false if the body
// has values in values, or if a member has no field, or one of a type that it does not know. The struct may then have
// some of the values.
func (o Object) Bind(to any) bool {
	if o.nested != "" {
		return false
	}
	target := reflect.ValueOf(to).Elem()
	fields := fieldsOf(target.Type())
	for i := range o.members {
		one := &o.members[i]
		at, known := fields[one.name]
		if !known || !one.set(target.Field(at)) {
			return false
		}
	}
	return true
}

// Value returns the body as a decoder of JSON does.
func (o Object) Value() map[string]any {
	if o.nested != "" {
		var value map[string]any
		_ = json.Unmarshal([]byte(o.nested), &value) // it is JSON
		return value
	}
	value := make(map[string]any, len(o.members))
	for _, one := range o.members {
		switch one.kind {
		case 'n':
			value[one.name] = nil
		case '"':
			value[one.name] = one.text
		default:
			value[one.name] = one.kind == 't'
		}
	}
	return value
}

// fieldsByType keeps what fieldsOf returns.
var fieldsByType sync.Map

// fieldsOf returns the indexes of the fields of a struct, by the names in their json tags.
func fieldsOf(of reflect.Type) map[string]int {
	if known, ok := fieldsByType.Load(of); ok {
		return known.(map[string]int)
	}
	fields := map[string]int{}
	if of.Kind() == reflect.Struct {
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			fields[name] = i
		}
	}
	fieldsByType.Store(of, fields)
	return fields
}

// set sets a field to the value. It reports false if it does not know the type of the field.
func (m *member) set(field reflect.Value) bool {
	format := ""
	if m.property.text != nil {
		format = m.property.text.format
	}
	switch to := field.Addr().Interface().(type) {
	case *nullable.Nullable[edm.Duration]:
		setNullable(to, m, edm.Duration(m.number))
		return format == durationFormat
	case *nullable.Nullable[edm.Date]:
		setNullable(to, m, edm.Date(m.number))
		return format == dateFormat
	case *nullable.Nullable[string]:
		setNullable(to, m, strings.Clone(m.text)) // a clone, for the value may be kept, and the body's text not
		return !m.property.isBoolean
	}
	if m.kind == 'n' || field.Kind() != reflect.Pointer {
		return false
	}
	value := reflect.New(field.Type().Elem())
	switch {
	case value.Elem().Kind() == reflect.Bool && m.property.isBoolean:
		value.Elem().SetBool(m.kind == 't')
	case value.Elem().Kind() == reflect.String && !m.property.isBoolean:
		value.Elem().SetString(m.kept())
	default:
		return false
	}
	field.Set(value)
	return true
}

// kept returns the text so that it keeps no other in memory: a name out of the contract, or else a clone.
func (m *member) kept() string {
	if m.property.text.enum != nil {
		return m.text
	}
	return strings.Clone(m.text)
}

func setNullable[T any](to *nullable.Nullable[T], m *member, value T) {
	if m.kind == 'n' {
		*to = nullable.Null[T]()
		return
	}
	*to = nullable.Of(value)
}
