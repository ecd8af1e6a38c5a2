package odata

import (
	"strings"

	"afterhours/store"
)

// arithmetic has the kinds of operands and result of each operator (URL conventions,
// section 5.1.1.2).
var arithmetic = map[store.Operator][]struct{ x, y, result store.Kind }{
	store.Add: {
		{store.KindNumber, store.KindNumber, store.KindNumber},
		{store.KindDuration, store.KindDuration, store.KindDuration},
		{store.KindDate, store.KindDuration, store.KindDate},
		{store.KindInstant, store.KindDuration, store.KindInstant},
	},
	store.Sub: {
		{store.KindNumber, store.KindNumber, store.KindNumber},
		{store.KindDuration, store.KindDuration, store.KindDuration},
		{store.KindDate, store.KindDuration, store.KindDate},
		{store.KindDate, store.KindDate, store.KindDuration},
		{store.KindInstant, store.KindDuration, store.KindInstant},
		{store.KindInstant, store.KindInstant, store.KindDuration},
	},
	store.Mul: {
		{store.KindNumber, store.KindNumber, store.KindNumber},
		{store.KindDuration, store.KindNumber, store.KindDuration},
		{store.KindNumber, store.KindDuration, store.KindDuration},
	},
	store.Div: {
		{store.KindNumber, store.KindNumber, store.KindNumber},
		{store.KindDuration, store.KindNumber, store.KindDuration},
	},
	store.DivBy: {
		{store.KindNumber, store.KindNumber, store.KindNumber},
		{store.KindDuration, store.KindNumber, store.KindDuration},
	},
	store.Mod: {
		{store.KindNumber, store.KindNumber, store.KindNumber},
	},
}

// compute types an arithmetic operator.
func (p *parser) compute(x operand, op store.Operator, at token, y operand) (operand, error) {
	if err := p.checkDivisor(x, op, y); err != nil {
		return operand{}, err
	}
	var allowed []string
	for _, kind := range arithmetic[op] {
		if x, ok := p.as(x, kind.x); ok {
			if y, ok := p.as(y, kind.y); ok {
				return p.computed(x, op, y, kind.result)
			}
		}
		allowed = append(allowed, kinds[kind.x].name+" "+string(op)+" "+kinds[kind.y].name)
	}
	return operand{}, p.fault(at.start, "expected %s, found %s %s %s", strings.Join(allowed, " or "), kinds[x.kind].name, op, kinds[y.kind].name)
}

// checkDivisor refuses a division by the literal 0, since it would fail for every statistic (URL
// conventions, section 5.1.1.2.5). Only divby of numbers does not fail: its result is infinite.
func (p *parser) checkDivisor(x operand, op store.Operator, y operand) error {
	zero := store.Literal{Value: store.Value{Kind: store.KindNumber}}
	switch {
	case y.expr != zero || op != store.Div && op != store.DivBy && op != store.Mod:
		return nil
	case op == store.DivBy && x.kind == store.KindNumber:
		return p.notImplemented(y.start, "divby 0, which is infinite or not a number")
	}
	return p.fault(y.start, "expected a divisor other than zero, found %s", p.piece(y))
}

// computed returns the operand of an arithmetic operator for operands of the right kinds. div of numbers
// is divby unless both are whole by their types; div and divby of a duration are the same.
func (p *parser) computed(x operand, op store.Operator, y operand, kind store.Kind) (operand, error) {
	whole := x.whole && y.whole && op != store.DivBy
	switch {
	case kind == store.KindDuration && op == store.DivBy:
		op = store.Div
	case kind == store.KindNumber && op == store.Div && !whole:
		op = store.DivBy
	}
	result, err := p.node(store.Binary{Op: op, X: x.expr, Y: y.expr}, kind, x.start, y.end)
	result.whole = kind == store.KindNumber && whole
	result.shifted = kind == store.KindInstant && (x.shifted || y.shifted)
	return result, err
}
