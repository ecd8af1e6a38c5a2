package odata

import (
	"slices"

	"afterhours/store"
)

// maxOrder is the maximum number of properties in an $orderby.
const maxOrder = 8

// ParseOrderBy parses an $orderby: properties separated by commas, each followed by asc
// (the default) or desc. A property may occur only once, since a second one could not
// change the order. Other expressions of OData are refused. Every error is an *Error.
func (m *Model) ParseOrderBy(text string) ([]store.Order, error) {
	p, err := m.parse("$orderby", text)
	if err != nil {
		return nil, err
	}
	var order []store.Order
	for {
		at := p.next()
		by, err := p.sortProperty(order)
		if err != nil {
			return nil, err
		}
		if len(order) == maxOrder {
			return nil, p.fault(at.start, "expected at most %d properties, found more", maxOrder)
		}
		order = append(order, store.Order{By: by, Descending: p.direction()})
		if p.next().kind == tokenEnd {
			return order, nil
		}
		if t := p.next(); !p.accept(tokenComma) {
			return nil, p.fault(t.start, "expected asc, desc or a comma, found %s%s", shown(p.text[t.start:t.end]), nearest(p.word(t), []string{"desc", "asc"}))
		}
	}
}

// sortProperty parses a property that is not in the order yet.
func (p *parser) sortProperty(order []store.Order) (store.Property, error) {
	at := p.take()
	if p.isAlias(at) {
		return p.sortAlias(at, order)
	}
	found, err := p.path(at)
	if err != nil {
		return store.Property{}, err
	}
	by := store.Property{Name: found.name, Type: found.on.derived}
	if slices.ContainsFunc(order, func(o store.Order) bool { return o.By == by }) {
		return store.Property{}, p.fault(at.start, "expected each property once, found %s again", short(p.text[at.start:found.end]))
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
