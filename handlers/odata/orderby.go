package odata

import (
	"reflect"
	"slices"

	"afterhours/store"
)

const (
	// maxOrder is the maximum number of expressions in an $orderby.
	maxOrder = 8
	// maxKey is the maximum number of characters of a text that an expression in an $orderby makes, if
	// the properties are as long as they may be. The link to the next page repeats it.
	maxKey = 512
)

// ParseOrderBy parses an $orderby: expressions separated by commas, each followed by asc
// (the default) or desc. An expression may occur only once, since a second one could not
// change the order. Every error is an *Error.
func (m *Model) ParseOrderBy(text string) ([]store.Order, error) {
	p, err := m.parse("$orderby", text)
	if err != nil {
		return nil, err
	}
	var order []store.Order
	for {
		at := p.next()
		by, err := p.sortKey()
		if err != nil {
			return nil, err
		}
		if len(order) == maxOrder {
			return nil, p.fault(at.start, "expected at most %d expressions, found more", maxOrder)
		}
		if slices.ContainsFunc(order, func(o store.Order) bool { return reflect.DeepEqual(o.By, by.expr) }) {
			return nil, p.fault(at.start, "expected each expression once, found %s again", p.piece(by))
		}
		order = append(order, store.Order{By: by.expr, Descending: p.direction()})
		if p.next().kind == tokenEnd {
			return order, nil
		}
		if t := p.next(); !p.accept(tokenComma) {
			return nil, p.fault(t.start, "expected asc, desc or a comma, found %s%s", shown(p.text[t.start:t.end]), nearest(p.word(t), []string{"desc", "asc"}))
		}
	}
}

// sortKey parses an expression to sort by.
func (p *parser) sortKey() (operand, error) {
	if k := p.next().kind; k == tokenEnd || k == tokenComma || k == tokenStar {
		return operand{}, p.expected("a property")
	}
	by, err := p.binary(1)
	if err != nil {
		return operand{}, err
	}
	_, isProperty := by.expr.(store.Property)
	_, isConstant := store.Fold(by.expr).(store.Literal)
	switch {
	case by.kind == kindTypeName:
		return operand{}, p.notImplemented(by.start, "annotations in an expression")
	case isConstant: // more likely a property in quotes
		return operand{}, p.notImplemented(by.start, "an order by the constant "+p.piece(by))
	case by.kind == store.KindText && !isProperty && p.model.textOf(by.expr).longest > maxKey:
		return operand{}, p.fault(by.start, "expected a text of at most %d characters to sort by, found up to %d", maxKey, p.model.textOf(by.expr).longest)
	}
	return by, nil
}

// direction parses asc, desc or nothing, and reports whether it was desc.
func (p *parser) direction() (descending bool) {
	name := p.word(p.next())
	if name == "asc" || name == "desc" {
		p.take()
	}
	return name == "desc"
}
