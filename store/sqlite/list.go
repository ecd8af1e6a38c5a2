package sqlite

import (
	"context"
	"database/sql"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// dialect is SQLite's: dates are texts of the form YYYY-MM-DD, whose order is theirs.
var dialect = sqlquery.Dialect{OfOwner: ofOwner, Find: "instr", Date: dateText}

// List implements store.Store. The page is one moment of the database.
func (s *Store) List(ctx context.Context, owner store.Owner, query store.Query) ([]store.Statistic, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	via, err := s.via(ctx, owner, query)
	if err != nil {
		return nil, failure(ctx, "choosing how to list statistics", err)
	}
	statement := dialect.List("id, "+columns, owner, query, via)
	page := statement.Page()
	err = s.each(ctx, statement, page.Add)
	return answer(ctx, "listing statistics", page.Statistics, err)
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, owner store.Owner, filter store.Expr) (int, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	statement := dialect.Count("id, "+columns, owner, filter, viaCount(filter))
	count := 0
	if statement.Residue == nil {
		err := s.readers.QueryRowContext(ctx, statement.SQL, statement.Args...).Scan(&count)
		return answer(ctx, "counting statistics", count, err)
	}
	err := s.each(ctx, statement, func(statistic *store.Statistic) bool {
		if store.Match(statement.Residue, statistic) {
			count++
		}
		return true
	})
	return answer(ctx, "counting statistics", count, err)
}

// each gives one row after the other to take, until it returns false.
func (s *Store) each(ctx context.Context, statement sqlquery.Statement, take func(*store.Statistic) bool) error {
	rows, err := s.readers.QueryContext(ctx, statement.SQL, statement.Args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // what it could say, Err says
	return eachRow(rows, take)
}

// eachRow scans every row to the same place, as that saves making one for each.
func eachRow(rows *sql.Rows, take func(*store.Statistic) bool) error {
	var statistic store.Statistic
	targets := append([]any{&statistic.ID}, fields(&statistic)...)
	for rows.Next() {
		statistic = store.Statistic{} // what is NULL sets nothing
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if !take(&statistic) {
			return nil
		}
	}
	return rows.Err()
}
