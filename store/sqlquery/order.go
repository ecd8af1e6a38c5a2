package sqlquery

import (
	"slices"
	"strconv"

	"afterhours/store"
)

// orderBy writes ORDER BY, with the id last to break ties. Each member of the order must be a property.
func (w *writer) orderBy(order []store.Order) {
	w.write(" ORDER BY ")
	for _, o := range order {
		w.key(o.By.(store.Property))
		w.write(direction(o))
		if o.By == id {
			return // ids are unique
		}
		w.write(", ")
	}
	w.write("id")
}

var id = store.Property{Name: store.PropertyID}

// direction returns DESC, and the position of nulls if the property may be null. For other
// properties it says nothing of nulls: only then does SQLite serve the order of the ids
// from an index.
func direction(o store.Order) string {
	direction, nulls := "", " NULLS FIRST"
	if o.Descending {
		direction, nulls = " DESC", " NULLS LAST"
	}
	if neverNull(o.By.(store.Property)) {
		return direction
	}
	return direction + nulls
}

// key writes the sort key of a property: the rank of an activity, or else the property.
func (w *writer) key(by store.Property) {
	if by.Name.Kind() != store.KindActivity {
		w.property(by)
		return
	}
	w.write("CASE ")
	w.property(by)
	for rank, activity := range store.Activities {
		w.write(" WHEN ", parameter{string(activity)}, " THEN "+strconv.Itoa(rank))
	}
	w.write(" WHEN ")
	w.property(by) // true for any other activity, but not for NULL
	w.write(" THEN " + strconv.Itoa(len(store.Activities)) + " END")
}

// keyOf writes the sort key for a value of the property.
func (w *writer) keyOf(value store.Value) {
	if value.Kind != store.KindActivity {
		w.literal(value)
		return
	}
	rank := slices.Index(store.Activities, store.Activity(value.Text))
	if rank < 0 {
		rank = len(store.Activities)
	}
	w.write(strconv.Itoa(rank))
}

// neverNull reports whether the column is NOT NULL.
func neverNull(p store.Property) bool {
	return p.Type == "" && (p.Name == store.PropertyID || p.Name == store.PropertyActivity)
}

// after writes the condition for rows after the position, if there is one. For each member
// of the order, the first one outermost, it is
//
//	(key >= value AND (key > value OR ... (id > id)))
//
// The first half is redundant, but an index serves it. present are properties that the
// filter shows not to be null.
func (w *writer) after(order []store.Order, position *store.Position, present map[store.Property]bool) {
	if position == nil {
		return
	}
	w.write(" AND ")
	for i, o := range order {
		by := o.By.(store.Property)
		w.step(o, position.Values[i], neverNull(by) || present[by])
	}
	w.write("id > ", parameter{position.ID})
	for range order {
		w.write("))")
	}
}

// step writes one member of the order up to its OR.
func (w *writer) step(o store.Order, value store.Value, present bool) {
	key, at := &writer{dialect: w.dialect}, &writer{dialect: w.dialect}
	key.key(o.By.(store.Property))
	at.keyOf(value)
	null := value.Kind == store.KindNull
	switch {
	case null && o.Descending: // nulls are last: only other nulls come after
		w.write("(", key, " IS NULL AND (")
	case null:
		w.write("((", key, " IS NOT NULL OR ")
	case !o.Descending:
		w.write("(", key, " >= ", at, " AND (", key, " > ", at, " OR ")
	case present:
		w.write("(", key, " <= ", at, " AND (", key, " < ", at, " OR ")
	default: // nulls come after, too
		w.write("((", key, " > ", at, ") IS NOT TRUE AND ((", key, " = ", at, ") IS NOT TRUE OR ")
	}
}
