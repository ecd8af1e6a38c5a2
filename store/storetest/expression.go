package storetest

import (
	"afterhours/store"
	"afterhours/store/edm"
)

// Short ways to write a filter.

func property(name store.PropertyName) store.Property { return store.Property{Name: name} }

func compared(name store.PropertyName, op store.Operator, value store.Value) store.Expr {
	return store.Binary{Op: op, X: property(name), Y: store.Literal{Value: value}}
}

func both(x, y store.Expr) store.Expr { return store.Binary{Op: store.And, X: x, Y: y} }

// between keeps the statistics that start on the first day or later, and before the last.
func between(first, last string) store.Expr {
	return both(compared(store.PropertyStartDate, store.Ge, date(first)), compared(store.PropertyStartDate, store.Lt, date(last)))
}

func text(s string) store.Value { return store.Value{Kind: store.KindText, Text: s} }

func duration(d edm.Duration) store.Value { return store.Value{Kind: store.KindDuration, Duration: d} }

func date(s string) store.Value {
	parsed, err := edm.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return store.Value{Kind: store.KindDate, Date: parsed}
}
