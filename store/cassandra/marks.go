package cassandra

import (
	"context"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
	"afterhours/store/track"
)

const (
	listMarks    = "SELECT number, position, made_at FROM feeds" + ofMarks
	forgetMarks  = "DELETE FROM feeds" + ofMarks + " AND number < ?"
	listNewest   = "SELECT revision, number FROM feeds" + ofIndex + " ORDER BY kind DESC, number DESC"
	listToForget = "SELECT id, number, revision FROM feeds" + ofIndex + " AND number <= ?"
)

// forgetAtOnce is how many deleted ids are forgotten in one transaction.
const forgetAtOnce = 500

// Mark implements track.Tables.
func (t *tables) Mark(ctx context.Context, now time.Time) (made store.Mark, err error) {
	var forgotten int64 // deleted ids up to this position
	err = t.change(ctx, "marking changes", func(ctx context.Context, f feed, batch *gocql.Batch) (int64, error) {
		newest, marked, err := t.newest(ctx)
		if made = newest; err != nil || marked == f.last {
			return f.last, err
		}
		made = track.Next(newest)
		batch.Query(addMark, t.of(made.Number, made.Stamp, f.last, now.Unix())...)
		first, err := t.firstKept(ctx, made, now, f.last, f.last-marked)
		if forgotten = first.position; err == nil && first.number != 0 {
			batch.Query(forgetMarks, t.of(first.number)...)
		}
		return f.last, err
	})
	if err == nil && forgotten != 0 {
		err = t.forgetDeleted(ctx, forgotten)
	}
	return made, err
}

// keptMark is the oldest mark that stays. The zero value says that it is not time to forget any.
type keptMark struct{ number, position int64 }

// firstKept returns the oldest mark to keep when a mark is made, after so many ids were recorded since the
// last one.
func (t *tables) firstKept(ctx context.Context, made store.Mark, now time.Time, last, recorded int64) (first keptMark, err error) {
	rows := t.query(listMarks, t.of()...).PageSize(pageRows).IterContext(ctx)
	defer func() {
		if failed := rows.Close(); err == nil {
			err = failed
		}
	}()
	var one keptMark
	var at int64
	oldestDeleted := int64(-1) // not read yet
	for rows.Scan(&one.number, &one.position, &at) {
		if oldestDeleted < 0 {
			if !track.Due(time.Unix(at, 0), now, made, recorded) {
				return keptMark{}, nil
			}
			if oldestDeleted, err = t.oldestDeleted(ctx); err != nil {
				return keptMark{}, err
			}
		}
		if one.number > made.Number-store.MaxMarks && !time.Unix(at, 0).Before(now.Add(-store.MarkRetention)) && one.position >= oldestDeleted {
			return one, nil
		}
	}
	if oldestDeleted < 0 {
		return keptMark{}, nil // the mark is the first one
	}
	return keptMark{made.Number, last}, nil
}

// oldestDeleted returns the position of the last deleted id that need not be kept, 0 if there are not so many.
func (t *tables) oldestDeleted(ctx context.Context) (int64, error) {
	var revision, position int64
	rows := t.query(listNewest, t.of()...).PageSize(pageRows).IterContext(ctx)
	for deleted := 0; rows.Scan(&revision, &position); {
		if revision == 0 {
			if deleted++; deleted > store.MaxDeleted {
				return position, rows.Close()
			}
		}
	}
	return 0, rows.Close()
}

// forgetDeleted forgets the deleted ids up to a position. No mark from before it is known any more, so nobody
// asks for them.
func (t *tables) forgetDeleted(ctx context.Context, until int64) error {
	for more := true; more; {
		err := t.change(ctx, "forgetting deleted ids", func(ctx context.Context, f feed, batch *gocql.Batch) (int64, error) {
			var id string
			var position, revision int64
			forgotten := 0
			rows := t.query(listToForget, t.of(until)...).PageSize(pageRows).IterContext(ctx)
			for forgotten < forgetAtOnce && rows.Scan(&id, &position, &revision) {
				if revision == 0 {
					batch.Query(forgetTracked, t.of(id)...)
					batch.Query(forgetPosition, t.of(position, id)...)
					forgotten++
				}
			}
			more = forgotten == forgetAtOnce
			return f.last, rows.Close()
		})
		if err != nil {
			return err
		}
	}
	return nil
}
