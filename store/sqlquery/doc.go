// Package sqlquery owns what a store.Query means in SQL, and what a row holds of a
// statistic; it leaves alone how the SQL is run, and the schema but for the names of
// its columns.
//
//	filter -> fold -> conjuncts -+-> WHERE: what SQL evaluates exactly as Go does
//	                             +-> Residue: the rest, for store.Match on each row
//	order, position, skip, limit -> ORDER BY, WHERE, OFFSET, LIMIT
//
// The rule is: a conjunct goes to SQL whole, if SQL keeps exactly the rows that
// store.Match keeps, on every database, or it stays whole in Go. SQL compares,
// searches texts and combines; it does not calculate (integers overflow in one way
// here and in another there), fold case or trim (which differs by database, locale
// and version of Unicode). Values are parameters, never text in the SQL.
//
// The columns of texts must compare by bytes: BINARY in SQLite, which is its default,
// COLLATE "C" in PostgreSQL.
package sqlquery
