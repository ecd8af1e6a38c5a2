package store

var (
	null      = Literal{}
	falseness = Literal{Value: boolValue(false)}
	truth     = Literal{Value: boolValue(true)}
)

// Fold returns an expression that has the same value for every statistic, with each
// constant part replaced by a literal. Fold of nil is nil.
func Fold(expr Expr) Expr {
	switch x := expr.(type) {
	case Not:
		x.X = Fold(x.X)
		return ifConstant(x, x.X)
	case Negate:
		x.X = Fold(x.X)
		return ifConstant(x, x.X)
	case In:
		x.X = Fold(x.X)
		return ifConstant(x, x.X)
	case Binary:
		x.X, x.Y = Fold(x.X), Fold(x.Y)
		return ifConstant(foldBinary(x), x.X, x.Y)
	case Function:
		return foldFunction(x)
	}
	return expr
}

// ifConstant returns the expression's value as a literal if all operands are literals, or
// else the expression.
func ifConstant(expr Expr, operands ...Expr) Expr {
	for _, operand := range operands {
		if _, constant := operand.(Literal); !constant {
			return expr
		}
	}
	return Literal{Value: Evaluate(expr, &Statistic{})}
}

// foldBinary folds an expression that one literal operand decides.
func foldBinary(b Binary) Expr {
	withNull := b.X == null || b.Y == null
	switch b.Op {
	case And:
		return decided(b, falseness, truth)
	case Or:
		return decided(b, truth, falseness)
	case Gt, Ge, Lt, Le:
		if withNull {
			return falseness
		}
	case Add, Sub, Mul, Div, DivBy, Mod:
		if withNull {
			return null
		}
	}
	return b
}

// decided returns the decisive literal if it is an operand, or the other operand of the
// neutral literal. It returns the expression if neither literal is an operand.
func decided(b Binary, decisive, neutral Literal) Expr {
	switch {
	case b.X == decisive || b.Y == neutral:
		return b.X
	case b.Y == decisive || b.X == neutral:
		return b.Y
	}
	return b
}

func foldFunction(f Function) Expr {
	args := make([]Expr, len(f.Args))
	for i, arg := range f.Args {
		if args[i] = Fold(arg); args[i] == null {
			return null
		}
	}
	f.Args = args
	return ifConstant(f, args...)
}
