package store

import (
	"fmt"
	"slices"
)

// Matcher matches many statistics with one filter. It keeps exactly those that Match keeps,
// at less cost: it evaluates a constant part once, and a part that the filter has several
// times once for each statistic. It is not safe for concurrent use.
type Matcher struct {
	root *part // nil if every statistic matches
	row  row
}

// row is the statistic to match. Each one has a number of its own, 1 or more.
type row struct {
	*Statistic
	number uint64
}

// part is an expression, made ready to be evaluated for many rows.
type part struct {
	evaluate func(*row) Value // nil for a literal
	// value is the value for the row of the number.
	value  Value
	number uint64
}

// NewMatcher returns a matcher for the filter. The filter must be well typed. Every
// statistic matches the nil filter.
func NewMatcher(filter Expr) *Matcher {
	if filter == nil {
		return &Matcher{}
	}
	return &Matcher{root: parts{}.of(Fold(filter))}
}

// Match reports whether the filter is true for the statistic: neither false nor null.
func (m *Matcher) Match(s *Statistic) bool {
	if m.root == nil {
		return true
	}
	m.row.Statistic = s
	m.row.number++
	return *m.root.of(&m.row) == truth.Value
}

// of returns the value of the part for the row. The caller must not change it.
func (p *part) of(r *row) *Value {
	if p.number != r.number && p.evaluate != nil {
		p.value, p.number = p.evaluate(r), r.number
	}
	return &p.value
}

// parts has the parts of a filter, each by what it is: a Literal, a Property, an IsOf or an
// operation.
type parts map[any]*part

// operation is an operator or a function of other parts. What has less than three operands has no z, or
// neither y nor z.
type operation struct {
	name    any // an Operator or a Func, or else the type of the expression
	x, y, z *part
}

// of returns the part for the expression. Equal expressions have the same part.
func (p parts) of(expr Expr) *part {
	switch x := expr.(type) {
	case Literal:
		return p.add(x, &part{value: x.Value})
	case Property:
		definition := DefinitionOf(x.Name) // found once, and not for each statistic
		return p.add(x, &part{evaluate: func(r *row) Value { return x.of(definition, r.Statistic) }})
	case IsOf:
		return p.add(x, &part{evaluate: func(r *row) Value { return boolValue(r.Type == x.Type) }})
	case Not:
		operand := p.of(x.X)
		return p.add(operation{name: "not", x: operand}, &part{evaluate: func(r *row) Value { return not(*operand.of(r)) }})
	case Negate:
		operand := p.of(x.X)
		return p.add(operation{name: "negate", x: operand}, &part{evaluate: func(r *row) Value { return negate(*operand.of(r)) }})
	case In:
		operand := p.of(x.X)
		return &part{evaluate: func(r *row) Value { return boolValue(slices.Contains(x.List, *operand.of(r))) }}
	case Binary:
		return p.binary(x.Op, p.of(x.X), p.of(x.Y))
	case Function:
		return p.function(x)
	}
	panic(fmt.Sprintf("store: %T is no expression", expr))
}

// add returns the part that has the key, which is the one just made if there was none.
func (p parts) add(key any, made *part) *part {
	if p[key] == nil {
		p[key] = made
	}
	return p[key]
}

func (p parts) binary(op Operator, x, y *part) *part {
	return p.add(operation{name: op, x: x, y: y}, &part{evaluate: func(r *row) Value {
		left := x.of(r)
		if decides(op, left) {
			return *left
		}
		return combine(op, left, y.of(r))
	}})
}

func (p parts) function(f Function) *part {
	operands := [3]*part{}
	for i, arg := range f.Args {
		operands[i] = p.of(arg)
	}
	value := evaluator(f)
	return p.add(operation{f.Func, operands[0], operands[1], operands[2]}, &part{evaluate: func(r *row) Value {
		var args arguments
		for i, operand := range operands[:len(f.Args)] {
			if args[i] = operand.of(r); args[i].Kind == KindNull {
				return Value{}
			}
		}
		return value(args)
	}})
}

// evaluator returns what evaluates the function for many statistics.
func evaluator(f Function) func(arguments) Value {
	if f.Func == MatchesPattern {
		pattern := compiled(f)
		return func(args arguments) Value { return boolValue(pattern.Match(args[0].Text)) }
	}
	if reuse := reusing[f.Func]; reuse != nil {
		text := new(scratch)
		return func(args arguments) Value { return reuse(text, args) }
	}
	return functions[f.Func]
}
