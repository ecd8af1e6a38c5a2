package sqlquery

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"afterhours/store"
)

// writer writes SQL with its parameters. The parameters are question marks until
// statement numbers them; no other question mark can occur.
type writer struct {
	dialect Dialect
	sql     strings.Builder
	args    []any
	// refused is set if SQL would not evaluate the expression as Go does. Then the SQL
	// must not be used.
	refused bool
}

// parameter is a value that is sent apart from the text of the SQL.
type parameter struct{ value any }

// write writes its parts one after the other: a string as it is, a parameter, the value of
// an expression, or the SQL of another writer.
func (w *writer) write(parts ...any) {
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			w.sql.WriteString(part)
		case parameter:
			w.sql.WriteByte('?')
			w.args = append(w.args, part.value)
		case *writer:
			w.sql.WriteString(part.sql.String())
			w.args = append(w.args, part.args...)
		case store.Expr:
			w.value(part)
		default:
			panic(fmt.Sprintf("sqlquery: %T is no part of SQL", part))
		}
	}
}

func (w *writer) refuse() { w.refused = true }

// statement returns the SQL, with the residue and, if there is one, the query's skip.
func (w *writer) statement(residue store.Expr, query store.Query) Statement {
	s := Statement{SQL: w.sql.String(), Args: w.args, Residue: residue, Limit: query.Limit}
	if residue != nil {
		s.Skip = query.Skip
	}
	if w.dialect.Numbered {
		s.SQL = numbered(s.SQL)
	}
	return s
}

func numbered(sql string) string {
	pieces := strings.Split(sql, "?")
	var text strings.Builder
	for i, piece := range pieces {
		if i > 0 {
			text.WriteByte('$')
			text.WriteString(strconv.Itoa(i))
		}
		text.WriteString(piece)
	}
	return text.String()
}

// value writes an expression that has the same value in SQL as in Go, NULL for null.
func (w *writer) value(expr store.Expr) {
	switch x := expr.(type) {
	case store.Literal:
		w.literal(x.Value)
	case store.Property:
		w.property(x)
	case store.Function:
		if x.Func == store.TotalSeconds { // store.Value.Number counts ticks
			w.value(x.Args[0])
			return
		}
		w.condition(x)
	default:
		w.condition(x)
	}
}

func (w *writer) literal(value store.Value) {
	switch value.Kind {
	case store.KindNull:
		w.write("NULL")
	case store.KindBool:
		w.write(strings.ToUpper(strconv.FormatBool(value.Bool)))
	case store.KindNumber:
		w.write(parameter{value.Number})
	case store.KindText, store.KindActivity:
		if !utf8.ValidString(value.Text) || strings.Contains(value.Text, "\x00") {
			w.refuse() // databases differ in how they treat such a parameter
		}
		w.write(parameter{value.Text})
	case store.KindDate:
		w.write(parameter{w.dialect.Date(value.Date)})
	case store.KindDuration:
		w.write(parameter{int64(value.Duration)})
	default:
		w.refuse()
	}
}

// property writes the column, or NULL for statistics of another type.
func (w *writer) property(property store.Property) {
	definition := store.DefinitionOf(property.Name)
	if definition == nil {
		w.refuse()
		return
	}
	if property.Type == "" {
		w.write(definition.Column)
		return
	}
	w.write("CASE WHEN type = ", parameter{string(property.Type)}, " THEN "+definition.Column+" END")
}
