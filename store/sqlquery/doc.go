// Package sqlquery owns the translation of a store.Query to SQL and of a row to a
// statistic. It leaves alone how the SQL is run, and the schema except for the names of
// its columns.
//
//	filter, folded -> conjuncts -+-> WHERE: conjuncts that SQL evaluates exactly as Go does
//	                             +-> Residue: the rest, for a store.Matcher
//	order, position, skip, limit -> ORDER BY, WHERE, OFFSET, LIMIT
//
// A filter is folded (store.Fold) before it comes here: a part that is constant is then a
// literal, which SQL takes.
//
// The rule is: a conjunct goes to SQL as a whole if SQL keeps exactly the rows that
// store.Match keeps, on every database. Otherwise Go evaluates all of it. SQL compares,
// searches texts and combines. It does not calculate (databases differ in how integers
// overflow), fold case or trim (which differ by database, locale and version of Unicode).
// Values are parameters, never text in the SQL.
//
// The columns of texts must compare by bytes: BINARY in SQLite, which is its default,
// COLLATE "C" in PostgreSQL.
package sqlquery
