package store

import (
	"context"
	"slices"
)

// Transformation makes groups of groups, as one transformation in the text of $apply does. One
// of Filter, Compute and Aggregation is set. In its expressions, a Property without a type is
// the value of a group that has its name.
type Transformation struct {
	// Names are the names of the groups' values.
	Names []PropertyName
	// Filter keeps the groups for which it is true.
	Filter Expr
	// Compute adds the values of these expressions to each group.
	Compute []Expr
	// Aggregation groups the groups. Its Filter is nil.
	Aggregation *Aggregation
}

// Of returns what becomes of the groups, which are not changed. The error is a *GroupsError, a
// *RangeError or the cause of the context's end.
func (t *Transformation) Of(ctx context.Context, groups []Group) ([]Group, error) {
	if t.Aggregation == nil {
		return t.each(ctx, groups)
	}
	g := NewGrouper(*t.Aggregation)
	for _, one := range groups {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if err := g.add(func(expr Expr) Value { return one.Value(t.Names, expr) }, 1, nil); err != nil {
			return nil, err
		}
	}
	return g.Groups()
}

// each returns the groups that the filter keeps, with the computed values.
func (t *Transformation) each(ctx context.Context, groups []Group) ([]Group, error) {
	var result []Group
	for _, one := range groups {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if t.Filter != nil && one.Value(t.Names, t.Filter) != truth.Value {
			continue
		}
		values := slices.Clip(one)
		for _, expr := range t.Compute {
			values = append(values, one.Value(t.Names, expr))
		}
		result = append(result, values)
	}
	return result, nil
}

// Value returns the value of an expression in which a Property is a value of the group. The
// names are those of the values.
func (g Group) Value(names []PropertyName, expr Expr) Value {
	return Evaluate(Substitute(expr, func(p Property) Expr { return Literal{g[slices.Index(names, p.Name)]} }), &Statistic{})
}

// Substitute returns the expression with another expression in place of each Property.
func Substitute(expr Expr, by func(Property) Expr) Expr {
	switch x := expr.(type) {
	case Property:
		return by(x)
	case Not:
		return Not{Substitute(x.X, by)}
	case Negate:
		return Negate{Substitute(x.X, by)}
	case Binary:
		return Binary{x.Op, Substitute(x.X, by), Substitute(x.Y, by)}
	case In:
		return In{Substitute(x.X, by), x.List}
	case Function:
		args := make([]Expr, len(x.Args))
		for i, arg := range x.Args {
			args[i] = Substitute(arg, by)
		}
		return Function{x.Func, args}
	}
	return expr // a Literal or an IsOf
}
