package odata

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"afterhours/store"
)

// groupBy parses the properties of a groupby and, if there is one, its aggregate.
func (a *applyParser) groupBy() error {
	if err := a.want(tokenOpen, "( and the properties to group by"); err != nil {
		return err
	}
	var keys []Column
	err := a.list(func() error {
		key, err := a.key()
		if err == nil && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := a.want(tokenClose, ", or )"); err != nil {
		return err
	}
	if !a.accept(tokenComma) {
		a.group(keys, nil, nil)
		return nil
	}
	t := a.next()
	switch name := a.word(t); {
	case name == "aggregate":
		err = a.within(t, func() error { return a.aggregate(keys) })
	case slices.Contains(here, name):
		err = a.notImplemented(t.start, name+" within groupby")
	default:
		err = a.noTransformation(t)
	}
	if err == nil && a.next().kind == tokenSlash {
		return a.notImplemented(a.next().start, "several transformations within groupby")
	}
	return err
}

// key parses a property to group by.
func (a *applyParser) key() (Column, error) {
	t := a.take()
	if name := a.word(t); (name == "rollup" || name == "rolluprecursive") && a.next().kind == tokenOpen {
		return Column{}, a.notImplemented(t.start, name+" within groupby")
	}
	found, err := a.path(t)
	if err != nil {
		return Column{}, err
	}
	if found.on != a.model.base {
		return Column{}, a.notImplemented(t.start, "a type in a path of groupby")
	}
	return a.columnOf(operand{expr: store.Property{Name: found.name}, kind: found.kind}), nil
}

// methods are the aggregation methods, and whether values of a kind have it.
var methods = map[store.Method]func(store.Kind) bool{
	store.MethodSum:           isSummable,
	store.MethodAverage:       isSummable,
	store.MethodMin:           isOrdered,
	store.MethodMax:           isOrdered,
	store.MethodCountDistinct: func(kind store.Kind) bool { return kind != store.KindNull && kind != kindTypeName },
}

var methodNames = []string{"average", "countdistinct", "max", "min", "sum"}

// isSummable reports whether values of the kind have a sum. The standard asks for it for numbers
// (3.2.1.3.1) and leaves open whether durations have one.
func isSummable(kind store.Kind) bool { return kind == store.KindDuration || kind == store.KindNumber }

func isOrdered(kind store.Kind) bool {
	return isSummable(kind) || kind == store.KindDate || kind == store.KindText || kind == store.KindInstant || kind == store.KindTimeOfDay
}

// aggregate parses the values of an aggregate, and groups by the keys.
func (a *applyParser) aggregate(keys []Column) error {
	var columns []Column
	var aggregates []store.Aggregate
	err := a.list(func() error {
		aggregate, column, err := a.value()
		if err != nil {
			return err
		}
		column, err = a.alias(columns, column)
		columns, aggregates = append(columns, column), append(aggregates, aggregate)
		return err
	})
	if err == nil {
		a.group(keys, aggregates, columns)
	}
	return err
}

// value parses one value of an aggregate up to its alias.
func (a *applyParser) value() (store.Aggregate, Column, error) {
	if a.word(a.next()) == "$count" {
		a.take()
		return store.Aggregate{Method: store.CountAll}, Column{Kind: store.KindNumber}, nil
	}
	if at := a.countOfPath(); at >= 0 {
		return store.Aggregate{}, Column{}, a.notImplemented(at, "a path before $count")
	}
	x, made, err := a.expression()
	if err != nil {
		return store.Aggregate{}, Column{}, err
	}
	if a.word(a.next()) != "with" {
		return store.Aggregate{}, Column{}, a.expected("with and one of the methods " + strings.Join(methodNames, ", "))
	}
	a.take()
	method, err := a.method(x)
	if err != nil {
		return store.Aggregate{}, Column{}, err
	}
	column := a.columnOf(x)
	column.IsDeclared = false
	if method == store.MethodCountDistinct {
		column = Column{Kind: store.KindNumber}
	}
	if method != store.MethodMin && method != store.MethodMax {
		column.IsInteger, column.IsSmall = false, false
	}
	return store.Aggregate{Method: method, Of: made.expr}, column, nil
}

// countOfPath returns the offset of the $count if the next tokens are path/$count, and -1
// otherwise.
func (a *applyParser) countOfPath() int {
	for at := a.at; a.tokens[at].kind == tokenWord; at += 2 {
		if a.word(a.tokens[at]) == "$count" {
			return a.tokens[at].start
		}
		if a.tokens[at+1].kind != tokenSlash {
			break
		}
	}
	return -1
}

// method parses the method of an operand.
func (a *applyParser) method(x operand) (store.Method, error) {
	t := a.take()
	name := store.Method(a.word(t))
	takes := methods[name]
	switch {
	case takes == nil && strings.Contains(string(name), "."):
		return "", a.notImplemented(t.start, "methods of a service's own")
	case takes == nil:
		return "", a.fault(t.start, "expected one of the methods %s, found %s%s", strings.Join(methodNames, ", "), shown(a.text[t.start:t.end]), nearest(string(name), methodNames))
	case !takes(x.kind):
		return "", a.fault(x.start, "expected a value that has a %s, found %s, of kind %s", name, a.piece(x), kinds[x.kind].name)
	case a.word(a.next()) == "from":
		return "", a.notImplemented(a.next().start, "the keyword from")
	}
	return name, nil
}

// columnOf returns the column of an operand's values.
func (a *applyParser) columnOf(x operand) Column {
	column := Column{Kind: x.kind, IsInteger: x.whole}
	switch expr := x.expr.(type) {
	case store.Property:
		if alias, ok := a.columns[expr.Name]; ok {
			return alias
		}
		column.Name, column.IsDeclared = expr.Name, true
	case store.Function:
		column.IsSmall = x.whole
	}
	if x.kind == store.KindText {
		column.longest = a.model.textOf(x.expr).longest
	}
	return column
}

// maxAlias is the maximum length of an alias in characters (rule odataIdentifier of the ABNF).
const maxAlias = 128

// alias parses the word as and the name of a column, which must be new.
func (a *applyParser) alias(others []Column, column Column) (Column, error) {
	if a.word(a.next()) != "as" {
		return column, a.expected("as and a name for the value")
	}
	a.take()
	t := a.take()
	text := a.text[t.start:t.end]
	if t.kind != tokenWord || strings.ContainsAny(text, ".$@") || utf8.RuneCountInString(text) > maxAlias {
		return column, a.fault(t.start, "expected a name of at most %d letters, digits and underscores, found %s", maxAlias, shown(text))
	}
	name := fold(text)
	_, isDeclared := a.declared.base.properties[name]
	_, isPresent := a.model.base.properties[name]
	if isDeclared || isPresent || slices.ContainsFunc(others, func(other Column) bool { return fold(string(other.Name)) == name }) {
		return column, a.fault(t.start, "expected a name that no property and no other value has, found %s", text)
	}
	column.Name, column.IsDeclared = store.PropertyName(text), false
	return column, nil
}

// group makes groups with the columns of the keys and of the aggregates.
func (a *applyParser) group(keys []Column, aggregates []store.Aggregate, columns []Column) {
	made := store.Aggregation{Aggregates: aggregates}
	for _, key := range keys {
		var expr store.Expr = store.Property{Name: key.Name}
		if value, ok := a.computed[key.Name]; ok && !a.isGrouped() {
			expr = value.expr
		}
		made.Keys = append(made.Keys, expr)
	}
	if a.isGrouped() {
		a.applied.Then = append(a.applied.Then, store.Transformation{Names: namesOf(a.applied.Columns), Aggregation: &made})
	} else {
		made.Filter = a.applied.Aggregation.Filter
		a.applied.Aggregation = made
	}
	a.result(append(keys, columns...))
}

// result sets the columns of the groups, which are the names from now on.
func (a *applyParser) result(columns []Column) {
	a.applied.Columns = slices.Clone(columns)
	clear(a.columns)
	for _, column := range columns {
		a.columns[column.Name] = column
	}
	none := &Model{base: &entityType{name: "the result of $apply"}, example: a.declared.example, activities: a.declared.activities, aliases: a.declared.aliases}
	a.model = none.withColumns(columns)
	a.applied.Model = a.model
}

// withColumns returns the model with the columns as properties of the base type.
func (m *Model) withColumns(columns []Column) *Model {
	more := *m
	base := &entityType{name: m.base.name, properties: maps.Clone(m.base.properties)}
	if base.properties == nil {
		base.properties = map[string]property{}
	}
	more.types, more.maxLengths = maps.Clone(m.types), maps.Clone(m.maxLengths)
	if more.maxLengths == nil {
		more.maxLengths = map[store.PropertyName]int{}
	}
	for _, column := range columns {
		kind := column.Kind
		if column.IsInteger {
			kind = kindWhole
		}
		base.properties[fold(string(column.Name))] = property{column.Name, kind}
		more.maxLengths[column.Name] = column.longest
	}
	if more.types != nil {
		more.types[fold(base.name)] = base
	}
	more.base = base
	return &more
}
