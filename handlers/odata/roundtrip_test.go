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

// generator draws random well-typed trees.
type generator struct{ t *rapid.T }

// below draws a number from 0 to n-1.
func (g generator) below(n int) int { return rapid.IntRange(0, n-1).Draw(g.t, "choice") }

// pick draws one of the values.
func pick[T any](g generator, from ...T) T { return from[g.below(len(from))] }

// tree draws an expression of the kind, with at most depth levels below it.
func (g generator) tree(kind store.Kind, depth int) store.Expr {
	if depth == 0 || g.below(5) == 0 {
		return g.leaf(kind)
	}
	sub := func(kind store.Kind) store.Expr { return g.tree(kind, depth-1) }
	switch kind {
	case store.KindBool:
		return g.condition(depth)
	case store.KindNumber:
		return g.number(depth)
	case store.KindText:
		switch g.below(4) {
		case 0:
			return call(store.Concat, sub(kind), sub(kind))
		case 1:
			return call(store.Substring, sub(kind), g.whole(depth-1))
		case 2:
			return call(store.Substring, sub(kind), g.whole(depth-1), lit(number(int64(g.below(9))*one)))
		}
		return call(pick(g, store.ToLower, store.ToUpper, store.Trim), sub(kind))
	case store.KindDate:
		if g.below(4) == 0 {
			return call(store.DateOf, sub(store.KindInstant))
		}
		return bin(sub(kind), pick(g, store.Add, store.Sub), sub(store.KindDuration))
	case store.KindInstant:
		return bin(sub(kind), pick(g, store.Add, store.Sub), sub(store.KindDuration))
	case store.KindTimeOfDay:
		return call(store.TimeOf, sub(store.KindInstant))
	case store.KindDuration:
		switch g.below(6) {
		case 0:
			return store.Negate{X: sub(kind)}
		case 4:
			return bin(sub(store.KindInstant), store.Sub, sub(store.KindInstant))
		case 1:
			return bin(sub(store.KindDate), store.Sub, sub(store.KindDate))
		case 2:
			return bin(sub(store.KindNumber), store.Mul, sub(kind))
		case 3:
			return bin(sub(kind), store.Mul, sub(store.KindNumber))
		}
		if g.below(3) == 0 {
			return bin(sub(kind), store.Div, g.divisor(depth-1))
		}
		return bin(sub(kind), pick(g, store.Add, store.Sub), sub(kind))
	}
	return g.leaf(kind)
}

// number draws a number that is no leaf.
func (g generator) number(depth int) store.Expr {
	sub := func(kind store.Kind) store.Expr { return g.tree(kind, depth-1) }
	switch g.below(6) {
	case 0:
		return store.Negate{X: sub(store.KindNumber)}
	case 1:
		return call(store.TotalSeconds, sub(store.KindDuration))
	case 2:
		return bin(sub(store.KindNumber), pick(g, store.Add, store.Sub, store.Mul), sub(store.KindNumber))
	case 3:
		return bin(sub(store.KindNumber), pick(g, store.DivBy, store.Mod), g.divisor(depth-1))
	case 4:
		return call(pick(g, store.Round, store.Floor, store.Ceiling), sub(store.KindNumber))
	}
	return g.whole(depth)
}

// whole draws a number that is whole by its type.
func (g generator) whole(depth int) store.Expr {
	literal := lit(number(int64(1+g.below(20)) * one))
	if depth <= 0 {
		return literal
	}
	sub := func(kind store.Kind) store.Expr { return g.tree(kind, depth-1) }
	switch g.below(8) {
	case 0:
		return store.Negate{X: g.whole(depth - 1)}
	case 1:
		return call(store.Length, sub(store.KindText))
	case 2:
		return call(store.IndexOf, sub(store.KindText), sub(store.KindText))
	case 3:
		return call(pick(g, store.Year, store.Month, store.Day), sub(pick(g, store.KindDate, store.KindInstant)))
	case 4:
		return call(pick(g, store.Hour, store.Minute, store.Second), sub(pick(g, store.KindTimeOfDay, store.KindInstant)))
	case 5:
		return bin(g.whole(depth-1), pick(g, store.Add, store.Sub, store.Mul), g.whole(depth-1))
	case 6:
		return bin(g.whole(depth-1), pick(g, store.Div, store.Mod), literal)
	}
	return literal
}

// divisor draws a number that is not the literal 0.
func (g generator) divisor(depth int) store.Expr {
	number := g.tree(store.KindNumber, depth)
	if number == lit(store.Value{Kind: store.KindNumber}) {
		return lit(store.Value{Kind: store.KindNumber, Number: one})
	}
	return number
}

// condition draws an expression that is a boolean.
func (g generator) condition(depth int) store.Expr {
	sub := func() store.Expr {
		if g.below(10) == 0 {
			return lit(null)
		}
		return g.tree(store.KindBool, depth-1)
	}
	switch g.below(7) {
	case 6:
		return call(store.MatchesPattern, g.tree(store.KindText, depth-1), lit(text(pick(g, "^a", "'", "[0-9]{2}"))))
	case 0:
		return not(sub())
	case 1:
		return bin(sub(), pick(g, store.And, store.Or), sub())
	case 2:
		return call(pick(g, store.Contains, store.StartsWith, store.EndsWith), g.tree(store.KindText, depth-1), g.tree(store.KindText, depth-1))
	case 3:
		return g.in(depth)
	}
	kind := g.kind()
	ops := []store.Operator{store.Eq, store.Ne}
	if kind != store.KindActivity {
		ops = append(ops, store.Gt, store.Ge, store.Lt, store.Le)
	}
	x, y := g.tree(kind, depth-1), g.tree(kind, depth-1)
	switch g.below(8) {
	case 0:
		x = lit(null)
	case 1:
		y = lit(null)
	}
	return bin(x, pick(g, ops...), y)
}

func (g generator) in(depth int) store.Expr {
	kind := g.kind()
	x := g.tree(kind, depth-1)
	if g.below(8) == 0 {
		x = lit(null)
	}
	list := make([]store.Value, 1+g.below(4))
	for i := range list {
		if g.below(6) != 0 {
			list[i] = g.value(kind)
		}
	}
	return store.In{X: x, List: list}
}

func (g generator) kind() store.Kind {
	return pick(g, store.KindBool, store.KindNumber, store.KindText, store.KindDate, store.KindDuration, store.KindActivity, store.KindInstant, store.KindTimeOfDay)
}

// leaf draws a literal, a property or an isof.
func (g generator) leaf(kind store.Kind) store.Expr {
	if kind == store.KindBool && g.below(2) == 0 {
		return store.IsOf{Type: pick(g, store.Call, store.Chat, store.Email, store.Focus, store.Meeting)}
	}
	var named []store.Expr
	for _, derived := range slices.Sorted(maps.Keys(properties)) {
		for _, name := range slices.Sorted(maps.Keys(properties[derived])) {
			if properties[derived][name] == kind {
				named = append(named, prop(name), cast(derived, name))
			}
		}
	}
	if named == nil || g.below(3) == 0 {
		return lit(g.value(kind))
	}
	return pick(g, named...)
}

func (g generator) value(kind store.Kind) store.Value {
	v := store.Value{Kind: kind}
	switch kind {
	case store.KindBool:
		v.Bool = rapid.Bool().Draw(g.t, "bool")
	case store.KindNumber:
		v.Number = rapid.OneOf(rapid.Int64(), rapid.Map(rapid.Int64Range(-20, 20), func(n int64) int64 { return n * one })).Draw(g.t, "number")
	case store.KindText:
		v.Text = strings.ReplaceAll(rapid.OneOf(rapid.StringN(0, 8, -1), rapid.SampledFrom([]string{"'", "''", "PT1H", "Call", "2019-06-16"})).Draw(g.t, "text"), "\x00", "")
	case store.KindDate:
		v.Date = edm.Date(rapid.Int32Range(int32(edm.MinDate), int32(edm.MaxDate)).Draw(g.t, "date"))
	case store.KindDuration:
		v.Duration = edm.Duration(rapid.Int64().Draw(g.t, "duration"))
	case store.KindInstant:
		v.Number = rapid.Int64Range(0, store.MaxInstant).Draw(g.t, "instant")
	case store.KindTimeOfDay:
		v.Number = rapid.Int64Range(0, int64(edm.Day)-1).Draw(g.t, "time of day")
	case store.KindActivity:
		v.Text = string(pick(g, activities...))
	}
	return v
}

func TestPrintedTreesParseToThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := generator{t}.tree(store.KindBool, 5)
		if kind, err := kindOf(tree); kind != store.KindBool || err != nil {
			t.Fatalf("drew %#v of kind %d: %v", tree, kind, err)
		}
		if count(tree) > 100 {
			t.Skip("random spaces and parentheses could make the text longer than a filter may be")
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for _, p := range []printer{{}, {random}} {
			text := p.expr(tree, 0)
			got, err := model.ParseFilter(text)
			if err != nil && strings.Contains(err.Error(), "expected at most 4096 characters of text that") {
				t.Skip("random functions can make more text than a filter may")
			}
			if err != nil || !reflect.DeepEqual(got, tree) {
				t.Fatalf("%s\n got %#v, %v\nwant %#v", text, got, err, tree)
			}
		}
	})
}

func TestPrintedOrdersParseToThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := generator{t}
		var order []store.Order
		for len(order) < 1+g.below(8) {
			by := g.tree(g.kind(), g.below(3))
			_, isConstant := store.Fold(by).(store.Literal)
			if isConstant || count(by) > 10 || slices.ContainsFunc(order, func(o store.Order) bool { return reflect.DeepEqual(o.By, by) }) {
				continue
			}
			order = append(order, store.Order{By: by, Descending: g.below(2) == 0})
		}
		p := printer{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))}
		got, err := model.ParseOrderBy(orderText(p, order))
		if err != nil && strings.Contains(err.Error(), "expected a text of at most 512 characters") {
			t.Skip("random functions can make more text than an order may")
		}
		if err != nil || !reflect.DeepEqual(got, order) {
			t.Fatalf("%s\n got %v, %v\nwant %v", orderText(p, order), got, err, order)
		}
	})
}

func orderText(p printer, order []store.Order) string {
	items := make([]string, len(order))
	for i, o := range order {
		items[i] = p.space() + p.expr(o.By, 0)
		if o.Descending {
			items[i] += p.gap() + p.name("desc")
		} else {
			items[i] += p.choose("", p.gap()+p.name("asc"))
		}
	}
	return strings.Join(items, p.space()+",")
}
