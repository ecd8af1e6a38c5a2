package sqlquery

import (
	"slices"
	"strings"
	"unicode/utf8"

	"afterhours/store"
)

// Limits of the SQL. Go evaluates a conjunct beyond them. SQLite takes expressions 1000
// deep and 32,766 parameters.
const (
	maxDepth      = 200
	maxParameters = 10_000
)

var (
	null  = store.Literal{}
	truth = store.Literal{Value: store.Value{Kind: store.KindBool, Bool: true}}
)

// translated is a filter that is split between SQL and Go.
type translated struct {
	// conditions are SQL that follows other conditions: each begins with AND.
	conditions *writer
	residue    store.Expr // for Go, nil if SQL takes all
	// present are properties that are not null if the conditions are true.
	present map[store.Property]bool
}

// translate splits a folded filter at its topmost ands into conditions for SQL and the residue.
func (d Dialect) translate(filter store.Expr) translated {
	t := translated{conditions: &writer{dialect: d}, present: make(map[store.Property]bool)}
	for _, conjunct := range conjuncts(filter) {
		w := &writer{dialect: d}
		if fits(conjunct, maxDepth) {
			w.keep(conjunct)
		} else {
			w.refuse()
		}
		switch {
		case conjunct == truth:
		case !w.refused && len(t.conditions.args)+len(w.args) <= maxParameters:
			t.conditions.write(" AND ", w)
			t.note(conjunct)
		case t.residue == nil:
			t.residue = conjunct
		default:
			t.residue = store.Binary{Op: store.And, X: t.residue, Y: conjunct}
		}
	}
	return t
}

// conjuncts returns the operands of the topmost ands, none for nil.
func conjuncts(expr store.Expr) []store.Expr {
	if expr == nil {
		return nil
	}
	if b, ok := expr.(store.Binary); ok && b.Op == store.And {
		return append(conjuncts(b.X), conjuncts(b.Y)...)
	}
	return []store.Expr{expr}
}

// note notes a property that is compared with a value: it is not null if the conjunct is
// true.
func (t *translated) note(conjunct store.Expr) {
	b, ok := conjunct.(store.Binary)
	if !ok || b.Op == store.Ne || store.KindOf(b.X) == store.KindNull || store.KindOf(b.Y) == store.KindNull {
		return
	}
	x, xIsProperty := b.X.(store.Property)
	y, yIsProperty := b.Y.(store.Property)
	if b.Op == store.Eq && xIsProperty == yIsProperty {
		return // two properties may both be null
	}
	if xIsProperty {
		t.present[x] = true
	}
	if yIsProperty {
		t.present[y] = true
	}
}

// fits reports whether the expression is at most so deep.
func fits(expr store.Expr, depth int) bool {
	if depth == 0 {
		return false
	}
	switch x := expr.(type) {
	case store.Not:
		return fits(x.X, depth-1)
	case store.In:
		return fits(x.X, depth-1)
	case store.Binary:
		return fits(x.X, depth-1) && fits(x.Y, depth-1)
	case store.Function:
		return !slices.ContainsFunc(x.Args, func(arg store.Expr) bool { return !fits(arg, depth-1) })
	}
	return true
}

// keep writes a condition that is true exactly if the expression is true. Otherwise it may
// be false or NULL. It writes comparisons bare, so that indexes serve them.
func (w *writer) keep(expr store.Expr) {
	switch x := expr.(type) {
	case store.Binary:
		switch x.Op {
		case store.And, store.Or:
			w.write("(")
			w.keep(x.X)
			w.write(" " + strings.ToUpper(string(x.Op)) + " ")
			w.keep(x.Y)
			w.write(")")
			return
		case store.Gt, store.Ge, store.Lt, store.Le:
			w.compare(x)
			return
		case store.Eq:
			if isValue(x.X) || isValue(x.Y) {
				w.compare(x)
				return
			}
		}
	case store.In:
		if !slices.Contains(x.List, store.Value{}) {
			w.oneOf(x.X, x.List)
			return
		}
	}
	w.condition(expr)
}

// isValue reports whether the expression is a literal that is not null.
func isValue(expr store.Expr) bool {
	literal, ok := expr.(store.Literal)
	return ok && literal.Value.Kind != store.KindNull
}

// condition writes a boolean that is true, false or NULL if the expression is true, false
// or null. It may therefore be negated and compared.
func (w *writer) condition(expr store.Expr) {
	switch x := expr.(type) {
	case store.Literal:
		w.literal(x.Value)
	case store.Not: // NOT, AND and OR are three-valued in SQL as in OData
		w.write("(NOT ")
		w.condition(x.X)
		w.write(")")
	case store.Binary:
		w.binary(x)
	case store.In:
		w.in(x)
	case store.Function:
		w.function(x)
	case store.IsOf:
		w.write("(type = ", parameter{string(x.Type)}, ")")
	default:
		w.refuse()
	}
}

func (w *writer) binary(b store.Binary) {
	switch b.Op {
	case store.And, store.Or:
		w.write("(")
		w.condition(b.X)
		w.write(" " + strings.ToUpper(string(b.Op)) + " ")
		w.condition(b.Y)
		w.write(")")
	case store.Gt, store.Ge, store.Lt, store.Le: // false if an operand is null
		w.write("(")
		w.compare(b)
		w.write(" IS TRUE)")
	case store.Eq:
		w.equal(b, " IS NULL)", " IS NOT DISTINCT FROM ")
	case store.Ne:
		w.equal(b, " IS NOT NULL)", " IS DISTINCT FROM ")
	default:
		w.refuse()
	}
}

// compare writes a comparison that is NULL if an operand is NULL, as SQL has it.
func (w *writer) compare(b store.Binary) {
	operator, kind := sqlOperators[b.Op], store.KindOf(b.X)
	ordered := kind != store.KindBool && kind != store.KindActivity
	if kind == store.KindNull || kind != store.KindOf(b.Y) || !ordered && b.Op != store.Eq {
		w.refuse()
		return
	}
	w.write("(", b.X, operator, b.Y, ")")
}

var sqlOperators = map[store.Operator]string{
	store.Eq: " = ", store.Gt: " > ", store.Ge: " >= ", store.Lt: " < ", store.Le: " <= ",
}

// equal writes whether the operands are equal, or differ. Null equals null.
func (w *writer) equal(b store.Binary, toNull, toValue string) {
	switch {
	case b.Y == null:
		w.write("(", b.X, toNull)
	case b.X == null:
		w.write("(", b.Y, toNull)
	case store.KindOf(b.X) == store.KindNull || store.KindOf(b.X) != store.KindOf(b.Y):
		w.refuse()
	default:
		w.write("(", b.X, toValue, b.Y, ")")
	}
}

// in writes whether the operand is in the list. Null equals null.
func (w *writer) in(in store.In) {
	values := slices.DeleteFunc(slices.Clone(in.List), func(v store.Value) bool { return v == store.Value{} })
	w.write("(")
	if len(values) == 0 {
		w.write("FALSE")
	} else {
		w.oneOf(in.X, values)
		w.write(" IS TRUE")
	}
	if len(values) < len(in.List) {
		w.write(" OR ", in.X, " IS NULL")
	}
	w.write(")")
}

// oneOf writes whether the operand is one of values that are not null.
func (w *writer) oneOf(x store.Expr, values []store.Value) {
	if len(values) == 0 || store.KindOf(x) == store.KindNull {
		w.refuse()
		return
	}
	w.write("(", x, " IN ")
	separator := "("
	for _, value := range values {
		if value.Kind != store.KindOf(x) {
			w.refuse()
		}
		w.write(separator, store.Literal{Value: value})
		separator = ", "
	}
	w.write("))")
}

// function writes a function of two texts.
func (w *writer) function(f store.Function) {
	if len(f.Args) != 2 || store.KindOf(f.Args[0]) != store.KindText || store.KindOf(f.Args[1]) != store.KindText {
		w.refuse()
		return
	}
	x, y := f.Args[0], f.Args[1]
	switch f.Func {
	case store.Contains:
		w.write("("+w.dialect.Find+"(", x, ", ", y, ") > 0)")
	case store.StartsWith:
		w.startsWith(x, y)
	case store.EndsWith:
		w.write("(length(", x, ") >= length(", y, ") AND substr(", x, ", length(", x, ") - length(", y, ") + 1) = ", y, ")")
	default:
		w.refuse()
	}
}

// startsWith writes a range if the prefix is a literal, because an index serves ranges: in
// the order of bytes, the texts with a prefix are those from it up to the next prefix.
func (w *writer) startsWith(x, prefix store.Expr) {
	literal, constant := prefix.(store.Literal)
	if !constant {
		w.write("("+w.dialect.Find+"(", x, ", ", prefix, ") = 1)")
		return
	}
	w.write("(", x, " >= ", prefix)
	if next, ok := successor(literal.Value.Text); ok {
		w.write(" AND ", x, " < ", parameter{next})
	}
	w.write(")")
}

// successor returns the least text that is greater than all texts with the prefix, if
// there is one. Texts are valid UTF-8, whose bytes are in the order of code points.
func successor(prefix string) (string, bool) {
	for prefix != "" {
		last, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch last {
		case utf8.MaxRune: // has no successor: change the character before it
		case 0xD7FF: // surrogates follow, which UTF-8 does not have
			return prefix + "\uE000", true
		default:
			return prefix + string(last+1), true
		}
	}
	return "", false
}
