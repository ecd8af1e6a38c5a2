package sqlquery

import "afterhours/store"

// Bounds returns the conjuncts of a filter that compare the property with a value by eq,
// gt, ge, lt or le, joined by and, or nil if there are none. A store uses it to choose an
// index.
func Bounds(filter store.Expr, property store.Property) store.Expr {
	var bounds store.Expr
	for _, conjunct := range conjuncts(filter) {
		b, ok := conjunct.(store.Binary)
		if !ok || sqlOperators[b.Op] == "" || !comparesWithValue(b, property) && !isAbsent(b, property) {
			continue
		}
		if bounds == nil {
			bounds = conjunct
		} else {
			bounds = store.Binary{Op: store.And, X: bounds, Y: conjunct}
		}
	}
	return bounds
}

// Fixes reports whether a conjunct of the filter leaves few values of the property, by
// eq, in or startswith.
func Fixes(filter store.Expr, property store.Property) bool {
	for _, conjunct := range conjuncts(filter) {
		switch x := conjunct.(type) {
		case store.Binary:
			if x.Op == store.Eq && comparesWithValue(x, property) {
				return true
			}
		case store.In:
			if x.X == property {
				return true
			}
		case store.Function:
			if x.Func == store.StartsWith && x.Args[0] == property && isValue(x.Args[1]) {
				return true
			}
		}
	}
	return false
}

// FixesType reports whether a conjunct of the filter asks for one type.
func FixesType(filter store.Expr) bool {
	for _, conjunct := range conjuncts(filter) {
		if _, ok := conjunct.(store.IsOf); ok {
			return true
		}
	}
	return false
}

// Equal returns the value that a conjunct of the filter compares the property with by eq,
// and reports whether there is such a conjunct.
func Equal(filter store.Expr, property store.Property) (store.Value, bool) {
	for _, conjunct := range conjuncts(filter) {
		b, ok := conjunct.(store.Binary)
		if !ok || b.Op != store.Eq || !comparesWithValue(b, property) {
			continue
		}
		if value, ok := b.X.(store.Literal); ok {
			return value.Value, true
		}
		return b.Y.(store.Literal).Value, true
	}
	return store.Value{}, false
}

func comparesWithValue(b store.Binary, property store.Property) bool {
	return b.X == property && isValue(b.Y) || isValue(b.X) && b.Y == property
}

// isAbsent reports whether the comparison is property eq null.
func isAbsent(b store.Binary, property store.Property) bool {
	return b.Op == store.Eq && (b.X == property && b.Y == null || b.X == null && b.Y == property)
}
