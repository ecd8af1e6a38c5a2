package sqlite

import (
	"context"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

// dialect is that of SQLite. Dates are texts of the form YYYY-MM-DD, which sort as dates do.
var dialect = sqlquery.Dialect{OfOwner: ofOwner, Find: "instr", Date: sqlquery.DateText}

// List implements store.Store. The page is one moment of the database.
func (s *Store) List(ctx context.Context, owner store.Owner, query store.Query) ([]store.Statistic, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	query.Filter = store.Fold(query.Filter)
	var found []store.Statistic
	run := s.query
	if isShort(query) {
		run = s.queryShort
	}
	err := run(ctx, func(ctx context.Context, on *reader) error {
		via, err := viaList(ctx, on, owner, query)
		if err != nil {
			return err
		}
		statement := dialect.List("id, "+sqlquery.Columns, owner, query, via)
		page := statement.Page()
		err = each(ctx, on, statement, page.Add)
		found = page.Statistics()
		return err
	})
	return translate(ctx, "listing statistics", found, err)
}

// maxShort is the most statistics of a short query. A page of the API has at most 1000, and one more is read.
const maxShort = 1001

// isShort reports whether SQLite reads no more statistics than the page has, which are the next ones in the order of their
// ids.
func isShort(query store.Query) bool {
	return query.Filter == nil && len(query.Order) == 0 && query.Skip == 0 && query.Limit <= maxShort
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, owner store.Owner, filter store.Expr) (int, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	filter = store.Fold(filter)
	statement := dialect.Count("id, "+sqlquery.Columns, owner, filter, viaCount(filter))
	count := 0
	err := s.query(ctx, func(ctx context.Context, on *reader) (err error) {
		if statement.Residue == nil {
			count, err = on.count(ctx, statement)
			return err
		}
		residue := store.NewMatcher(statement.Residue)
		return each(ctx, on, statement, func(statistic *store.Statistic) bool {
			if residue.Match(statistic) {
				count++
			}
			return true
		})
	})
	return translate(ctx, "counting statistics", count, err)
}

// Aggregate implements store.Store.
func (s *Store) Aggregate(ctx context.Context, owner store.Owner, aggregation store.Aggregation) ([]store.Group, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	aggregation.Filter = store.Fold(aggregation.Filter)
	statement := dialect.Aggregate(owner, aggregation, viaCount(aggregation.Filter))
	groups := store.NewGrouper(aggregation)
	var full error
	err := s.query(ctx, func(ctx context.Context, on *reader) error {
		rows, err := on.conn.QueryContext(ctx, statement.SQL, statement.Args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err reports its error
		full, err = statement.Gather(rows, groups, func() bool { return true })
		return err
	})
	if err != nil {
		return nil, failure(ctx, "aggregating statistics", err)
	}
	if full != nil {
		return nil, full
	}
	return groups.Groups()
}

// each calls take for one row after the other until it returns false. All rows are read into
// the same statistic.
func each(ctx context.Context, on *reader, statement sqlquery.Statement, take func(*store.Statistic) bool) error {
	rows, err := on.query(ctx, statement.SQL, statement.Args)
	if err != nil {
		return err
	}
	defer rows.reset()
	var statistic store.Statistic
	var ids pageTexts
	pace := sqlquery.NewPace()
	for {
		if row, err := rows.step(); !row {
			return err
		}
		pace.Row()
		if err := rows.readStatistic(&statistic, &ids); err != nil {
			return err
		}
		if !take(&statistic) {
			return nil
		}
	}
}

// count returns the only column of the only row.
func (r *reader) count(ctx context.Context, statement sqlquery.Statement) (count int, err error) {
	row, err := r.query(ctx, statement.SQL, statement.Args)
	if err != nil {
		return 0, err
	}
	err = row.first(func(p *prepared) error { count = int(p.int()); return nil })
	return count, err
}
