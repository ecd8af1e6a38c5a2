package store

import (
	"encoding/binary"
	"maps"
	"slices"
)

// Grouper makes the groups of an aggregation out of statistics that come in any order. It does
// not evaluate the filter. It is the definition of what every store's Aggregate returns.
type Grouper struct {
	aggregation Aggregation
	groups      map[string]*group
	// key is the memory of the encoded keys of one statistic.
	key []byte
	// held counts the groups and distinct values, and text the bytes of their texts.
	held, text int
}

type group struct {
	keys    []Value
	count   int64
	folders []folder
}

// NewGrouper returns a Grouper without groups.
func NewGrouper(a Aggregation) *Grouper {
	return &Grouper{aggregation: a, groups: map[string]*group{}}
}

// Add adds a statistic. The error is a *GroupsError.
func (g *Grouper) Add(s *Statistic) error { return g.AddSome(s, 1, nil) }

// AddSome adds several statistics. Those properties that the aggregation reads are the same in
// all of them, and s has them. Instead of the values of an aggregate, there may be their
// Summary: known has one for each aggregate, nil for none. The error is a *GroupsError.
func (g *Grouper) AddSome(s *Statistic, count int64, known []*Summary) error {
	return g.add(func(expr Expr) Value { return Evaluate(expr, s) }, count, known)
}

func (g *Grouper) add(value func(Expr) Value, count int64, known []*Summary) error {
	in, err := g.group(value)
	if err != nil {
		return err
	}
	in.count += count
	for i, aggregate := range g.aggregation.Aggregates {
		switch {
		case aggregate.Method == CountAll:
		case known != nil && known[i] != nil:
			in.folders[i].addSummary(known[i])
		default:
			if err := g.fold(&in.folders[i], aggregate.Method, value(aggregate.Of), count); err != nil {
				return err
			}
		}
	}
	return nil
}

// group returns the group of the keys' values.
func (g *Grouper) group(value func(Expr) Value) (*group, error) {
	keys := make([]Value, len(g.aggregation.Keys))
	g.key = g.key[:0]
	for i, key := range g.aggregation.Keys {
		keys[i] = value(key)
		g.key = appendValue(g.key, keys[i])
	}
	if in := g.groups[string(g.key)]; in != nil {
		return in, nil
	}
	in := &group{keys: keys, folders: make([]folder, len(g.aggregation.Aggregates))}
	g.groups[string(g.key)] = in
	return in, g.hold(1, keys...)
}

// fold adds a value that occurs count times to an aggregate.
func (g *Grouper) fold(to *folder, method Method, value Value, count int64) error {
	if value.Kind == KindNull {
		return nil
	}
	switch method {
	case MethodSum, MethodAverage:
		to.addTimes(value, count)
	case MethodMin, MethodMax:
		was := len(to.least.Text) + len(to.greatest.Text)
		to.stretch(value, value)
		g.text += len(to.least.Text) + len(to.greatest.Text) - was
		return g.hold(0)
	case MethodCountDistinct:
		if to.isNew(value) {
			return g.hold(1, value)
		}
	}
	return nil
}

// hold counts what the groups hold. The error is a *GroupsError.
func (g *Grouper) hold(count int, values ...Value) error {
	g.held += count
	for _, value := range values {
		g.text += len(value.Text)
	}
	if g.held > MaxGroups || g.text > MaxGroupText {
		return &GroupsError{}
	}
	return nil
}

// Groups returns the groups in the order of their keys. The error is a *RangeError.
func (g *Grouper) Groups() ([]Group, error) {
	if len(g.aggregation.Keys) == 0 {
		if _, err := g.group(nil); err != nil { // the one group, if it is empty
			return nil, err
		}
	}
	groups := slices.SortedFunc(maps.Values(g.groups), func(a, b *group) int { return slices.CompareFunc(a.keys, b.keys, Compare) })
	rows := make([]Group, len(groups))
	for i, in := range groups {
		rows[i] = slices.Grow(Group(in.keys), len(in.folders))
	}
	for i, aggregate := range g.aggregation.Aggregates {
		for at, in := range groups {
			value, ok := in.folders[i].result(aggregate.Method, in.count)
			if !ok {
				return nil, &RangeError{i}
			}
			rows[at] = append(rows[at], value)
		}
	}
	return rows, nil
}

// appendValue appends a text that is the same for equal values only. It says where it ends.
func appendValue(text []byte, v Value) []byte {
	text = append(text, byte(v.Kind))
	switch v.Kind {
	case KindBool:
		return append(text, byte(rankOfBool(v.Bool)))
	case KindNumber, KindInstant, KindTimeOfDay:
		return binary.AppendVarint(text, v.Number)
	case KindText, KindActivity:
		return append(binary.AppendUvarint(text, uint64(len(v.Text))), v.Text...)
	case KindDate:
		return binary.AppendVarint(text, int64(v.Date))
	case KindDuration:
		return binary.AppendVarint(text, int64(v.Duration))
	}
	return text
}
