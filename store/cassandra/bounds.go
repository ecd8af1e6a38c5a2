package cassandra

import (
	"afterhours/store"
	"afterhours/store/sqlquery"
)

// bounds are a range of ids. CQL takes one condition for each end, so the narrowest is kept.
type bounds struct{ low, high *end }

// end is an end of a range, which belongs to it or not.
type end struct {
	id       string
	included bool
}

// from leaves out what is before the id.
func (b *bounds) from(id string, included bool) {
	if b.low == nil || id > b.low.id || id == b.low.id && !included {
		b.low = &end{id, included}
	}
}

// to leaves out what is after the id.
func (b *bounds) to(id string, included bool) {
	if b.high == nil || id < b.high.id || id == b.high.id && !included {
		b.high = &end{id, included}
	}
}

// conditions returns the range as CQL.
func (b *bounds) conditions() (conditions string, values []any) {
	for _, one := range []struct {
		end      *end
		operator string
	}{{b.low, ">"}, {b.high, "<"}} {
		if one.end == nil {
			continue
		}
		if one.end.included {
			one.operator += "="
		}
		conditions += " AND id " + one.operator + " ?"
		values = append(values, one.end.id)
	}
	return conditions, values
}

// rangeOf returns a range that has every id for which the filter may be true. The matcher decides about each
// statistic within it.
func rangeOf(filter store.Expr) (within bounds) {
	within.narrow(sqlquery.Bounds(filter, idProperty))
	return within
}

var idProperty = store.Property{Name: store.PropertyID}

// narrow narrows the range to comparisons of the id with values, joined by and.
func (b *bounds) narrow(filter store.Expr) {
	comparison, ok := filter.(store.Binary)
	if !ok {
		return
	}
	if comparison.Op == store.And {
		b.narrow(comparison.X)
		b.narrow(comparison.Y)
		return
	}
	value, ok := comparison.Y.(store.Literal)
	op := comparison.Op
	if !ok { // the value is on the left
		value, ok = comparison.X.(store.Literal)
		op = mirrored[op]
	}
	if !ok || value.Value.Kind != store.KindText {
		return
	}
	id := value.Value.Text
	switch op {
	case store.Eq:
		b.from(id, true)
		b.to(id, true)
	case store.Gt, store.Ge:
		b.from(id, op == store.Ge)
	case store.Lt, store.Le:
		b.to(id, op == store.Le)
	}
}

// mirrored has the operator that says the same with its operands exchanged.
var mirrored = map[store.Operator]store.Operator{
	store.Eq: store.Eq, store.Gt: store.Lt, store.Ge: store.Le, store.Lt: store.Gt, store.Le: store.Ge,
}
