package store

import (
	"cmp"
	"slices"
	"strings"
)

// Activities are the members of analyticsActivityType in the order of Graph's
// enumeration, which is their order in an $orderby.
var Activities = []Activity{"Email", "Meeting", "Focus", "Chat", "Call"}

// Compare returns -1, 0 or +1 as a stands before, with or behind b in an ascending
// order. Null is before every value; an activity that is not Graph's is behind all
// that are. Values of two kinds, which no well-typed query compares, are in the
// order of their kinds.
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

// CompareBy returns -1, 0 or +1 as a stands before, with or behind b in the order,
// where the id decides last; 0 only if their ids are the same.
func CompareBy(order []Order, a, b *Statistic) int {
	for _, o := range order {
		if decided := o.compare(a.Value(o.By), b.Value(o.By)); decided != 0 {
			return decided
		}
	}
	return strings.Compare(a.ID, b.ID)
}

// PositionOf returns where the statistic stands in the order.
func PositionOf(order []Order, s *Statistic) Position {
	p := Position{ID: s.ID}
	for _, o := range order {
		p.Values = append(p.Values, s.Value(o.By))
	}
	return p
}

// Before says whether the statistic stands behind the position, which must have a
// value for each member of the order; what stands at it is not behind it.
func (p *Position) Before(order []Order, s *Statistic) bool {
	for i, o := range order {
		if decided := o.compare(p.Values[i], s.Value(o.By)); decided != 0 {
			return decided < 0
		}
	}
	return p.ID < s.ID
}
