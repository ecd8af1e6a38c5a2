package odata_test

import (
	"afterhours/store"
	"afterhours/store/edm"
)

// The functions below have short names, to make the expected trees of tests readable.

func prop(name store.PropertyName) store.Expr { return store.Property{Name: name} }

func cast(t store.Type, name store.PropertyName) store.Expr {
	return store.Property{Name: name, Type: t}
}

func lit(value store.Value) store.Expr { return store.Literal{Value: value} }

func bin(x store.Expr, op store.Operator, y store.Expr) store.Expr {
	return store.Binary{Op: op, X: x, Y: y}
}

func not(x store.Expr) store.Expr { return store.Not{X: x} }

func neg(x store.Expr) store.Expr { return store.Negate{X: x} }

func call(f store.Func, args ...store.Expr) store.Expr {
	return store.Function{Func: f, Args: args}
}

func in(x store.Expr, list ...store.Value) store.Expr { return store.In{X: x, List: list} }

// The values null, boolean, number and so on. number takes ten-millionths: 10,000,000 is 1.

var null = store.Value{}

func boolean(b bool) store.Value { return store.Value{Kind: store.KindBool, Bool: b} }

func number(n int64) store.Value { return store.Value{Kind: store.KindNumber, Number: n} }

func text(s string) store.Value { return store.Value{Kind: store.KindText, Text: s} }

func activity(s string) store.Value { return store.Value{Kind: store.KindActivity, Text: s} }

func date(s string) store.Value {
	d, err := edm.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return store.Value{Kind: store.KindDate, Date: d}
}

func duration(s string) store.Value {
	d, err := edm.ParseDuration(s)
	if err != nil {
		panic(err)
	}
	return store.Value{Kind: store.KindDuration, Duration: d}
}
