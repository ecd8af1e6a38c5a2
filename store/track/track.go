// Package track owns how a database finds what has changed of an owner's statistics. It leaves alone the
// SQL, which differs (sqlite, postgres).
//
//	statistics   id, revision            what is
//	tracked      id, revision, position  what was when it was last compared
//	marks        number, stamp, position, made_at
//
// A write does not know of this: its revision, which its key has never had before, tells. So tracking
// costs a write nothing, and cannot miss one, whoever makes it. Track compares the tables, gives each
// difference the owner's next position, and makes a mark of the last one. What lies between two marks
// are the positions between theirs.
package track

import (
	"context"
	"math/rand/v2"
	"time"

	"afterhours/store"
)

// Tables is a database. Its methods are for one owner, and may be called concurrently.
type Tables interface {
	// Differing returns up to limit ids after an id, in byte order, whose statistic has another revision
	// than the tracked one. If deleted is true, these are ids that are tracked as stored and have no statistic.
	Differing(ctx context.Context, deleted bool, after string, limit int) ([]string, error)
	// Record gives those of the ids that still differ the next positions, in one step.
	Record(ctx context.Context, ids []string) error
	// Newest returns the newest mark, if no id has a position after it. An owner of whom nothing is
	// tracked has the zero Mark. Otherwise the error is store.ErrForgotten.
	Newest(ctx context.Context) (store.Mark, error)
	// Mark returns what Newest returns, or a new mark of the last position. Then it forgets, in the same step,
	// the marks that are too old or too many. At most one call makes a mark of one position.
	Mark(ctx context.Context, now time.Time) (store.Mark, error)
	// Position returns the position of a mark, or store.ErrForgotten.
	Position(ctx context.Context, mark store.Mark) (int64, error)
	// Between returns up to limit ids with positions after since and up to until, in their order. It leaves out the
	// ids that are tracked as deleted if deleted is false. Each has the tracked revision, and nothing else of
	// its statistic.
	Between(ctx context.Context, since, until int64, deleted bool, limit int) ([]store.Tracked, error)
	// Stored calls take, which returns true, for each statistic that is stored under one of the ids.
	Stored(ctx context.Context, ids []string, take func(*store.Statistic) bool) error
}

// batch is how many ids are recorded in one step. The writer of sqlite does nothing else meanwhile.
const batch = 500

// Track does what store.Store promises.
func Track(ctx context.Context, tables Tables, now time.Time) (store.Mark, error) {
	found := false
	for _, deleted := range []bool{false, true} {
		for after := ""; ; {
			ids, err := tables.Differing(ctx, deleted, after, batch)
			if err != nil {
				return store.Mark{}, err
			}
			if len(ids) == 0 {
				break
			}
			if err := tables.Record(ctx, ids); err != nil {
				return store.Mark{}, err
			}
			found, after = true, ids[len(ids)-1]
			if len(ids) < batch {
				break
			}
		}
	}
	if !found {
		if newest, err := tables.Newest(ctx); err != store.ErrForgotten { // most polls end here, without a write
			return newest, err
		}
	}
	return tables.Mark(ctx, now)
}

// Changes does what store.Store promises.
func Changes(ctx context.Context, tables Tables, span store.Span, limit int) ([]store.Tracked, error) {
	since, err := position(ctx, tables, span.Since)
	if err != nil {
		return nil, err
	}
	until, err := position(ctx, tables, span.Until)
	if err != nil {
		return nil, err
	}
	found, err := tables.Between(ctx, max(since, span.After), until, span.Since != store.Mark{}, limit)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	// What is tracked as deleted stays so, even if it is stored again: if it was deleted once more before the
	// next Track, no later span would tell.
	var ids []string
	for i := range found {
		if found[i].Statistic.Revision != store.NoRevision {
			ids = append(ids, found[i].ID)
		}
		found[i].Statistic = store.Statistic{}
	}
	if err := tables.Stored(ctx, ids, into(found)); err != nil {
		return nil, err
	}
	// Deleted ids are forgotten together with the marks before them: if the mark is still known, none
	// was missing.
	_, err = position(ctx, tables, span.Since)
	if err != nil {
		return nil, err
	}
	return found, nil
}

func position(ctx context.Context, tables Tables, mark store.Mark) (int64, error) {
	if mark == (store.Mark{}) {
		return 0, nil
	}
	return tables.Position(ctx, mark)
}

// Next returns the mark after another one.
func Next(newest store.Mark) store.Mark {
	return store.Mark{Number: newest.Number + 1, Stamp: 1 + rand.Int64N(1<<62)}
}

// Due reports whether it is time to forget marks. Forgetting reads all deleted ids, so it waits until a day's
// marks are too old, many marks were made, or many ids were recorded since the last mark.
func Due(oldest, now time.Time, made store.Mark, recorded int64) bool {
	return now.Sub(oldest) > store.MarkRetention+24*time.Hour || made.Number%256 == 0 || recorded >= 1000
}

// into returns a function that puts a stored statistic to its id. The function returns true.
func into(of []store.Tracked) func(*store.Statistic) bool {
	at := make(map[string]int, len(of))
	for i := range of {
		at[of[i].ID] = i
	}
	return func(statistic *store.Statistic) bool {
		if i, ok := at[statistic.ID]; ok {
			of[i].Statistic = *statistic
		}
		return true
	}
}
