package sqlquery

import (
	"slices"
	"strconv"

	"afterhours/store"
)

// orderBy writes ORDER BY, with the id where the order leaves ties.
func (w *writer) orderBy(order []store.Order) {
	w.write(" ORDER BY ")
	for _, o := range order {
		w.key(o.By)
		w.write(direction(o))
		if o.By == id {
			return // no two have the same
		}
		w.write(", ")
	}
	w.write("id")
}

var id = store.Property{Name: store.PropertyID}

// direction says where nulls stand only for what may be null: in SQLite nothing else
// lets an index serve the order of the ids.
func direction(o store.Order) string {
	direction, nulls := "", " NULLS FIRST"
	if o.Descending {
		direction, nulls = " DESC", " NULLS LAST"
	}
	if neverNull(o.By) {
		return direction
	}
	return direction + nulls
}

// key writes what SQL sorts a property by: the property, but the rank of an activity.
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
	w.property(by) // any other one, but not NULL
	w.write(" THEN " + strconv.Itoa(len(store.Activities)) + " END")
}

// keyOf writes the value that key has for a value of the property.
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

// neverNull says whether the column is NOT NULL.
func neverNull(p store.Property) bool {
	return p.Type == "" && (p.Name == store.PropertyID || p.Name == store.PropertyActivity)
}

// behind writes the condition for what stands behind the position, if there is one:
// for each member of the order, the first one deciding first,
//
//	(key >= value AND (key > value OR ... (id > id)))
//
// of which the first half says nothing new, but is what an index serves. present are
// properties that the filter shows not to be null.
func (w *writer) behind(order []store.Order, after *store.Position, present map[store.Property]bool) {
	if after == nil {
		return
	}
	w.write(" AND ")
	for i, o := range order {
		w.step(o, after.Values[i], neverNull(o.By) || present[o.By])
	}
	w.write("id > ", parameter{after.ID})
	for range order {
		w.write("))")
	}
}

// step writes one member of the order as far as its OR.
func (w *writer) step(o store.Order, value store.Value, present bool) {
	key, at := &writer{dialect: w.dialect}, &writer{dialect: w.dialect}
	key.key(o.By)
	at.keyOf(value)
	null := value.Kind == store.KindNull
	switch {
	case null && o.Descending: // nulls are last: only others of them are behind
		w.write("(", key, " IS NULL AND (")
	case null:
		w.write("((", key, " IS NOT NULL OR ")
	case !o.Descending:
		w.write("(", key, " >= ", at, " AND (", key, " > ", at, " OR ")
	case present:
		w.write("(", key, " <= ", at, " AND (", key, " < ", at, " OR ")
	default: // nulls are behind too
		w.write("((", key, " > ", at, ") IS NOT TRUE AND ((", key, " = ", at, ") IS NOT TRUE OR ")
	}
}
