package store

import (
	"math"
	"math/bits"
)

// calculate returns the value of an arithmetic operator for two numbers, null if it is out of range or
// the divisor is zero. Products and quotients are rounded towards zero to a ten-millionth.
func calculate(op Operator, x, y int64) Value {
	result, ok := int64(0), false
	switch op {
	case Add:
		result, ok = plus(x, y)
	case Sub:
		result, ok = minus(x, y)
	case Mul:
		result, ok = scale(x, y, One)
	case DivBy:
		result, ok = scale(x, One, y)
	case Div: // the whole number of times that y fits into x (OData URL 5.1.1.2.5)
		if result, ok = scale(x, 1, y); ok {
			result, ok = scale(result, One, 1)
		}
	case Mod: // has the sign of x (OData URL 5.1.1.2.6)
		if ok = y != 0; ok {
			result = x % y
		}
	}
	return numberIf(result, ok)
}

// numberIf returns the number, or null if it is not ok.
func numberIf(n int64, ok bool) Value {
	if !ok {
		return Value{}
	}
	return numberValue(n)
}

// plus and minus return a sum or difference, and report whether it is in range.
func plus(x, y int64) (int64, bool) {
	result := x + y
	return result, (result > x) == (y > 0)
}

func minus(x, y int64) (int64, bool) {
	result := x - y
	return result, (result < x) == (y > 0)
}

// scale returns n * times / by, rounded towards zero, and reports whether it is in range. The product
// has up to 126 bits, so it is calculated from the magnitudes and given its sign afterwards.
func scale(n, times, by int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(n), magnitude(times))
	divisor := magnitude(by)
	if high >= divisor { // the quotient exceeds 64 bits, or the divisor is zero
		return 0, false
	}
	quotient, _ := bits.Div64(high, low, divisor)
	if negative := (n < 0) != (times < 0) != (by < 0); negative {
		return int64(-quotient), quotient <= 1<<63
	}
	return int64(quotient), quotient <= math.MaxInt64
}

// magnitude returns the absolute value. Two's complement makes it right for the smallest
// integer, too.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// round returns the nearest whole number. The middle between two is rounded away from zero (OData URL
// 5.1.1.9.3).
func round(n int64) Value {
	switch rest := n % One; {
	case rest >= One/2:
		return numberIf(plus(n-rest, One))
	case rest <= -One/2:
		return numberIf(minus(n-rest, One))
	default:
		return numberValue(n - rest)
	}
}

// floor returns the greatest whole number that is not above n, ceiling the least that is not below.
func floor(n int64) Value {
	if rest := n % One; rest < 0 {
		return numberIf(minus(n-rest, One))
	}
	return numberValue(n - n%One)
}

func ceiling(n int64) Value {
	if rest := n % One; rest > 0 {
		return numberIf(plus(n-rest, One))
	}
	return numberValue(n - n%One)
}
