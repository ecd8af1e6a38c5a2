package store

import (
	"time"

	"afterhours/store/edm"
)

// Kind is the kind of a Value.
type Kind uint8

// The kinds of values. The zero value of Value is null.
const (
	KindNull Kind = iota
	KindBool
	KindNumber
	KindText
	KindDate
	KindDuration
	KindActivity
	// KindInstant is a point in time, Edm.DateTimeOffset.
	KindInstant
	// KindTimeOfDay is a time of day, Edm.TimeOfDay.
	KindTimeOfDay
)

// Value is a value of any kind, comparable with ==. Exactly the field of its kind
// is set.
type Value struct {
	Kind Kind
	Bool bool
	// Number is in ten-millionths, from -922337203685.4775808 to
	// 922337203685.4775807: exactly what totalseconds of a duration can be. Of an instant
	// it is the ticks since the beginning of edm.MinDate in UTC, 0 to MaxInstant, and of a
	// time of day those since midnight, less than a day.
	Number   int64
	Text     string // of a text or an activity
	Date     edm.Date
	Duration edm.Duration
}

// MaxInstant is the last tick of edm.MaxDate.
const MaxInstant = (int64(edm.MaxDate)+1)*int64(edm.Day) - 1

// Time returns an instant or a time of day as OData writes it, with as few decimals as it needs.
func (v Value) Time() string {
	const layout = "15:04:05.9999999"
	day, ticks := v.Number/int64(edm.Day), v.Number%int64(edm.Day)
	text := time.Unix(ticks/One, ticks%One*100).UTC().Format(layout)
	if v.Kind == KindTimeOfDay {
		return text
	}
	return edm.Date(day).String() + "T" + text + "Z"
}

func boolValue(b bool) Value             { return Value{Kind: KindBool, Bool: b} }
func textValue(text string) Value        { return Value{Kind: KindText, Text: text} }
func dateValue(d edm.Date) Value         { return Value{Kind: KindDate, Date: d} }
func durationValue(d edm.Duration) Value { return Value{Kind: KindDuration, Duration: d} }

func numberValue(n int64) Value { return Value{Kind: KindNumber, Number: n} }

// One is the number 1 as Value.Number counts it, in ten-millionths.
const One = 10_000_000

// wholeNumber returns the number n, which must be far from the ends of the range.
func wholeNumber(n int) Value { return numberValue(int64(n) * One) }
