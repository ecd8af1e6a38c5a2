package store

import (
	"slices"
	"strings"
	"unicode"

	"afterhours/store/edm"
)

// derived are the durations that only some types have, in the order in which they are
// written. A new one needs a line here and nothing else in Go: Record has room for it,
// and databases add the column when they are opened. Its column is its name in snake case.
var derived = [...]struct {
	name  PropertyName
	types []Type
}{
	{"afterHours", []Type{Call, Chat, Email, Meeting}},
	{"readEmail", []Type{Email}},
	{"sentEmail", []Type{Email}},
	{"conflicting", []Type{Meeting}},
	{"long", []Type{Meeting}},
	{"multitasking", []Type{Meeting}},
	{"organized", []Type{Meeting}},
	{"recurring", []Type{Meeting}},
}

// Derived holds one duration for each line of the table of derived durations.
// Definition.Duration finds the one of a property.
type Derived [len(derived)]Null[edm.Duration]

// Definition is what the program knows of one property of a statistic.
type Definition struct {
	Name PropertyName
	// Kind is the kind of the property's values that are not null.
	Kind Kind
	// Column is the property's column in a database.
	Column string

	types []Type // the types that have the property; nil means all
	index int    // in Record.Derived; negative if Record has a field for the property
}

// Of reports whether statistics of the type have the property.
func (d *Definition) Of(t Type) bool { return d.types == nil || slices.Contains(d.types, t) }

// Duration returns where the record holds the property, whose kind must be KindDuration.
func (d *Definition) Duration(r *Record) *Null[edm.Duration] {
	if d.index < 0 {
		return &r.Duration
	}
	return &r.Derived[d.index]
}

var definitions = define()

// Definitions returns all properties, in the order in which they are written. The caller
// must not change the slice.
func Definitions() []*Definition { return definitions }

// Durations returns the properties that are durations, in the order in which they are written.
func Durations() []*Definition { return durations }

var durations = slices.DeleteFunc(slices.Clone(definitions), func(d *Definition) bool { return d.Kind != KindDuration })

// DefinitionOf returns the definition of the property, or nil if there is no property of that name.
func DefinitionOf(name PropertyName) *Definition {
	for _, d := range definitions {
		if d.Name == name {
			return d
		}
	}
	return nil
}

func define() []*Definition {
	all := []*Definition{
		{Name: PropertyID, Kind: KindText, index: -1},
		{Name: PropertyActivity, Kind: KindActivity, index: -1},
		{Name: PropertyStartDate, Kind: KindDate, index: -1},
		{Name: PropertyEndDate, Kind: KindDate, index: -1},
		{Name: PropertyTimeZoneUsed, Kind: KindText, index: -1},
		{Name: PropertyDuration, Kind: KindDuration, index: -1},
	}
	for i, d := range derived {
		all = append(all, &Definition{Name: d.name, Kind: KindDuration, types: d.types, index: i})
	}
	for _, d := range all {
		d.Column = snakeCase(string(d.Name))
	}
	return all
}

// snakeCase returns time_zone_used for timeZoneUsed.
func snakeCase(name string) string {
	var text strings.Builder
	for _, letter := range name {
		if unicode.IsUpper(letter) {
			text.WriteByte('_')
		}
		text.WriteRune(unicode.ToLower(letter))
	}
	return text.String()
}

// Kind returns the kind of the property's values that are not null, or KindNull if
// there is no property of that name.
func (n PropertyName) Kind() Kind {
	if d := DefinitionOf(n); d != nil {
		return d.Kind
	}
	return KindNull
}

// Value returns the value of the property. It is null if the statistic is not of the
// property's type, or if there is no such property.
func (s *Statistic) Value(property Property) Value {
	return property.of(DefinitionOf(property.Name), s)
}

// of returns the value of the property, whose definition is nil if there is no such property.
func (p Property) of(definition *Definition, s *Statistic) Value {
	if definition == nil || p.Type != "" && p.Type != s.Type {
		return Value{}
	}
	return definition.Value(s)
}

// Value returns the value of the property. It is null if the statistic is not of a type that has it.
func (d *Definition) Value(s *Statistic) Value {
	switch d.Kind {
	case KindDuration:
		if duration := d.Duration(&s.Record); duration.Valid {
			return durationValue(duration.Value)
		}
	case KindDate:
		date := &s.StartDate
		if d.Name == PropertyEndDate {
			date = &s.EndDate
		}
		if date.Valid {
			return dateValue(date.Value)
		}
	case KindActivity:
		return Value{Kind: KindActivity, Text: string(s.Activity)}
	default: // KindText
		if d.Name == PropertyID {
			return textValue(s.ID)
		}
		if s.TimeZoneUsed.Valid {
			return textValue(s.TimeZoneUsed.Value)
		}
	}
	return Value{}
}

// With returns the record with a value for a property that is a duration.
func (r Record) With(name PropertyName, d edm.Duration) Record {
	*DefinitionOf(name).Duration(&r) = Of(d)
	return r
}
