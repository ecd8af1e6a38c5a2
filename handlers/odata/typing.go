package odata

import (
	"strings"

	"afterhours/store"
	"afterhours/store/edm"
)

// kindTypeName is the kind of @odata.type. Only eq and ne take it, and their other
// operand must be the name of a type. The result is a store.IsOf, so that this kind
// never leaves the parser.
const kindTypeName store.Kind = 255

// kinds has the name of each kind, and an example of its values, for errors.
var kinds = map[store.Kind]struct{ name, example string }{
	store.KindNull:      {"null", "null"},
	store.KindBool:      {"boolean", "a boolean such as true"},
	store.KindNumber:    {"number", "a number such as 1.5"},
	store.KindText:      {"text", "a text such as 'UTC'"},
	store.KindDate:      {"date", "a date such as 2019-06-16"},
	store.KindDuration:  {"duration", "a duration such as duration'PT1H'"},
	store.KindActivity:  {"activity", ""}, // see Model.describe
	store.KindInstant:   {"time", "a time such as 2019-06-16T07:30:00Z"},
	store.KindTimeOfDay: {"time of day", "a time of day such as 07:30:00"},
	kindTypeName:        {"type name", "the name of a type"},
	kindWhole:           {"whole number", "a whole number such as 2"},
}

// combine returns the operand of a binary operator, if the kinds of x and y are right.
func (p *parser) combine(x operand, op store.Operator, at token, y operand) (operand, error) {
	switch op {
	case store.And, store.Or:
		return p.connect(x, op, y)
	case store.Add, store.Sub, store.Mul, store.Div, store.DivBy, store.Mod:
		return p.compute(x, op, at, y)
	}
	if x.kind == kindTypeName || y.kind == kindTypeName {
		return p.compareType(x, op, at, y)
	}
	return p.compare(x, op, at, y)
}

// connect types the operators and and or. Their operands are conditions or null.
func (p *parser) connect(x operand, op store.Operator, y operand) (operand, error) {
	for _, side := range []operand{x, y} {
		if side.kind != store.KindBool && side.kind != store.KindNull {
			return operand{}, p.fault(side.start, "expected a condition on both sides of %s, found %s", op, p.piece(side))
		}
	}
	return p.node(store.Binary{Op: op, X: x.expr, Y: y.expr}, store.KindBool, x.start, y.end)
}

// not types a not. It covers only the next operand: "not id eq 'x'" is "(not id) eq
// 'x'". The error therefore mentions parentheses.
func (p *parser) not(at token, x operand) (operand, error) {
	if x.kind != store.KindBool && x.kind != store.KindNull {
		return operand{}, p.fault(x.start, "expected a condition after not (put parentheses around a condition with an operator), found %s", p.piece(x))
	}
	return p.node(store.Not{X: x.expr}, store.KindBool, at.start, x.end)
}

// negate types a minus before a number or a duration.
func (p *parser) negate(at token, x operand) (operand, error) {
	if x.kind != store.KindNumber {
		var ok bool
		if x, ok = p.as(x, store.KindDuration); !ok {
			return operand{}, p.fault(x.start, "expected a number or %s after the minus, found %s", p.model.describe(store.KindDuration), p.piece(x))
		}
	}
	result, err := p.node(store.Negate{X: x.expr}, x.kind, at.start, x.end)
	result.whole = x.whole
	return result, err
}

// compare types a comparison of two operands of one kind, or with null.
func (p *parser) compare(x operand, op store.Operator, at token, y operand) (operand, error) {
	sides := []operand{x, y}
	if err := p.unify(sides); err != nil {
		return operand{}, err
	}
	x, y = sides[0], sides[1]
	hasOrder := x.kind != store.KindActivity
	if !hasOrder && x.kind == y.kind && op != store.Eq && op != store.Ne {
		return operand{}, p.fault(at.start, "expected eq or ne, since values of kind %s have no order, found %s", kinds[x.kind].name, p.text[at.start:at.end])
	}
	return p.node(store.Binary{Op: op, X: x.expr, Y: y.expr}, store.KindBool, x.start, y.end)
}

// in parses the values of an in, which are literals, and checks their kinds.
func (p *parser) in(at token, x operand) (operand, error) {
	if x.kind == kindTypeName {
		return operand{}, p.fault(at.start, "expected eq or ne with @odata.type, found %s", p.text[at.start:at.end])
	}
	values, end, err := p.list()
	if err != nil {
		return operand{}, err
	}
	sides := append([]operand{x}, values...)
	if err := p.unify(sides); err != nil {
		return operand{}, err
	}
	list := make([]store.Value, len(values))
	for i, side := range sides[1:] {
		list[i] = side.expr.(store.Literal).Value
	}
	return p.node(store.In{X: sides[0].expr, List: list}, store.KindBool, x.start, end)
}

// list parses the literals after an in, in parentheses or as an alias. end is the offset after them.
func (p *parser) list() (values []operand, end int, err error) {
	if t := p.next(); p.isAlias(t) {
		p.take()
		values, err = p.aliasList(t)
		return values, t.end, err
	}
	if next := p.next(); p.text[next.start:next.end] == "[" {
		return nil, 0, p.notImplemented(next.start, "arrays and objects in an expression; give the list as the value of a parameter alias")
	}
	if err := p.want(tokenOpen, "( and the values"); err != nil {
		return nil, 0, err
	}
	for {
		if len(values) == maxList {
			return nil, 0, p.fault(p.next().start, "expected at most %d values, found more", maxList)
		}
		nodes := p.nodes
		value, err := p.literal()
		if err != nil {
			return nil, 0, err
		}
		p.nodes = nodes // maxList bounds the values, not maxNodes
		if values = append(values, value); !p.accept(tokenComma) {
			break
		}
	}
	end = p.next().end
	return values, end, p.want(tokenClose, ", or )")
}

// unify converts operands that are compared to the kind of the leading one. A null stays
// a null.
func (p *parser) unify(sides []operand) error {
	leader := leading(sides)
	for i, side := range sides {
		if side.kind == store.KindNull {
			continue
		}
		if leader.kind == store.KindDate {
			side = midnightAsDate(side)
		}
		var ok bool
		if sides[i], ok = p.as(side, leader.kind); !ok {
			return p.fault(side.start, "expected %s to compare with %s, found %s%s", p.model.describe(leader.kind), p.piece(leader), p.piece(side), p.suggestion(side, leader.kind))
		}
	}
	return nil
}

// midnightAsDate returns midnight in UTC as its date, since DevExtreme writes all dates as times. It returns any
// other operand unchanged.
func midnightAsDate(x operand) operand {
	literal, isLiteral := x.expr.(store.Literal)
	if isLiteral && x.kind == store.KindInstant && !x.shifted && literal.Value.Number%int64(edm.Day) == 0 {
		x.kind = store.KindDate
		x.expr = store.Literal{Value: store.Value{Kind: x.kind, Date: edm.Date(literal.Value.Number / int64(edm.Day))}}
	}
	return x
}

// leading returns the operand that decides the kind of a comparison: the first one that
// is neither null nor a string literal without a prefix. If there is none, it is the
// first such string literal, as a text. Otherwise it is a null.
func leading(sides []operand) operand {
	var leader operand
	for _, side := range sides {
		if side.kind != store.KindNull && !side.quoted {
			return side
		}
		if leader.kind == store.KindNull {
			leader = side
		}
	}
	return leader
}

// compareType types a comparison of @odata.type with the name of a type. The name is
// '#microsoft.graph.callActivityStatistics', as in JSON, or the same without the #.
func (p *parser) compareType(x operand, op store.Operator, at token, y operand) (operand, error) {
	if op != store.Eq && op != store.Ne {
		return operand{}, p.fault(at.start, "expected eq or ne with @odata.type, found %s", p.text[at.start:at.end])
	}
	name := y
	if y.kind == kindTypeName {
		name = x
	}
	var t *entityType
	if name.quoted {
		t = p.model.types[fold(strings.TrimPrefix(name.expr.(store.Literal).Value.Text, "#"))]
	}
	if t == nil || t == p.model.base {
		return operand{}, p.fault(name.start, "expected a derived type such as '#%s', found %s%s", p.model.example, p.piece(name), p.suggestion(name, kindTypeName))
	}
	var expr store.Expr = store.IsOf{Type: t.derived}
	if op == store.Ne {
		expr = store.Not{X: expr}
	}
	return p.node(expr, store.KindBool, x.start, y.end)
}

// as returns the operand as one of the kind. It converts a string literal without a
// prefix (URL conventions, section 5.1.1.14.1). If the operand is not of the kind, as
// returns it unchanged, and false.
func (p *parser) as(x operand, kind store.Kind) (operand, bool) {
	switch {
	case kind == kindWhole:
		return x, x.kind == store.KindNumber && x.whole
	case x.kind == kind || !x.quoted:
		return x, x.kind == kind
	}
	value, shifted, err := p.model.read(x.expr.(store.Literal).Value.Text, kind)
	if err != nil {
		return x, false
	}
	return operand{expr: store.Literal{Value: value}, kind: kind, shifted: shifted, start: x.start, end: x.end}, true
}
