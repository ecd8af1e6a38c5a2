package store

import "afterhours/store/edm"

// Kind returns what kind of value the property has where it is not null, or KindNull
// if there is no property of that name.
func (n PropertyName) Kind() Kind {
	switch n {
	case PropertyID, PropertyTimeZoneUsed:
		return KindText
	case PropertyActivity:
		return KindActivity
	case PropertyStartDate, PropertyEndDate:
		return KindDate
	case PropertyDuration, PropertyAfterHours, PropertyReadEmail, PropertySentEmail, PropertyConflicting,
		PropertyLong, PropertyMultitasking, PropertyOrganized, PropertyRecurring:
		return KindDuration
	}
	return KindNull
}

// Value returns the value of the property, null if the statistic is not of the
// property's type.
func (s *Statistic) Value(property Property) Value {
	if property.Type != "" && property.Type != s.Type {
		return Value{}
	}
	switch property.Name {
	case PropertyID:
		return textValue(s.ID)
	case PropertyActivity:
		return Value{Kind: KindActivity, Text: string(s.Activity)}
	case PropertyTimeZoneUsed:
		return valueOf(s.TimeZoneUsed, textValue)
	case PropertyStartDate:
		return valueOf(s.StartDate, dateValue)
	case PropertyEndDate:
		return valueOf(s.EndDate, dateValue)
	case PropertyDuration:
		return valueOf(s.Duration, durationValue)
	case PropertyAfterHours:
		return valueOf(s.AfterHours, durationValue)
	case PropertyReadEmail:
		return valueOf(s.ReadEmail, durationValue)
	case PropertySentEmail:
		return valueOf(s.SentEmail, durationValue)
	case PropertyConflicting:
		return valueOf(s.Conflicting, durationValue)
	case PropertyLong:
		return valueOf(s.Long, durationValue)
	case PropertyMultitasking:
		return valueOf(s.Multitasking, durationValue)
	case PropertyOrganized:
		return valueOf(s.Organized, durationValue)
	case PropertyRecurring:
		return valueOf(s.Recurring, durationValue)
	}
	return Value{}
}

func valueOf[T comparable](property Null[T], value func(T) Value) Value {
	if !property.Valid {
		return Value{}
	}
	return value(property.Value)
}

func boolValue(b bool) Value             { return Value{Kind: KindBool, Bool: b} }
func textValue(text string) Value        { return Value{Kind: KindText, Text: text} }
func dateValue(d edm.Date) Value         { return Value{Kind: KindDate, Date: d} }
func durationValue(d edm.Duration) Value { return Value{Kind: KindDuration, Duration: d} }

// One is the number 1 as Value.Number counts it, in ten-millionths.
const One = 10_000_000

// wholeNumber is the number n, which must be far from the ends of the range.
func wholeNumber(n int) Value { return Value{Kind: KindNumber, Number: int64(n) * One} }
