package store

import "afterhours/store/edm"

// dateOf returns a date, or the date of an instant in UTC.
func dateOf(value *Value) edm.Date {
	if value.Kind == KindDate {
		return value.Date
	}
	return edm.Date(value.Number / int64(edm.Day))
}

// unitOf returns how many whole units an instant or a time of day is above the next larger unit, of
// which each has so many.
func unitOf(value *Value, unit edm.Duration, each int64) Value {
	return wholeNumber(int(value.Number / int64(unit) % each))
}
