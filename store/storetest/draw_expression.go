package storetest

import (
	"pgregory.net/rapid"

	"afterhours/store"
)

// The functions below draw well-typed expressions by the rules of store/query.go. Every
// form that those rules allow can come.

// drawBool draws a boolean expression at most so deep.
func drawBool(t *rapid.T, depth int) store.Expr {
	if depth <= 0 {
		if chance(t, "literal", 5) {
			return store.Literal{Value: drawLiteral(t, store.KindBool)}
		}
		return drawComparison(t, 0)
	}
	switch rapid.IntRange(0, 9).Draw(t, "form") {
	case 0, 1:
		return store.Binary{Op: store.And, X: drawBool(t, depth-1), Y: drawBool(t, depth-1)}
	case 2:
		return store.Binary{Op: store.Or, X: drawBool(t, depth-1), Y: drawBool(t, depth-1)}
	case 3:
		return store.Not{X: drawBool(t, depth-1)}
	case 4:
		return store.IsOf{Type: one(t, "type", typePool...)}
	case 5:
		if chance(t, "pattern", 3) {
			pattern := store.Value{Kind: store.KindText, Text: one(t, "pattern", patternPool...)}
			return store.Function{Func: store.MatchesPattern, Args: []store.Expr{drawText(t, depth-1), store.Literal{Value: pattern}}}
		}
		return store.Function{
			Func: one(t, "func", store.Contains, store.StartsWith, store.EndsWith),
			Args: []store.Expr{drawText(t, depth-1), drawText(t, depth-1)},
		}
	case 6:
		return drawIn(t, depth-1)
	case 7: // a comparison of booleans: only here null differs from false
		return store.Binary{Op: one(t, "op", ordered...), X: drawBool(t, depth-1), Y: drawBool(t, 0)}
	}
	return drawComparison(t, depth-1)
}

// ordered are the operators of values that have an order, and comparedKinds the kinds of values that an
// expression may have, except for booleans.
var (
	ordered       = []store.Operator{store.Eq, store.Ne, store.Gt, store.Ge, store.Lt, store.Le}
	comparedKinds = []store.Kind{store.KindNumber, store.KindText, store.KindDate, store.KindDuration, store.KindActivity, store.KindInstant, store.KindTimeOfDay}
)

func drawComparison(t *rapid.T, depth int) store.Expr {
	kind := one(t, "kind", comparedKinds...)
	op := one(t, "op", store.Eq, store.Ne)
	if kind != store.KindActivity {
		op = one(t, "op", ordered...)
	}
	return store.Binary{Op: op, X: drawOf(t, kind, depth), Y: drawOf(t, kind, depth)}
}

func drawIn(t *rapid.T, depth int) store.Expr {
	kind := one(t, "kind", comparedKinds...)
	in := store.In{X: drawOf(t, kind, depth)}
	for range rapid.IntRange(0, 3).Draw(t, "values") {
		in.List = append(in.List, drawLiteral(t, kind))
	}
	return in
}

// drawOf draws an expression of the kind at most so deep.
func drawOf(t *rapid.T, kind store.Kind, depth int) store.Expr {
	if len(propertiesOf[kind]) > 0 && chance(t, "property", 2) {
		return drawProperty(t, kind)
	}
	if depth <= 0 || chance(t, "literal", 2) {
		return store.Literal{Value: drawLiteral(t, kind)}
	}
	switch kind {
	case store.KindNumber:
		return drawNumber(t, depth-1)
	case store.KindText:
		return drawText(t, depth-1)
	case store.KindInstant:
		return store.Binary{Op: one(t, "op", store.Add, store.Sub), X: drawOf(t, store.KindInstant, depth-1), Y: drawOf(t, store.KindDuration, depth-1)}
	case store.KindTimeOfDay:
		return store.Function{Func: store.TimeOf, Args: []store.Expr{drawOf(t, store.KindInstant, depth-1)}}
	case store.KindDate:
		if chance(t, "of an instant", 4) {
			return store.Function{Func: store.DateOf, Args: []store.Expr{drawOf(t, store.KindInstant, depth-1)}}
		}
		return store.Binary{Op: one(t, "op", store.Add, store.Sub), X: drawOf(t, store.KindDate, depth-1), Y: drawOf(t, store.KindDuration, depth-1)}
	case store.KindDuration:
		return drawDuration(t, depth-1)
	}
	return drawProperty(t, kind)
}

func drawText(t *rapid.T, depth int) store.Expr {
	if depth <= 0 || chance(t, "plain", 2) {
		if rapid.Bool().Draw(t, "property") {
			return drawProperty(t, store.KindText)
		}
		return store.Literal{Value: drawLiteral(t, store.KindText)}
	}
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return store.Function{Func: store.Concat, Args: []store.Expr{drawText(t, depth-1), drawText(t, depth-1)}}
	case 1:
		args := []store.Expr{drawText(t, depth-1), drawOf(t, store.KindNumber, depth-1)}
		if rapid.Bool().Draw(t, "length") {
			args = append(args, drawOf(t, store.KindNumber, depth-1))
		}
		return store.Function{Func: store.Substring, Args: args}
	}
	return store.Function{Func: one(t, "func", store.ToLower, store.ToUpper, store.Trim), Args: []store.Expr{drawText(t, depth-1)}}
}

func drawNumber(t *rapid.T, depth int) store.Expr {
	number := func() store.Expr { return drawOf(t, store.KindNumber, depth) }
	switch f := one(t, "func", store.Length, store.IndexOf, store.Year, store.Month, store.Day, store.Hour, store.Minute, store.Second,
		store.FractionalSeconds, store.TotalSeconds, store.Round, store.Floor, store.Ceiling, "negate", "arithmetic"); f {
	case store.Length:
		return store.Function{Func: f, Args: []store.Expr{drawText(t, depth)}}
	case store.IndexOf:
		return store.Function{Func: f, Args: []store.Expr{drawText(t, depth), drawText(t, depth)}}
	case store.TotalSeconds:
		return store.Function{Func: f, Args: []store.Expr{drawOf(t, store.KindDuration, depth)}}
	case store.Round, store.Floor, store.Ceiling:
		return store.Function{Func: f, Args: []store.Expr{number()}}
	case store.Year, store.Month, store.Day:
		return store.Function{Func: f, Args: []store.Expr{drawOf(t, one(t, "of", store.KindDate, store.KindDate, store.KindInstant), depth)}}
	case store.Hour, store.Minute, store.Second, store.FractionalSeconds:
		return store.Function{Func: f, Args: []store.Expr{drawOf(t, one(t, "of", store.KindInstant, store.KindTimeOfDay), depth)}}
	case "arithmetic":
		return store.Binary{Op: one(t, "op", store.Add, store.Sub, store.Mul, store.Div, store.DivBy, store.Mod), X: number(), Y: number()}
	}
	return store.Negate{X: number()}
}

func drawDuration(t *rapid.T, depth int) store.Expr {
	duration := func() store.Expr { return drawOf(t, store.KindDuration, depth) }
	number := func() store.Expr { return drawOf(t, store.KindNumber, depth) }
	switch rapid.IntRange(0, 6).Draw(t, "form") {
	case 0:
		return store.Negate{X: duration()}
	case 5:
		return store.Binary{Op: store.Sub, X: drawOf(t, store.KindInstant, depth), Y: drawOf(t, store.KindInstant, depth)}
	case 1:
		return store.Binary{Op: store.Mul, X: duration(), Y: number()}
	case 2:
		return store.Binary{Op: store.Mul, X: number(), Y: duration()}
	case 3:
		return store.Binary{Op: store.Div, X: duration(), Y: number()}
	case 4:
		return store.Binary{Op: store.Sub, X: drawOf(t, store.KindDate, depth), Y: drawOf(t, store.KindDate, depth)}
	}
	return store.Binary{Op: one(t, "op", store.Add, store.Sub), X: duration(), Y: duration()}
}
