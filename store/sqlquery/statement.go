package sqlquery

import (
	"math"

	"afterhours/store"
	"afterhours/store/edm"
)

// Dialect is what differs between databases.
type Dialect struct {
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

// List returns the statement for a page of the owner's statistics: these columns,
// in the order of the page.
func (d Dialect) List(columns string, owner store.Owner, query store.Query) Statement {
	filter := d.translate(query.Filter)
	w := &writer{dialect: d}
	w.write("SELECT "+columns+" FROM statistics", ofOwner(owner), filter.conditions)
	w.behind(query.Order, query.After, filter.present)
	w.orderBy(query.Order)
	if filter.residue != nil {
		return w.statement(filter.residue, query.Skip, query.Limit)
	}
	w.write(" LIMIT ", parameter{int64(query.Limit)}, " OFFSET ", parameter{int64(query.Skip)})
	return w.statement(nil, 0, query.Limit)
}

// Count returns the statement that counts what the filter keeps: one row with the
// count, or, if there is a residue, these columns of the rows of which to count
// those that it keeps.
func (d Dialect) Count(columns string, owner store.Owner, filter store.Expr) Statement {
	translated := d.translate(filter)
	if translated.residue == nil {
		columns = "count(*)"
	}
	w := &writer{dialect: d}
	w.write("SELECT "+columns+" FROM statistics", ofOwner(owner), translated.conditions)
	return w.statement(translated.residue, 0, math.MaxInt)
}

func ofOwner(owner store.Owner) *writer {
	w := &writer{}
	w.write(" WHERE tenant_id = ", parameter{owner.Tenant}, " AND user_id = ", parameter{owner.User})
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
