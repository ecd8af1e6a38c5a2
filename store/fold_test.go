package store

import "testing"

func TestConstantsAreFolded(t *testing.T) {
	call := IsOf{Call}
	for name, test := range map[string]struct{ expr, want Expr }{
		"constant":          {op(minute, Gt, minute), no},
		"and true":          {op(yes, And, call), call},
		"and false":         {op(call, And, no), no},
		"or true":           {op(call, Or, yes), yes},
		"or false":          {op(call, Or, no), call},
		"gt null":           {op(start, Gt, null), no},
		"add null":          {op(length, Add, null), null},
		"function of null":  {Function{Year, []Expr{null}}, null},
		"eq null stays":     {op(start, Eq, null), op(start, Eq, null)},
		"under a not":       {Not{op(start, Gt, null)}, yes},
		"null and property": {op(null, And, call), op(null, And, call)},
		"texts":             {op(zone, Eq, Function{ToLower, []Expr{Function{Concat, []Expr{txt("A"), txt("B")}}}}), op(zone, Eq, txt("ab"))},
		"nothing":           {nil, nil},
	} {
		if got := Fold(test.expr); got != test.want {
			t.Errorf("%s: %+v; want %+v", name, got, test.want)
		}
	}
}
