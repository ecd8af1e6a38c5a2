package cassandra

import (
	"context"
	"errors"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
	"afterhours/store/track"
)

const (
	ofTracked = ofOwner + " AND kind = 0 AND number = 0"
	ofIndex   = ofOwner + " AND kind = 1"
	ofMarks   = ofOwner + " AND kind = 2"

	listIDs        = "SELECT id, revision FROM statistics" + ofOwner + " AND id > ?"
	listTracked    = "SELECT id, revision FROM feeds" + ofTracked + " AND id > ?"
	trackedOf      = "SELECT id, revision, position FROM feeds" + ofTracked + " AND id IN ?"
	between        = "SELECT id, number, revision FROM feeds" + ofIndex + " AND number > ? AND number <= ?"
	newestMark     = "SELECT number, stamp, position FROM feeds" + ofMarks + " ORDER BY kind DESC, number DESC LIMIT 1"
	markOf         = "SELECT stamp, position FROM feeds" + ofMarks + " AND number = ?"
	addTracked     = "INSERT INTO feeds (tenant_id, user_id, kind, number, id, revision, position) VALUES (?, ?, 0, 0, ?, ?, ?)"
	addIndex       = "INSERT INTO feeds (tenant_id, user_id, kind, number, id, revision) VALUES (?, ?, 1, ?, ?, ?)"
	addMark        = "INSERT INTO feeds (tenant_id, user_id, kind, number, id, stamp, position, made_at) VALUES (?, ?, 2, ?, '', ?, ?, ?)"
	forgetTracked  = "DELETE FROM feeds" + ofTracked + " AND id = ?"
	forgetPosition = "DELETE FROM feeds" + ofIndex + " AND number = ? AND id = ?"
	getFeed        = "SELECT step, last FROM feeds" + ofOwner + " LIMIT 1"
	moveFeed       = "UPDATE feeds SET step = ?, last = ?" + ofOwner + " IF step = ?"
)

// Track implements store.Store.
func (s *Store) Track(ctx context.Context, owner store.Owner, now time.Time) (store.Mark, error) {
	return track.Track(ctx, &tables{s, owner}, now)
}

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context, owner store.Owner, span store.Span, limit int) ([]store.Tracked, error) {
	return track.Changes(ctx, &tables{s, owner}, span, limit)
}

// tables implements track.Tables for an owner.
type tables struct {
	*Store
	owner store.Owner
}

// of returns the values of a statement that begins with ofOwner.
func (t *tables) of(values ...any) []any {
	return append([]any{t.owner.Tenant, t.owner.User}, values...)
}

// feed is the state of an owner's feed. The step is nil if there is no feed yet.
type feed struct {
	step *int64
	last int64
}

func (t *tables) feed(ctx context.Context) (f feed, err error) {
	err = t.query(getFeed, t.of()...).ScanContext(ctx, &f.step, &f.last)
	if errors.Is(err, gocql.ErrNotFound) {
		return feed{}, nil
	}
	return f, err
}

// change runs a transaction of the feed: prepare adds statements to a batch and returns the last position. It
// runs again if another server changes the feed meanwhile. A batch without statements is not run.
func (t *tables) change(ctx context.Context, doing string, prepare func(ctx context.Context, f feed, batch *gocql.Batch) (last int64, err error)) error {
	return t.attemptFor(ctx, scanTimeout, doing, func(ctx context.Context) error {
		free, err := t.lanes.take(ctx, "feed "+t.owner.Tenant+t.owner.User)
		if err != nil {
			return err
		}
		defer free()
		for {
			f, err := t.feed(ctx) // before what prepare reads: if that changes meanwhile, so does the step
			if err != nil {
				return err
			}
			batch := t.session.Batch(gocql.LoggedBatch)
			last, err := prepare(ctx, f, batch)
			if err != nil || batch.Size() == 0 {
				return err
			}
			next := int64(1)
			if f.step != nil {
				next += *f.step
			}
			batch.Query(moveFeed, next, last, t.owner.Tenant, t.owner.User, f.step)
			if applied, err := execute(ctx, batch); applied || err != nil {
				return err
			}
		}
	})
}

// Differing implements track.Tables. It reads both tables in the order of the ids.
func (t *tables) Differing(ctx context.Context, deleted bool, after string, limit int) (found []string, err error) {
	err = t.attemptFor(ctx, scanTimeout, "comparing with what was tracked", func(ctx context.Context) error {
		statistics := t.revisionsAfter(ctx, listIDs, after)
		tracked := t.revisionsAfter(ctx, listTracked, after)
		if deleted {
			found = missing(tracked, statistics, limit)
		} else {
			found = differing(statistics, tracked, limit)
		}
		return errors.Join(statistics.rows.Close(), tracked.rows.Close(), context.Cause(ctx))
	})
	return found, err
}

// cursor reads ids with their revisions in byte order.
type cursor struct {
	rows     *gocql.Iter
	id       string
	revision int64
	open     bool // whether there is an id
}

func (t *tables) revisionsAfter(ctx context.Context, statement, after string) *cursor {
	c := &cursor{rows: t.query(statement, t.of(after)...).PageSize(pageRows).IterContext(ctx)}
	c.next()
	return c
}

func (c *cursor) next() { c.open = c.rows.Scan(&c.id, &c.revision) }

// skipTo moves to an id, or to the first one after it, and reports whether the id is there.
func (c *cursor) skipTo(id string) bool {
	for c.open && c.id < id {
		c.next()
	}
	return c.open && c.id == id
}

// differing returns ids that the other one does not have at the same revision.
func differing(of, other *cursor, limit int) (ids []string) {
	for ; of.open && len(ids) < limit; of.next() {
		if !other.skipTo(of.id) || other.revision != of.revision {
			ids = append(ids, of.id)
		}
	}
	return ids
}

// missing returns ids that are tracked as stored and that the other one does not have.
func missing(of, other *cursor, limit int) (ids []string) {
	for ; of.open && len(ids) < limit; of.next() {
		if of.revision != 0 && !other.skipTo(of.id) {
			ids = append(ids, of.id)
		}
	}
	return ids
}

// Record implements track.Tables.
func (t *tables) Record(ctx context.Context, ids []string) error {
	return t.change(ctx, "recording changes", func(ctx context.Context, f feed, batch *gocql.Batch) (int64, error) {
		tracked, err := t.trackedOf(ctx, ids)
		if err != nil {
			return 0, err
		}
		stored, err := revisions(ctx, t.query, t.owner, ids)
		if err != nil {
			return 0, err
		}
		for _, id := range ids {
			was, now := tracked[id], int64(stored[id])
			if int64(was.Statistic.Revision) == now {
				continue
			}
			f.last++
			if was.Position != 0 {
				batch.Query(forgetPosition, t.of(was.Position, id)...)
			}
			batch.Query(addTracked, t.of(id, now, f.last)...)
			batch.Query(addIndex, t.of(f.last, id, now)...)
		}
		return f.last, nil
	})
}

// trackedOf returns what is tracked of the ids.
func (t *tables) trackedOf(ctx context.Context, ids []string) (map[string]store.Tracked, error) {
	found := map[string]store.Tracked{}
	var one store.Tracked
	rows := t.query(trackedOf, t.of(ids)...).IterContext(ctx)
	for rows.Scan(&one.ID, (*int64)(&one.Statistic.Revision), &one.Position) {
		found[one.ID] = one
	}
	return found, rows.Close()
}

// Newest implements track.Tables.
func (t *tables) Newest(ctx context.Context) (mark store.Mark, err error) {
	marked := false
	err = t.attempt(ctx, "reading the newest mark", func(ctx context.Context) error {
		f, err := t.feed(ctx) // before the mark: a mark that is made meanwhile is none of before
		if err != nil {
			return err
		}
		newest, position, err := t.newest(ctx)
		mark, marked = newest, position == f.last
		return err
	})
	if err == nil && !marked {
		return store.Mark{}, store.ErrForgotten
	}
	return mark, err
}

// newest returns the newest mark and its position, zero if there is none.
func (t *tables) newest(ctx context.Context) (mark store.Mark, position int64, err error) {
	err = t.query(newestMark, t.of()...).ScanContext(ctx, &mark.Number, &mark.Stamp, &position)
	if errors.Is(err, gocql.ErrNotFound) {
		return store.Mark{}, 0, nil
	}
	return mark, position, err
}

// Position implements track.Tables.
func (t *tables) Position(ctx context.Context, mark store.Mark) (position int64, err error) {
	err = t.attempt(ctx, "reading a mark", func(ctx context.Context) error {
		var stamp int64
		err := t.query(markOf, t.of(mark.Number)...).ScanContext(ctx, &stamp, &position)
		if errors.Is(err, gocql.ErrNotFound) || err == nil && stamp != mark.Stamp {
			return store.ErrForgotten
		}
		return err
	})
	return position, err
}

// Between implements track.Tables.
func (t *tables) Between(ctx context.Context, since, until int64, deleted bool, limit int) (found []store.Tracked, err error) {
	err = t.attemptFor(ctx, scanTimeout, "listing changes", func(ctx context.Context) error {
		var one store.Tracked
		rows := t.query(between, t.of(since, until)...).PageSize(min(limit, pageRows)).IterContext(ctx)
		for len(found) < limit && rows.Scan(&one.ID, &one.Position, (*int64)(&one.Statistic.Revision)) {
			if deleted || one.Statistic.Revision != store.NoRevision {
				found = append(found, one)
			}
		}
		return rows.Close()
	})
	return found, err
}

// Stored implements track.Tables.
func (t *tables) Stored(ctx context.Context, ids []string, take func(*store.Statistic) bool) error {
	return t.attemptFor(ctx, scanTimeout, "reading what changed", func(ctx context.Context) (err error) {
		if len(ids) == 0 { // which the driver would send as null
			return nil
		}
		rows := t.query(getRows, t.of(ids)...).PageSize(pageRows).IterContext(ctx)
		defer func() { err = errors.Join(err, rows.Close()) }()
		for read := newRow(); rows.Scan(read.targets()...); read = newRow() {
			statistic, err := read.statistic()
			if err != nil {
				return err
			}
			if !take(&statistic) {
				return nil
			}
		}
		return nil
	})
}
