package odata

import (
	"strings"

	"afterhours/store"
)

// applyOption is the option that ParseApply parses.
const applyOption = "$apply"

// maxTransformations is the maximum number of transformations in an $apply. Each works on up to
// store.MaxGroups groups.
const maxTransformations = 16

// Applied is a parsed $apply (OData Data Aggregation 4.0, section 3).
type Applied struct {
	// Aggregation makes groups of statistics.
	Aggregation store.Aggregation
	// Then are the transformations of these groups, the first one first.
	Then []store.Transformation
	// Columns are the values of a group of the result.
	Columns []Column
	// Model has the names of the columns, for $filter, $orderby and $select.
	Model *Model
}

// Column is a value that each group has.
type Column struct {
	Name store.PropertyName
	// Kind is the kind of the values that are not null.
	Kind store.Kind
	// IsDeclared reports whether the column is a property of statistics and not an alias.
	IsDeclared bool
	// IsInteger reports whether the values are whole by their type: Edm.Int32 if IsSmall is true, too,
	// and else Edm.Int64. Other numbers are of the type Edm.Decimal.
	IsInteger, IsSmall bool

	longest int // of a text, in characters
}

// namesOf returns the names of the columns.
func namesOf(columns []Column) []store.PropertyName {
	names := make([]store.PropertyName, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	return names
}

// otherTransformations are the transformations of the standard that this package does not implement.
var otherTransformations = map[string]bool{
	"addnested": true, "ancestors": true, "bottomcount": true, "bottompercent": true, "bottomsum": true, "concat": true,
	"descendants": true, "expand": true, "join": true, "nest": true, "orderby": true, "outerjoin": true, "search": true,
	"skip": true, "top": true, "topcount": true, "toppercent": true, "topsum": true, "traverse": true,
}

// here are the transformations that this package implements.
var here = []string{"aggregate", "compute", "filter", "groupby", "identity"}

// applyParser parses an $apply. The model of the parser has the names that the next
// transformation may use.
type applyParser struct {
	*parser
	declared *Model // the names of statistics
	applied  *Applied
	// computed are the aliases of compute before the first groups, and what they stand for.
	computed map[store.PropertyName]computed
	columns  map[store.PropertyName]Column // of the present names that are aliases
}

// computed is an expression that has no aliases in it, and the number of its nodes.
type computed struct {
	expr  store.Expr
	nodes int
}

// ParseApply parses an $apply: the transformations filter, compute, identity, aggregate and
// groupby, separated by slashes. One of them at least must be aggregate or groupby. The result is
// well typed, as that of ParseFilter. Every error is an *Error.
func (m *Model) ParseApply(text string) (*Applied, error) {
	p, err := m.parse(applyOption, text)
	if err != nil {
		return nil, err
	}
	a := &applyParser{parser: p, declared: m, applied: &Applied{}, computed: map[store.PropertyName]computed{}, columns: map[store.PropertyName]Column{}}
	for count := 0; ; count++ {
		if count == maxTransformations {
			return nil, p.fault(p.next().start, "expected at most %d transformations, found more", maxTransformations)
		}
		if err := a.transformation(); err != nil {
			return nil, err
		}
		if p.next().kind == tokenEnd {
			break
		}
		if err := p.want(tokenSlash, "/ and a transformation, or the end"); err != nil {
			return nil, err
		}
	}
	if !a.isGrouped() {
		return nil, p.notImplemented(len(text), "$apply without aggregate or groupby")
	}
	a.applied.Model = a.model
	return a.applied, nil
}

// isGrouped reports whether there are groups, and no longer statistics.
func (a *applyParser) isGrouped() bool { return a.applied.Model != nil }

// transformation parses one transformation.
func (a *applyParser) transformation() error {
	t := a.next()
	switch name := a.word(t); {
	case name == "identity":
		a.take()
		return nil
	case name == "filter":
		return a.within(t, a.filter)
	case name == "compute":
		return a.within(t, a.compute)
	case name == "aggregate":
		return a.within(t, func() error { return a.aggregate(nil) })
	case name == "groupby":
		return a.within(t, a.groupBy)
	}
	return a.noTransformation(t)
}

// noTransformation returns the error for a token that begins no transformation of this package.
func (a *applyParser) noTransformation(t token) error {
	name := a.word(t)
	if otherTransformations[name] {
		return a.notImplemented(t.start, "the transformation "+name)
	}
	if strings.Contains(name, ".") {
		return a.notImplemented(t.start, "functions as transformations")
	}
	return a.fault(t.start, "expected one of the transformations %s, found %s%s", strings.Join(here, ", "), shown(a.text[t.start:t.end]), nearest(name, here))
}

// within parses the name of a transformation and what it has in parentheses.
func (a *applyParser) within(name token, parse func() error) error {
	a.take()
	if err := a.want(tokenOpen, "( after "+a.word(name)); err != nil {
		return err
	}
	if err := parse(); err != nil {
		return err
	}
	return a.want(tokenClose, ", or )")
}

// list parses one or more items that are separated by commas.
func (a *applyParser) list(item func() error) error {
	for {
		if err := item(); err != nil || !a.accept(tokenComma) {
			return err
		}
	}
}

// filter parses the condition of a filter.
func (a *applyParser) filter() error {
	x, made, err := a.expression()
	if err != nil {
		return err
	}
	before := a.applied.Aggregation.Filter
	switch {
	case x.kind != store.KindBool:
		return a.fault(x.start, "expected a condition such as activity eq 'Call', found %s", a.piece(x))
	case a.isGrouped():
		a.applied.Then = append(a.applied.Then, store.Transformation{Names: namesOf(a.applied.Columns), Filter: made.expr})
	case before != nil:
		a.applied.Aggregation.Filter = store.Binary{Op: store.And, X: before, Y: made.expr}
	default:
		a.applied.Aggregation.Filter = made.expr
	}
	return nil
}

// compute parses expressions with their aliases. An expression cannot use an alias of the same
// compute.
func (a *applyParser) compute() error {
	var columns []Column
	var values []computed
	err := a.list(func() error {
		x, made, err := a.expression()
		if err != nil {
			return err
		}
		if x.kind == store.KindNull || x.kind == kindTypeName {
			return a.fault(x.start, "expected an expression of a certain type, found %s", a.piece(x))
		}
		column, err := a.alias(columns, a.columnOf(x))
		columns, values = append(columns, column), append(values, made)
		return err
	})
	if err != nil {
		return err
	}
	if a.isGrouped() {
		then := store.Transformation{Names: namesOf(a.applied.Columns)}
		for _, value := range values {
			then.Compute = append(then.Compute, value.expr)
		}
		a.applied.Then = append(a.applied.Then, then)
		a.result(append(a.applied.Columns, columns...))
		return nil
	}
	for i, column := range columns {
		a.computed[column.Name], a.columns[column.Name] = values[i], column
	}
	a.model = a.model.withColumns(columns)
	return nil
}

// expression parses an expression. What it returns last has in the place of each alias the
// expression that the alias stands for. It may be large, so that its size is checked again.
func (a *applyParser) expression() (operand, computed, error) {
	before := a.nodes
	x, err := a.binary(1)
	made := computed{x.expr, a.nodes - before}
	if err != nil || x.expr == nil || a.isGrouped() || len(a.computed) == 0 {
		return x, made, err
	}
	store.Substitute(x.expr, func(leaf store.Expr) store.Expr {
		if property, ok := leaf.(store.Property); ok {
			made.nodes += a.computed[property.Name].nodes
		}
		return leaf
	})
	if made.nodes > maxNodes {
		return x, made, a.fault(x.start, "expected at most %d operators, functions and operands with those of the aliases, found %d", maxNodes, made.nodes)
	}
	made.expr = store.Substitute(x.expr, func(leaf store.Expr) store.Expr {
		if property, ok := leaf.(store.Property); ok && a.computed[property.Name].expr != nil {
			return a.computed[property.Name].expr
		}
		return leaf
	})
	return x, made, nil
}
