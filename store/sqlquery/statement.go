package sqlquery

import (
	"math"

	"afterhours/store"
	"afterhours/store/edm"
)

// Dialect is what differs between databases.
type Dialect struct {
	// OfOwner is the condition of an owner's rows, with a parameter ? for the tenant
	// and one behind it for the user.
	OfOwner string
	// Numbered is whether parameters are $1, $2, ...; otherwise each is ?.
	Numbered bool
	// Find names the function of two texts that returns where in the first the
	// second begins, counted from 1, or 0 if it does not occur there.
	Find string
	// Date returns the parameter for a date; a later one must be greater in SQL.
	Date func(edm.Date) any
}

// Statement is SQL to run, and what is left to do with its rows.
type Statement struct {
	SQL  string
	Args []any
	// Residue is what SQL left of the filter, nil if nothing: a row counts only if
	// store.Match of it says so.
	Residue store.Expr
	// Skip and Limit are how many of the rows that count to leave out, and how many
	// to take of those behind. Without a residue the SQL has done both.
	Skip, Limit int
}

// Via is how to reach the rows: the zero value leaves that to the database.
type Via struct {
	// From is the table, with what the database is to be told about its indexes.
	From string
	// Row, if not empty, is the column of what tells one row from all others: those of
	// the page are then found through From, where that is possible, and read after
	// that. It pays where From has to be sorted.
	Row string
}

func (v Via) from() string {
	if v.From == "" {
		return " FROM statistics"
	}
	return " FROM " + v.From
}

// List returns the statement for a page of the owner's statistics: these columns,
// in the order of the page.
func (d Dialect) List(columns string, owner store.Owner, query store.Query, via Via) Statement {
	filter := d.translate(query.Filter)
	if via.Row != "" && (filter.residue == nil || len(query.Order) == 0) {
		outer := &writer{dialect: d}
		outer.write("SELECT "+columns+" FROM statistics WHERE "+via.Row+" IN (", d.page(via.Row, owner, query, via, filter), ")")
		outer.orderBy(query.Order)
		return outer.statement(filter.residue, query)
	}
	return d.page(columns, owner, query, via, filter).statement(filter.residue, query)
}

// page writes the whole statement, with a limit if there is no residue.
func (d Dialect) page(columns string, owner store.Owner, query store.Query, via Via, filter translated) *writer {
	w := &writer{dialect: d}
	w.write("SELECT "+columns+via.from(), d.ofOwner(owner), filter.conditions)
	w.behind(query.Order, query.After, filter.present)
	if filter.residue != nil && via.Row != "" && len(query.Order) == 0 {
		return w
	}
	w.orderBy(query.Order)
	if filter.residue == nil {
		w.write(" LIMIT ", parameter{int64(query.Limit)}, " OFFSET ", parameter{int64(query.Skip)})
	}
	return w
}

// Count returns the statement that counts what the filter keeps: one row with the
// count, or, if there is a residue, these columns of the rows of which to count
// those that it keeps.
func (d Dialect) Count(columns string, owner store.Owner, filter store.Expr, via Via) Statement {
	translated := d.translate(filter)
	if translated.residue == nil {
		columns = "count(*)"
	}
	w := &writer{dialect: d}
	w.write("SELECT "+columns+via.from(), d.ofOwner(owner), translated.conditions)
	return w.statement(translated.residue, store.Query{Limit: math.MaxInt})
}

// CountUpTo returns the statement that counts what the filter keeps, but not further
// than the limit; the filter must leave no residue.
func (d Dialect) CountUpTo(limit int, owner store.Owner, filter store.Expr, via Via) Statement {
	w := &writer{dialect: d}
	w.write("SELECT count(*) FROM (SELECT 1"+via.from(), d.ofOwner(owner), d.translate(filter).conditions, " LIMIT ", parameter{int64(limit)}, ") AS counted")
	return w.statement(nil, store.Query{})
}

func (d Dialect) ofOwner(owner store.Owner) *writer {
	w := &writer{dialect: d}
	w.write(" WHERE " + d.OfOwner)
	w.args = append(w.args, owner.Tenant, owner.User)
	return w
}

// Page takes the rows of a statement, in their order, to what a page of them is.
type Page struct {
	residue     store.Expr
	skip, limit int
	Statistics  []store.Statistic
}

// Page returns an empty page for the rows of the statement.
func (s Statement) Page() *Page {
	return &Page{residue: s.Residue, skip: s.Skip, limit: s.Limit}
}

// Add takes the next row, and returns false when the page is full.
func (p *Page) Add(statistic *store.Statistic) bool {
	switch {
	case !store.Match(p.residue, statistic):
	case p.skip > 0:
		p.skip--
	default:
		p.Statistics = append(p.Statistics, *statistic)
	}
	return len(p.Statistics) < p.limit
}
