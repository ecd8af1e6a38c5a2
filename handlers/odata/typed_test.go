package odata_test

import (
	"fmt"
	"slices"

	"afterhours/store"
	"afterhours/store/edm"
)

// kindOf returns the kind of the expression, KindNull for a null. It fails if the expression
// is not well typed. It implements the rules in package store's comments a second time, to
// check the parser.
func kindOf(expr store.Expr) (store.Kind, error) {
	switch x := expr.(type) {
	case store.Literal:
		return x.Value.Kind, wellFormed(x.Value)
	case store.Property:
		if kind, ok := properties[""][x.Name]; ok {
			return kind, nil
		}
		kind, ok := properties[x.Type][x.Name]
		for _, own := range properties {
			if k, found := own[x.Name]; x.Type == "" && found {
				kind, ok = k, true
			}
		}
		if !ok {
			return 0, fmt.Errorf("no property %v", x)
		}
		return kind, nil
	case store.IsOf:
		if x.Type == "" || typeNames[x.Type] == "" {
			return 0, fmt.Errorf("no type %q", x.Type)
		}
		return store.KindBool, nil
	case store.Not:
		return store.KindBool, want(x.X, store.KindBool, store.KindNull)
	case store.Negate:
		kind, err := kindOf(x.X)
		if err == nil && kind != store.KindDuration && kind != store.KindNumber {
			err = fmt.Errorf("the negative of kind %d", kind)
		}
		return kind, err
	case store.In:
		return kindOfIn(x)
	case store.Function:
		return kindOfFunction(x)
	case store.Binary:
		return kindOfBinary(x)
	}
	return 0, fmt.Errorf("not an expression: %#v", expr)
}

// wellFormed fails if a field is set that does not belong to the value's kind, or if the
// value is out of range.
func wellFormed(v store.Value) error {
	rest := v
	rest.Kind = store.KindNull
	ok := true
	switch v.Kind {
	case store.KindBool:
		rest.Bool = false
	case store.KindNumber:
		rest.Number = 0
	case store.KindText:
		rest.Text = ""
	case store.KindDate:
		ok, rest.Date = edm.MinDate <= v.Date && v.Date <= edm.MaxDate, 0
	case store.KindDuration:
		rest.Duration = 0
	case store.KindInstant:
		ok, rest.Number = 0 <= v.Number && v.Number <= store.MaxInstant, 0
	case store.KindTimeOfDay:
		ok, rest.Number = 0 <= v.Number && v.Number < int64(edm.Day), 0
	case store.KindActivity:
		ok, rest.Text = slices.Contains(activities, store.Activity(v.Text)), ""
	}
	if !ok || rest != null {
		return fmt.Errorf("malformed value %#v", v)
	}
	return nil
}

// want fails if the kind of the expression is not one of the given kinds.
func want(expr store.Expr, kinds ...store.Kind) error {
	kind, err := kindOf(expr)
	if err == nil && !slices.Contains(kinds, kind) {
		err = fmt.Errorf("kind %d instead of %v: %#v", kind, kinds, expr)
	}
	return err
}

func kindOfIn(x store.In) (store.Kind, error) {
	kind, err := kindOf(x.X)
	if len(x.List) == 0 || len(x.List) > 100 {
		err = fmt.Errorf("%d values", len(x.List))
	}
	for _, value := range x.List {
		if kind == store.KindNull {
			kind = value.Kind
		}
		if value.Kind != store.KindNull && value.Kind != kind {
			err = fmt.Errorf("kind %d in a list of kind %d", value.Kind, kind)
		}
		if bad := wellFormed(value); bad != nil {
			err = bad
		}
	}
	return store.KindBool, err
}

// whole stands for a number that is whole by its type in the table below.
const whole store.Kind = 250

// signatures has the kinds that each argument may have, and last that of the result.
var signatures = map[store.Func][][]store.Kind{
	store.Contains: {{store.KindText}, {store.KindText}, {store.KindBool}}, store.StartsWith: {{store.KindText}, {store.KindText}, {store.KindBool}},
	store.EndsWith: {{store.KindText}, {store.KindText}, {store.KindBool}}, store.MatchesPattern: {{store.KindText}, {store.KindText}, {store.KindBool}},
	store.Concat: {{store.KindText}, {store.KindText}, {store.KindText}}, store.ToLower: {{store.KindText}, {store.KindText}},
	store.ToUpper: {{store.KindText}, {store.KindText}}, store.Trim: {{store.KindText}, {store.KindText}},
	store.Substring: {{store.KindText}, {whole}, {whole}, {store.KindText}},
	store.Length:    {{store.KindText}, {store.KindNumber}}, store.IndexOf: {{store.KindText}, {store.KindText}, {store.KindNumber}},
	store.Round: {{store.KindNumber}, {store.KindNumber}}, store.Floor: {{store.KindNumber}, {store.KindNumber}}, store.Ceiling: {{store.KindNumber}, {store.KindNumber}},
	store.Year: {{store.KindDate, store.KindInstant}, {store.KindNumber}}, store.Month: {{store.KindDate, store.KindInstant}, {store.KindNumber}},
	store.Day: {{store.KindDate, store.KindInstant}, {store.KindNumber}}, store.Hour: {{store.KindInstant, store.KindTimeOfDay}, {store.KindNumber}},
	store.Minute: {{store.KindInstant, store.KindTimeOfDay}, {store.KindNumber}}, store.Second: {{store.KindInstant, store.KindTimeOfDay}, {store.KindNumber}},
	store.FractionalSeconds: {{store.KindInstant, store.KindTimeOfDay}, {store.KindNumber}}, store.TotalOffsetMinutes: {{store.KindInstant}, {store.KindNumber}},
	store.DateOf: {{store.KindInstant}, {store.KindDate}}, store.TimeOf: {{store.KindInstant}, {store.KindTimeOfDay}},
	store.TotalSeconds: {{store.KindDuration}, {store.KindNumber}},
}

func kindOfFunction(x store.Function) (store.Kind, error) {
	signature, ok := signatures[x.Func]
	if !ok {
		return 0, fmt.Errorf("no function %q", x.Func)
	}
	last := len(signature) - 1
	if len(x.Args) != last && (x.Func != store.Substring || len(x.Args) != 2) {
		return 0, fmt.Errorf("%s of %d arguments", x.Func, len(x.Args))
	}
	for i, arg := range x.Args {
		if signature[i][0] == whole {
			if !isWhole(arg) {
				return 0, fmt.Errorf("%s of %#v, which may have decimals", x.Func, arg)
			}
		} else if err := want(arg, signature[i]...); err != nil {
			return 0, err
		}
	}
	return signature[last][0], nil
}

// isWhole reports whether the expression is a number that has no decimals, whatever a statistic is.
func isWhole(expr store.Expr) bool {
	switch x := expr.(type) {
	case store.Literal:
		return x.Value.Kind == store.KindNumber && x.Value.Number%one == 0
	case store.Negate:
		return isWhole(x.X)
	case store.Function:
		kind := signatures[x.Func][len(signatures[x.Func])-1][0]
		return kind == store.KindNumber && !slices.Contains([]store.Func{store.Round, store.Floor, store.Ceiling, store.FractionalSeconds, store.TotalSeconds}, x.Func)
	case store.Binary:
		return slices.Contains([]store.Operator{store.Add, store.Sub, store.Mul, store.Div, store.Mod}, x.Op) && isWhole(x.X) && isWhole(x.Y)
	}
	return false
}

func kindOfBinary(b store.Binary) (store.Kind, error) {
	x, errX := kindOf(b.X)
	y, errY := kindOf(b.Y)
	if errX != nil || errY != nil {
		return 0, fmt.Errorf("%v %v", errX, errY)
	}
	signature := [3]any{x, b.Op, y}
	anyNull := x == store.KindNull || y == store.KindNull
	switch b.Op {
	case store.And, store.Or:
		if (x == store.KindBool || x == store.KindNull) && (y == store.KindBool || y == store.KindNull) {
			return store.KindBool, nil
		}
	case store.Eq, store.Ne:
		if x == y || anyNull {
			return store.KindBool, nil
		}
	case store.Gt, store.Ge, store.Lt, store.Le:
		if x == y && x != store.KindActivity || anyNull {
			return store.KindBool, nil
		}
	}
	if x == store.KindNumber && y == store.KindNumber {
		if b.Op == store.Div && !(isWhole(b.X) && isWhole(b.Y)) {
			return 0, fmt.Errorf("div of numbers that may have decimals: %#v", b)
		}
		return x, nil
	}
	switch signature {
	case [3]any{store.KindInstant, store.Sub, store.KindInstant}:
		return store.KindDuration, nil
	case [3]any{store.KindInstant, store.Add, store.KindDuration},
		[3]any{store.KindInstant, store.Sub, store.KindDuration}:
		return store.KindInstant, nil
	case [3]any{store.KindDuration, store.Add, store.KindDuration},
		[3]any{store.KindDuration, store.Sub, store.KindDuration},
		[3]any{store.KindDate, store.Sub, store.KindDate},
		[3]any{store.KindDuration, store.Mul, store.KindNumber},
		[3]any{store.KindNumber, store.Mul, store.KindDuration},
		[3]any{store.KindDuration, store.Div, store.KindNumber}:
		return store.KindDuration, nil
	case [3]any{store.KindDate, store.Add, store.KindDuration},
		[3]any{store.KindDate, store.Sub, store.KindDuration}:
		return store.KindDate, nil
	}
	return 0, fmt.Errorf("no operator %v", signature)
}

// count returns the number of nodes of the tree.
func count(expr store.Expr) int {
	switch x := expr.(type) {
	case store.Not:
		return 1 + count(x.X)
	case store.Negate:
		return 1 + count(x.X)
	case store.In:
		return 1 + count(x.X)
	case store.Binary:
		return 1 + count(x.X) + count(x.Y)
	case store.Function:
		sum := 1
		for _, arg := range x.Args {
			sum += count(arg)
		}
		return sum
	}
	return 1
}
