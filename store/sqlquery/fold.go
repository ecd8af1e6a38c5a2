package sqlquery

import "afterhours/store"

var (
	null      = store.Literal{}
	falseness = store.Literal{Value: store.Value{Kind: store.KindBool}}
	truth     = store.Literal{Value: store.Value{Kind: store.KindBool, Bool: true}}
)

// fold returns an expression that has the same value for every statistic, with each
// constant part replaced by a literal.
func fold(expr store.Expr) store.Expr {
	switch x := expr.(type) {
	case store.Not:
		x.X = fold(x.X)
		return ifConstant(x, x.X)
	case store.Negate:
		x.X = fold(x.X)
		return ifConstant(x, x.X)
	case store.In:
		x.X = fold(x.X)
		return ifConstant(x, x.X)
	case store.Binary:
		x.X, x.Y = fold(x.X), fold(x.Y)
		return ifConstant(foldBinary(x), x.X, x.Y)
	case store.Function:
		return foldFunction(x)
	}
	return expr
}

// ifConstant returns the expression's value as a literal if all operands are literals, or
// else the expression.
func ifConstant(expr store.Expr, operands ...store.Expr) store.Expr {
	for _, operand := range operands {
		if _, constant := operand.(store.Literal); !constant {
			return expr
		}
	}
	return store.Literal{Value: store.Evaluate(expr, &store.Statistic{})}
}

// foldBinary folds an expression that one literal operand decides.
func foldBinary(b store.Binary) store.Expr {
	switch b.Op {
	case store.And:
		return decided(b, falseness, truth)
	case store.Or:
		return decided(b, truth, falseness)
	case store.Eq, store.Ne:
		return b
	}
	if !isLiteral(b.X, null) && !isLiteral(b.Y, null) {
		return b
	}
	if calculates(b.Op) {
		return null
	}
	return falseness // gt, ge, lt and le with null
}

// decided returns the decisive literal if it is an operand, or the other operand of the
// neutral literal. It returns the expression if neither literal is an operand.
func decided(b store.Binary, decisive, neutral store.Literal) store.Expr {
	switch {
	case isLiteral(b.X, decisive) || isLiteral(b.Y, neutral):
		return b.X
	case isLiteral(b.Y, decisive) || isLiteral(b.X, neutral):
		return b.Y
	}
	return b
}

func foldFunction(f store.Function) store.Expr {
	args := make([]store.Expr, len(f.Args))
	for i, arg := range f.Args {
		if args[i] = fold(arg); isLiteral(args[i], null) {
			return null
		}
	}
	f.Args = args
	return ifConstant(f, args...)
}

// isLiteral reports whether the expression is this literal. Plain == would panic on
// expressions that hold slices.
func isLiteral(expr store.Expr, literal store.Literal) bool {
	x, ok := expr.(store.Literal)
	return ok && x == literal
}

func calculates(op store.Operator) bool {
	switch op {
	case store.Add, store.Sub, store.Mul, store.Div:
		return true
	}
	return false
}
