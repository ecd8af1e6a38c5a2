package odata_test

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"afterhours/store"
	"afterhours/store/edm"
)

// forest draws well-typed trees.
type forest struct{ t *rapid.T }

func (f forest) below(n int) int { return rapid.IntRange(0, n-1).Draw(f.t, "choice") }

func pick[T any](f forest, from ...T) T { return from[f.below(len(from))] }

// tree draws an expression of the kind, with at most depth levels below it.
func (f forest) tree(kind store.Kind, depth int) store.Expr {
	if depth == 0 || f.below(5) == 0 {
		return f.leaf(kind)
	}
	sub := func(kind store.Kind) store.Expr { return f.tree(kind, depth-1) }
	switch kind {
	case store.KindBool:
		return f.condition(depth)
	case store.KindNumber:
		switch f.below(4) {
		case 0:
			return store.Negate{X: sub(kind)}
		case 1:
			return call(store.Length, sub(store.KindText))
		case 2:
			return call(store.TotalSeconds, sub(store.KindDuration))
		}
		return call(pick(f, store.Year, store.Month, store.Day), sub(store.KindDate))
	case store.KindText:
		if f.below(2) == 0 {
			return call(store.Concat, sub(kind), sub(kind))
		}
		return call(pick(f, store.ToLower, store.ToUpper, store.Trim), sub(kind))
	case store.KindDate:
		return bin(sub(kind), pick(f, store.Add, store.Sub), sub(store.KindDuration))
	case store.KindDuration:
		switch f.below(5) {
		case 0:
			return store.Negate{X: sub(kind)}
		case 1:
			return bin(sub(store.KindDate), store.Sub, sub(store.KindDate))
		case 2:
			return bin(sub(store.KindNumber), store.Mul, sub(kind))
		case 3:
			return bin(sub(kind), store.Mul, sub(store.KindNumber))
		}
		if f.below(3) == 0 {
			return bin(sub(kind), store.Div, f.divisor(depth-1))
		}
		return bin(sub(kind), pick(f, store.Add, store.Sub), sub(kind))
	}
	return f.leaf(kind)
}

// divisor draws a number that is not the literal 0.
func (f forest) divisor(depth int) store.Expr {
	number := f.tree(store.KindNumber, depth)
	if number == lit(store.Value{Kind: store.KindNumber}) {
		return lit(store.Value{Kind: store.KindNumber, Number: one})
	}
	return number
}

// condition draws an expression that is a boolean.
func (f forest) condition(depth int) store.Expr {
	sub := func() store.Expr {
		if f.below(10) == 0 {
			return lit(null)
		}
		return f.tree(store.KindBool, depth-1)
	}
	switch f.below(6) {
	case 0:
		return not(sub())
	case 1:
		return bin(sub(), pick(f, store.And, store.Or), sub())
	case 2:
		return call(pick(f, store.Contains, store.StartsWith, store.EndsWith), f.tree(store.KindText, depth-1), f.tree(store.KindText, depth-1))
	case 3:
		return f.in(depth)
	}
	kind := f.kind()
	ops := []store.Operator{store.Eq, store.Ne}
	if kind != store.KindBool && kind != store.KindActivity {
		ops = append(ops, store.Gt, store.Ge, store.Lt, store.Le)
	}
	x, y := f.tree(kind, depth-1), f.tree(kind, depth-1)
	switch f.below(8) {
	case 0:
		x = lit(null)
	case 1:
		y = lit(null)
	}
	return bin(x, pick(f, ops...), y)
}

func (f forest) in(depth int) store.Expr {
	kind := f.kind()
	x := f.tree(kind, depth-1)
	if f.below(8) == 0 {
		x = lit(null)
	}
	list := make([]store.Value, 1+f.below(4))
	for i := range list {
		if f.below(6) != 0 {
			list[i] = f.value(kind)
		}
	}
	return store.In{X: x, List: list}
}

func (f forest) kind() store.Kind {
	return pick(f, store.KindBool, store.KindNumber, store.KindText, store.KindDate, store.KindDuration, store.KindActivity)
}

// leaf draws a literal, a property or an isof.
func (f forest) leaf(kind store.Kind) store.Expr {
	if kind == store.KindBool && f.below(2) == 0 {
		return store.IsOf{Type: pick(f, store.Call, store.Chat, store.Email, store.Focus, store.Meeting)}
	}
	var named []store.Expr
	for _, derived := range slices.Sorted(maps.Keys(properties)) {
		for _, name := range slices.Sorted(maps.Keys(properties[derived])) {
			if properties[derived][name] == kind {
				named = append(named, prop(name), cast(derived, name))
			}
		}
	}
	if named == nil || f.below(3) == 0 {
		return lit(f.value(kind))
	}
	return pick(f, named...)
}

func (f forest) value(kind store.Kind) store.Value {
	v := store.Value{Kind: kind}
	switch kind {
	case store.KindBool:
		v.Bool = rapid.Bool().Draw(f.t, "bool")
	case store.KindNumber:
		v.Number = rapid.OneOf(rapid.Int64(), rapid.Map(rapid.Int64Range(-20, 20), func(n int64) int64 { return n * one })).Draw(f.t, "number")
	case store.KindText:
		v.Text = strings.ReplaceAll(rapid.OneOf(rapid.StringN(0, 8, -1), rapid.SampledFrom([]string{"'", "''", "PT1H", "Call", "2019-06-16"})).Draw(f.t, "text"), "\x00", "")
	case store.KindDate:
		v.Date = edm.Date(rapid.Int32Range(int32(edm.MinDate), int32(edm.MaxDate)).Draw(f.t, "date"))
	case store.KindDuration:
		v.Duration = edm.Duration(rapid.Int64().Draw(f.t, "duration"))
	case store.KindActivity:
		v.Text = string(pick(f, activities...))
	}
	return v
}

func TestEveryTreeSurvivesItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := forest{t}.tree(store.KindBool, 5)
		if kind, err := kindOf(tree); kind != store.KindBool || err != nil {
			t.Fatalf("drew %#v of kind %d: %v", tree, kind, err)
		}
		if count(tree) > 100 {
			t.Skip("larger than a filter may be with its random spaces and parentheses")
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for _, p := range []printer{{}, {random}} {
			text := p.expr(tree, 0)
			if got, err := model.ParseFilter(text); err != nil || !reflect.DeepEqual(got, tree) {
				t.Fatalf("%s\n got %#v, %v\nwant %#v", text, got, err, tree)
			}
		}
	})
}

// TestOrdersSurviveTheirText does the same for orders.
func TestOrdersSurviveTheirText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := forest{t}
		var order []store.Order
		for len(order) < 1+f.below(8) {
			by, isProperty := f.leaf(pick(f, store.KindText, store.KindDate, store.KindDuration, store.KindActivity)).(store.Property)
			if !isProperty || slices.ContainsFunc(order, func(o store.Order) bool { return o.By == by }) {
				continue
			}
			order = append(order, store.Order{By: by, Descending: f.below(2) == 0})
		}
		p := printer{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))}
		if got, err := model.ParseOrderBy(orderText(p, order)); err != nil || !reflect.DeepEqual(got, order) {
			t.Fatalf("%s\n got %v, %v\nwant %v", orderText(p, order), got, err, order)
		}
	})
}

func orderText(p printer, order []store.Order) string {
	items := make([]string, len(order))
	for i, o := range order {
		items[i] = p.space() + p.property(o.By)
		if o.Descending {
			items[i] += p.gap() + p.name("desc")
		} else {
			items[i] += p.one("", p.gap()+p.name("asc"))
		}
	}
	return strings.Join(items, p.space()+",")
}
