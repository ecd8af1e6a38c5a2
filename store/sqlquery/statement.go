package sqlquery

import (
	"math"
	"slices"

	"afterhours/store"
	"afterhours/store/edm"
)

// Dialect has the differences between databases.
type Dialect struct {
	// OfOwner is the condition of an owner's rows, with a parameter ? for the tenant and
	// then one for the user.
	OfOwner string
	// Numbered is whether parameters are $1, $2, ...; otherwise each is ?.
	Numbered bool
	// Find is the name of a function that returns the position of the second text in the
	// first, counted from 1, or 0 if the first does not contain it.
	Find string
	// Date returns the parameter for a date. A later date must be greater in SQL.
	Date func(edm.Date) any
}

// Statement is SQL, and the part of the query that is left to do with its rows.
type Statement struct {
	SQL  string
	Args []any
	// Residue is the part of the filter that SQL does not evaluate, nil if there is none.
	// A row counts only if a store.Matcher of it matches the row.
	Residue store.Expr
	// Sorted is the query if SQL does not sort the rows as it asks for, nil if SQL does. Then
	// a store.Sorter sorts those that count.
	Sorted *store.Query
	// Skip is how many of the rows that count to leave out, and Limit how many of the
	// following ones to take. Without a residue the SQL has done both.
	Skip, Limit int
}

// Via is a way to reach the rows. The zero value leaves the choice to the database.
type Via struct {
	// From is the table, with hints about its indexes.
	From string
	// Row, if not empty, is a unique column. If possible, the values of Row on the page
	// are then found through From, and their rows read afterwards. That pays if the
	// database has to sort From.
	Row string
}

func (v Via) from() string {
	if v.From == "" {
		return " FROM statistics"
	}
	return " FROM " + v.From
}

// List returns the statement for these columns of a page of the owner's statistics, in
// the order of the page. The filter must be folded.
func (d Dialect) List(columns string, owner store.Owner, query store.Query, via Via) Statement {
	filter := d.translate(query.Filter)
	if !store.OrderedByProperties(query.Order) {
		return d.unsorted(columns, owner, query, via, filter)
	}
	if via.Row != "" && (filter.residue == nil || len(query.Order) == 0) {
		outer := &writer{dialect: d}
		outer.write("SELECT "+columns+" FROM statistics WHERE "+via.Row+" IN (", d.page(via.Row, owner, query, via, filter), ")")
		outer.orderBy(query.Order)
		return outer.statement(filter.residue, query)
	}
	return d.page(columns, owner, query, via, filter).statement(filter.residue, query)
}

// unsorted returns the statement of a page whose order SQL does not calculate.
func (d Dialect) unsorted(columns string, owner store.Owner, query store.Query, via Via, filter translated) Statement {
	w := &writer{dialect: d}
	w.write("SELECT "+columns+via.from(), d.ofOwner(owner), filter.conditions)
	statement := w.statement(filter.residue, store.Query{Limit: math.MaxInt})
	statement.Sorted = &query
	return statement
}

// page writes the whole statement, with a limit if there is no residue.
func (d Dialect) page(columns string, owner store.Owner, query store.Query, via Via, filter translated) *writer {
	w := &writer{dialect: d}
	w.write("SELECT "+columns+via.from(), d.ofOwner(owner), filter.conditions)
	w.after(query.Order, query.After, filter.present)
	if filter.residue != nil && via.Row != "" && len(query.Order) == 0 {
		return w
	}
	w.orderBy(query.Order)
	if filter.residue == nil {
		w.write(" LIMIT ", parameter{int64(query.Limit)}, " OFFSET ", parameter{int64(query.Skip)})
	}
	return w
}

// Count returns the statement that counts the statistics that the folded filter keeps. Its
// result is one row with the count. If there is a residue, it is these columns of all rows, of
// which the residue keeps those to count.
func (d Dialect) Count(columns string, owner store.Owner, filter store.Expr, via Via) Statement {
	translated := d.translate(filter)
	if translated.residue == nil {
		columns = "count(*)"
	}
	w := &writer{dialect: d}
	w.write("SELECT "+columns+via.from(), d.ofOwner(owner), translated.conditions)
	return w.statement(translated.residue, store.Query{Limit: math.MaxInt})
}

// CountUpTo returns the statement that counts the statistics that the filter keeps, up to
// the limit. The filter must leave no residue.
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

// smallPage is for how many statistics a page has room before it grows. It grows to five times as many, or to the
// whole page: each time costs a copy and garbage.
const smallPage = 16

// Page makes a page of the rows of a statement.
type Page struct {
	residue     *store.Matcher
	sorter      *store.Sorter // nil if SQL sorts
	skip, limit int
	statistics  []store.Statistic
}

// Page returns an empty page for the rows of the statement.
func (s Statement) Page() *Page {
	p := &Page{residue: store.NewMatcher(s.Residue), skip: s.Skip, limit: s.Limit}
	if s.Sorted != nil {
		p.sorter = store.NewSorter(*s.Sorted)
	}
	return p
}

// Add takes the next row and reports whether the page has room for more.
func (p *Page) Add(statistic *store.Statistic) bool {
	switch {
	case !p.residue.Match(statistic):
	case p.sorter != nil:
		row := *statistic
		p.sorter.Add(&row)
	case p.skip > 0:
		p.skip--
	default:
		if held := len(p.statistics); held == cap(p.statistics) {
			p.statistics = slices.Grow(p.statistics, min(p.limit-held, max(smallPage, 4*held)))
		}
		p.statistics = append(p.statistics, *statistic)
	}
	return len(p.statistics) < p.limit
}

// Statistics returns the page after the last row.
func (p *Page) Statistics() []store.Statistic {
	if p.sorter != nil {
		return p.sorter.Page()
	}
	return p.statistics
}
