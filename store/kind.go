package store

// results has the kinds of the values of functions.
var results = map[Func]Kind{
	Contains: KindBool, StartsWith: KindBool, EndsWith: KindBool, MatchesPattern: KindBool,
	ToLower: KindText, ToUpper: KindText, Trim: KindText, Concat: KindText, Substring: KindText,
	Length: KindNumber, IndexOf: KindNumber, Round: KindNumber, Floor: KindNumber, Ceiling: KindNumber,
	Year: KindNumber, Month: KindNumber, Day: KindNumber, Hour: KindNumber, Minute: KindNumber, Second: KindNumber,
	FractionalSeconds: KindNumber, TotalOffsetMinutes: KindNumber, TotalSeconds: KindNumber,
	DateOf: KindDate, TimeOf: KindTimeOfDay,
}

// KindOf returns the kind of the values of a well-typed expression that are not null. It is KindNull if
// the value is null for every statistic because of the literal null.
func KindOf(expr Expr) Kind {
	switch x := expr.(type) {
	case Literal:
		return x.Value.Kind
	case Property:
		return x.Name.Kind()
	case Negate:
		return KindOf(x.X)
	case Function:
		return results[x.Func]
	case Binary:
		return kindOfBinary(x.Op, KindOf(x.X), KindOf(x.Y))
	}
	return KindBool // Not, In and IsOf
}

func kindOfBinary(op Operator, x, y Kind) Kind {
	switch op {
	case Add, Div, DivBy, Mod:
		return x
	case Sub:
		if y == KindDate || y == KindInstant {
			return KindDuration
		}
		return x
	case Mul:
		if y == KindDuration {
			return y
		}
		return x
	}
	return KindBool
}
