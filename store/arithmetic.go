package store

import (
	"math"
	"math/bits"

	"afterhours/store/edm"
)

// arithmetic returns the value of an arithmetic operator. It is null if an operand
// is null (OData 4.01 URL Conventions, 5.1.1.2). It is also null if the result is out of
// the range of its type, or the divisor is zero: an error would fail the whole collection
// for one of its members.
func arithmetic(op Operator, x, y Value) Value {
	switch {
	case op == Sub && x.Kind == KindDate && y.Kind == KindDate:
		return durationValue(edm.Duration(x.Date-y.Date) * edm.Day) // a third of the range at most
	case op == Add && x.Kind == KindDate && y.Kind == KindDuration:
		return shifted(x.Date, floorDays(y.Duration))
	case op == Sub && x.Kind == KindDate && y.Kind == KindDuration:
		return shifted(x.Date, -ceilDays(y.Duration))
	case op == Add && x.Kind == KindDuration && y.Kind == KindDuration:
		return sum(x.Duration, y.Duration)
	case op == Sub && x.Kind == KindDuration && y.Kind == KindDuration:
		return difference(x.Duration, y.Duration)
	case op == Mul && x.Kind == KindDuration && y.Kind == KindNumber:
		return scaled(x.Duration, y.Number, One)
	case op == Mul && x.Kind == KindNumber && y.Kind == KindDuration:
		return scaled(y.Duration, x.Number, One)
	case op == Div && x.Kind == KindDuration && y.Kind == KindNumber:
		return scaled(x.Duration, One, y.Number)
	}
	return Value{}
}

func negate(x Value) Value {
	switch {
	case x.Kind == KindDuration && x.Duration != edm.MinDuration:
		return durationValue(-x.Duration)
	case x.Kind == KindNumber && x.Number != math.MinInt64:
		return Value{Kind: KindNumber, Number: -x.Number}
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

func sum(x, y edm.Duration) Value {
	result := x + y
	if (result > x) != (y > 0) && y != 0 {
		return Value{}
	}
	return durationValue(result)
}

func difference(x, y edm.Duration) Value {
	result := x - y
	if (result < x) != (y > 0) && y != 0 {
		return Value{}
	}
	return durationValue(result)
}

// scaled returns d * times / by, rounded towards zero to a tick. The product has up to
// 126 bits, so it is calculated from the magnitudes and given its sign afterwards.
func scaled(d edm.Duration, times, by int64) Value {
	high, low := bits.Mul64(magnitude(int64(d)), magnitude(times))
	divisor := magnitude(by)
	if high >= divisor { // the quotient exceeds 64 bits, or the divisor is zero
		return Value{}
	}
	ticks, _ := bits.Div64(high, low, divisor)
	if negative := (d < 0) != (times < 0) != (by < 0); negative {
		if ticks > 1<<63 {
			return Value{}
		}
		return durationValue(edm.Duration(-ticks))
	}
	if ticks > math.MaxInt64 {
		return Value{}
	}
	return durationValue(edm.Duration(ticks))
}

// magnitude returns the absolute value. Two's complement makes it right for the smallest
// integer, too.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
