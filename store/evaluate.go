package store

import (
	"fmt"
	"slices"
)

// Match reports whether the filter is true for the statistic: neither false nor null.
// Every statistic matches the nil filter. A store that translates filters must keep
// exactly the statistics that Match keeps. A Matcher does the same for many statistics at
// less cost.
func Match(filter Expr, s *Statistic) bool {
	return filter == nil || Evaluate(filter, s) == boolValue(true)
}

// Evaluate returns the value of an expression for the statistic (OData 4.01 URL
// Conventions, 5.1.1). It may panic if the expression is not well typed, which is a bug.
func Evaluate(expr Expr, s *Statistic) Value {
	switch x := expr.(type) {
	case Literal:
		return x.Value
	case Property:
		return s.Value(x)
	case Not:
		return not(Evaluate(x.X, s))
	case Negate:
		return negate(Evaluate(x.X, s))
	case Binary:
		return evaluateBinary(x, s)
	case In:
		return boolValue(slices.Contains(x.List, Evaluate(x.X, s)))
	case Function:
		return evaluateFunction(x, s)
	case IsOf:
		return boolValue(s.Type == x.Type)
	}
	panic(fmt.Sprintf("store: %T is no expression", expr))
}

// not returns null for null (5.1.1.1.9).
func not(x Value) Value {
	if x.Kind != KindBool {
		return Value{}
	}
	return boolValue(!x.Bool)
}

func evaluateBinary(b Binary, s *Statistic) Value {
	x := Evaluate(b.X, s)
	if decides(b.Op, &x) {
		return x
	}
	y := Evaluate(b.Y, s)
	return combine(b.Op, &x, &y)
}

// decides reports whether the left operand alone decides the value of the operator, which
// is then the value of the operand.
func decides(op Operator, x *Value) bool {
	return op == And && *x == falseness.Value || op == Or && *x == truth.Value
}

// combine returns the value of an operator for the values of its operands.
func combine(op Operator, x, y *Value) Value {
	switch op {
	case And: // false if either operand is false, even if the other one is null
		return connect(false, *x, *y)
	case Or: // true if either operand is true, even if the other one is null
		return connect(true, *x, *y)
	case Eq: // null equals only null
		return boolValue(*x == *y)
	case Ne:
		return boolValue(*x != *y)
	case Gt, Ge, Lt, Le:
		return boolValue(compares(op, *x, *y))
	}
	return arithmetic(op, *x, *y)
}

// connect returns the value of "and" if decisive is false, and of "or" if it is true. An
// operand with the decisive value decides alone.
func connect(decisive bool, x, y Value) Value {
	switch {
	case x == boolValue(decisive) || y == boolValue(!decisive):
		return x
	case y == boolValue(decisive) || x == boolValue(!decisive):
		return y
	}
	return Value{}
}

// compares reports whether the comparison holds. It is false, and not null, if an operand
// is null (5.1.1.1.3 to 5.1.1.1.6).
func compares(op Operator, x, y Value) bool {
	if x.Kind == KindNull || x.Kind != y.Kind {
		return false
	}
	order := Compare(x, y)
	switch op {
	case Gt:
		return order > 0
	case Ge:
		return order >= 0
	case Lt:
		return order < 0
	}
	return order <= 0
}
