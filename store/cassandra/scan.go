package cassandra

import (
	"context"
	"fmt"

	"afterhours/store"
	"afterhours/store/sqlquery"
)

const (
	// pageRows is how many rows a node sends at once, about a megabyte.
	pageRows = 2000
	// countRows is pageRows for rows of which only the id is read.
	countRows = 10_000
	// scanTries is how often a scan begins in all, if others write to the owner meanwhile.
	scanTries = 5
)

var listStatistics = "SELECT " + allColumns + " FROM statistics" + ofOwner

const countStatistics = "SELECT id, grouped FROM statistics" + ofOwner

// moment says of what a scan must be one moment: of groups alone, so that it sees each whole, or of all writes.
type moment func(*row) int64

func ofGroups(r *row) int64 { return r.grouped }
func ofWrites(r *row) int64 { return r.written }

// scan reads the owner's statistics in the order of their ids, all of one moment. begin is called before the
// first one, and again if the scan has to begin anew, as somebody wrote meanwhile. It returns what is called
// for each statistic until it returns false or an error.
func (s *Store) scan(ctx context.Context, doing string, owner store.Owner, within bounds, limit int, of moment, begin func() func(*store.Statistic) (bool, error)) error {
	return s.whole(ctx, doing, func(ctx context.Context) (bool, error) {
		return s.tryScan(ctx, owner, within, limit, of, begin())
	})
}

// whole calls try until it reports that all that it has read is of one moment.
func (s *Store) whole(ctx context.Context, doing string, try func(context.Context) (whole bool, err error)) error {
	return s.attemptFor(ctx, scanTimeout, doing, func(ctx context.Context) error {
		for range scanTries {
			if whole, err := try(ctx); whole || err != nil {
				return err
			}
		}
		return fmt.Errorf("%w: others write to the owner's statistics all the time", store.ErrUnavailable)
	})
}

// tryScan reports whether all that it has read is of one moment.
func (s *Store) tryScan(ctx context.Context, owner store.Owner, within bounds, limit int, of moment, take func(*store.Statistic) (bool, error)) (whole bool, err error) {
	conditions, values := within.conditions()
	rows := s.query(listStatistics+conditions, append([]any{owner.Tenant, owner.User}, values...)...).PageSize(max(1, min(limit, pageRows))).IterContext(ctx)
	defer func() {
		if failed := rows.Close(); err == nil {
			err = failed
		}
	}()
	pace := sqlquery.NewPace()
	var first int64
	for n := 0; ; n++ {
		read := newRow()
		if !rows.Scan(read.targets()...) {
			return true, context.Cause(ctx)
		}
		if n == 0 {
			first = of(read)
		} else if of(read) != first {
			return false, nil
		}
		if read.id == nil {
			return true, nil
		}
		statistic, err := read.statistic()
		if err != nil {
			return true, err
		}
		pace.Row()
		if err := context.Cause(ctx); err != nil {
			return true, err
		}
		if more, err := take(&statistic); !more || err != nil {
			return true, err
		}
	}
}

// tryCount counts the owner's statistics, as tryScan would. A count by the database itself would be one answer, which a
// large owner takes longer for than a node may take.
func (s *Store) tryCount(ctx context.Context, owner store.Owner) (count int, whole bool, err error) {
	var id *string // nil in the only row of a partition that has no statistics
	var grouped, first int64
	whole = true
	rows := s.query(countStatistics, owner.Tenant, owner.User).PageSize(countRows).IterContext(ctx)
	for n := 0; whole && rows.Scan(&id, &grouped); n++ {
		if n == 0 {
			first = grouped
		}
		whole = grouped == first
		if id != nil {
			count++
		}
	}
	return count, whole, rows.Close()
}
