package cassandra

import (
	"fmt"
	"testing"

	"afterhours/store"
)

func TestRangeOf(t *testing.T) {
	id, value := store.Expr(idProperty), func(text string) store.Expr {
		return store.Literal{Value: store.Value{Kind: store.KindText, Text: text}}
	}
	compare := func(op store.Operator, x, y store.Expr) store.Expr { return store.Binary{Op: op, X: x, Y: y} }
	both := func(x, y store.Expr) store.Expr { return store.Binary{Op: store.And, X: x, Y: y} }
	duration := compare(store.Gt, store.Property{Name: store.PropertyDuration}, store.Literal{})
	for want, filter := range map[string]store.Expr{
		"[]":                            compare(store.Ne, id, value("a")),
		" AND id > ? AND id <= ?[b d]":  both(both(compare(store.Gt, id, value("b")), duration), both(compare(store.Ge, id, value("a")), compare(store.Le, id, value("d")))),
		" AND id >= ? AND id <= ?[c c]": both(compare(store.Eq, value("c"), id), compare(store.Lt, id, value("x"))),
		" AND id > ? AND id < ?[a z]":   both(compare(store.Lt, value("a"), id), both(compare(store.Gt, value("z"), id), compare(store.Le, id, value("z")))),
		" AND id >= ?[k]":               both(compare(store.Ge, id, value("k")), store.Binary{Op: store.Or, X: compare(store.Lt, id, value("l")), Y: duration}),
	} {
		within := rangeOf(filter)
		conditions, values := within.conditions()
		if values == nil {
			values = []any{}
		}
		if got := fmt.Sprint(conditions, values); got != want {
			t.Errorf("%+v is %q; want %q", filter, got, want)
		}
	}
	if within := rangeOf(nil); within != (bounds{}) {
		t.Errorf("without a filter the range is %+v", within)
	}
}
