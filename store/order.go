package store

import (
	"cmp"
	"slices"
	"strings"
)

// Activities are the members of analyticsActivityType in the order of Graph's
// enumeration, which is their order in an $orderby.
var Activities = []Activity{"Email", "Meeting", "Focus", "Chat", "Call"}

// Compare returns -1, 0 or +1 as a comes before, with or after b in an ascending order.
// Null comes before every value, and an unknown activity after all of Graph's. Values of
// two kinds, which no well-typed query compares, are in the order of their kinds.
func Compare(a, b Value) int {
	if byKind := cmp.Compare(a.Kind, b.Kind); byKind != 0 {
		return byKind
	}
	switch a.Kind {
	case KindBool:
		return cmp.Compare(rankOfBool(a.Bool), rankOfBool(b.Bool))
	case KindNumber:
		return cmp.Compare(a.Number, b.Number)
	case KindText:
		return strings.Compare(a.Text, b.Text)
	case KindDate:
		return cmp.Compare(a.Date, b.Date)
	case KindDuration:
		return cmp.Compare(a.Duration, b.Duration)
	case KindActivity:
		return cmp.Compare(rankOfActivity(a.Text), rankOfActivity(b.Text))
	}
	return 0
}

func rankOfBool(b bool) int {
	if b {
		return 1
	}
	return 0
}

func rankOfActivity(activity string) int {
	if rank := slices.Index(Activities, Activity(activity)); rank >= 0 {
		return rank
	}
	return len(Activities)
}

func (o Order) compare(a, b Value) int {
	if o.Descending {
		return Compare(b, a)
	}
	return Compare(a, b)
}

// CompareBy returns -1, 0 or +1 as a comes before, with or after b in the order. The id
// decides last, so the result is 0 only if the ids are the same.
func CompareBy(order []Order, a, b *Statistic) int {
	for _, o := range order {
		if decided := o.compare(a.Value(o.By), b.Value(o.By)); decided != 0 {
			return decided
		}
	}
	return strings.Compare(a.ID, b.ID)
}

// PositionOf returns the position of the statistic in the order.
func PositionOf(order []Order, s *Statistic) Position {
	p := Position{ID: s.ID}
	for _, o := range order {
		p.Values = append(p.Values, s.Value(o.By))
	}
	return p
}

// Before reports whether the position comes before the statistic. It is false for a
// statistic at the position. The position must have a value for each member of the order.
func (p *Position) Before(order []Order, s *Statistic) bool {
	for i, o := range order {
		if decided := o.compare(p.Values[i], s.Value(o.By)); decided != 0 {
			return decided < 0
		}
	}
	return p.ID < s.ID
}

// CompareGroups returns -1, 0 or +1 as a comes before, with or after b in the order, of which each
// property is a value of the groups. The names are those of the values.
func CompareGroups(order []Order, names []PropertyName, a, b Group) int {
	for _, o := range order {
		if decided := o.compare(a.Value(names, o.By), b.Value(names, o.By)); decided != 0 {
			return decided
		}
	}
	return 0
}
