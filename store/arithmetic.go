package store

import (
	"math"

	"afterhours/store/edm"
)

// arithmetic returns the value of an arithmetic operator. It is null if an operand
// is null (OData 4.01 URL Conventions, 5.1.1.2). It is also null if the result is out of
// the range of its type, or the divisor is zero: an error would fail the whole collection
// for one of its members.
func arithmetic(op Operator, x, y Value) Value {
	switch {
	case x.Kind == KindNumber && y.Kind == KindNumber:
		return calculate(op, x.Number, y.Number)
	case op == Sub && x.Kind == KindInstant && y.Kind == KindInstant:
		return durationIf(minus(x.Number, y.Number))
	case op == Add && x.Kind == KindInstant && y.Kind == KindDuration:
		return instantIf(plus(x.Number, int64(y.Duration)))
	case op == Sub && x.Kind == KindInstant && y.Kind == KindDuration:
		return instantIf(minus(x.Number, int64(y.Duration)))
	case op == Sub && x.Kind == KindDate && y.Kind == KindDate:
		return durationValue(edm.Duration(x.Date-y.Date) * edm.Day) // a third of the range at most
	case op == Add && x.Kind == KindDate && y.Kind == KindDuration:
		return shifted(x.Date, floorDays(y.Duration))
	case op == Sub && x.Kind == KindDate && y.Kind == KindDuration:
		return shifted(x.Date, -ceilDays(y.Duration))
	case op == Add && x.Kind == KindDuration && y.Kind == KindDuration:
		return durationIf(plus(int64(x.Duration), int64(y.Duration)))
	case op == Sub && x.Kind == KindDuration && y.Kind == KindDuration:
		return durationIf(minus(int64(x.Duration), int64(y.Duration)))
	case op == Mul && x.Kind == KindDuration && y.Kind == KindNumber:
		return durationIf(scale(int64(x.Duration), y.Number, One))
	case op == Mul && x.Kind == KindNumber && y.Kind == KindDuration:
		return durationIf(scale(int64(y.Duration), x.Number, One))
	case op == Div && x.Kind == KindDuration && y.Kind == KindNumber:
		return durationIf(scale(int64(x.Duration), One, y.Number))
	}
	return Value{}
}

func negate(x Value) Value {
	switch {
	case x.Kind == KindDuration && x.Duration != edm.MinDuration:
		return durationValue(-x.Duration)
	case x.Kind == KindNumber && x.Number != math.MinInt64:
		return numberValue(-x.Number)
	}
	return Value{}
}

// shifted returns the date so many days later, or null if that is out of range. A date
// counts as its midnight, and a time of day in the result is cut off (5.1.1.2.1, XML
// Schema E.3.3).
func shifted(date edm.Date, days int64) Value {
	day := int64(date) + days
	if day < int64(edm.MinDate) || day > int64(edm.MaxDate) {
		return Value{}
	}
	return dateValue(edm.Date(day))
}

// floorDays rounds down to days: one tick below zero is a day below zero.
func floorDays(d edm.Duration) int64 {
	days := int64(d / edm.Day)
	if d%edm.Day < 0 {
		days--
	}
	return days
}

func ceilDays(d edm.Duration) int64 {
	days := int64(d / edm.Day)
	if d%edm.Day > 0 {
		days++
	}
	return days
}

// durationIf returns the duration, or null if it is not ok.
func durationIf(ticks int64, ok bool) Value {
	if !ok {
		return Value{}
	}
	return durationValue(edm.Duration(ticks))
}

// instantIf returns the instant, or null if it is not ok or out of range.
func instantIf(ticks int64, ok bool) Value {
	if !ok || ticks < 0 || ticks > MaxInstant {
		return Value{}
	}
	return Value{Kind: KindInstant, Number: ticks}
}
