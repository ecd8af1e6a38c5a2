package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"afterhours/store"
	"afterhours/store/sqlquery"
	"afterhours/store/track"
)

// The statements of Track and Changes. They are the only ones that use these tables, so a write waits
// for none of them.
const (
	writtenIDs = "SELECT id FROM owned_statistics AS statistics WHERE " + ofNumber + " AND id > $3 AND NOT EXISTS (" +
		"SELECT 1 FROM tracked WHERE tracked.tenant_id = $1 AND tracked.user_id = $2 AND tracked.id = statistics.id AND tracked.revision = statistics.revision" +
		") ORDER BY id LIMIT $4"
	deletedIDs = "SELECT id FROM tracked" + ofOwner + " AND revision <> 0 AND id > $3 AND NOT EXISTS (" +
		"SELECT 1 FROM owned_statistics AS statistics WHERE statistics." + ofNumber + " AND statistics.id = tracked.id" +
		") ORDER BY id LIMIT $4"

	// lockFeed makes those who track the same owner wait for each other.
	lockFeed = "INSERT INTO feeds (tenant_id, user_id, position) VALUES ($1, $2, 0)" +
		" ON CONFLICT (tenant_id, user_id) DO UPDATE SET position = feeds.position RETURNING position"
	record = "INSERT INTO tracked (tenant_id, user_id, id, revision, position)" +
		" SELECT $1, $2, wanted.id, coalesce(statistics.revision, 0), $3 + row_number() OVER (ORDER BY wanted.id) FROM unnest($4::text[]) AS wanted (id)" +
		" LEFT JOIN owned_statistics AS statistics ON statistics." + ofNumber + " AND statistics.id = wanted.id" +
		" LEFT JOIN tracked ON tracked.tenant_id = $1 AND tracked.user_id = $2 AND tracked.id = wanted.id" +
		" WHERE coalesce(statistics.revision, 0) <> coalesce(tracked.revision, 0)" +
		" ON CONFLICT (tenant_id, user_id, id) DO UPDATE SET revision = excluded.revision, position = excluded.position"
	moveFeed = "UPDATE feeds SET position = position + $3" + ofOwner

	lastPosition = "SELECT position FROM feeds" + ofOwner
	newestMark   = "SELECT number, stamp, position FROM marks" + ofOwner + " ORDER BY number DESC LIMIT 1"
	oldestMark   = "SELECT made_at FROM marks" + ofOwner + " ORDER BY number LIMIT 1"
	addMark      = "INSERT INTO marks (tenant_id, user_id, number, stamp, position, made_at) VALUES ($1, $2, $3, $4, $5, $6)"
	forgetMarks  = "DELETE FROM marks" + ofOwner + " AND number < $3 AND (number <= $4 OR made_at < $5 OR position < coalesce(" +
		"(SELECT position FROM tracked" + ofOwner + " AND revision = 0 ORDER BY position DESC LIMIT 1 OFFSET $6), 0))"
	forgetDeleted = "DELETE FROM tracked" + ofOwner + " AND revision = 0 AND position <= (SELECT min(position) FROM marks" + ofOwner + ")"

	markPosition = "SELECT position FROM marks" + ofKeyOfMark
	ofKeyOfMark  = ofOwner + " AND number = $3 AND stamp = $4"
	between      = "SELECT id, position, revision FROM tracked" + ofOwner + " AND position > $3 AND position <= $4 AND (revision <> 0 OR $5) ORDER BY position LIMIT $6"
)

var storedOf = "SELECT id, " + sqlquery.Columns + " FROM owned_statistics WHERE " + ofNumber + " AND id = ANY($3)"

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

// Differing implements track.Tables.
func (t *tables) Differing(ctx context.Context, deleted bool, after string, limit int) ([]string, error) {
	query := writtenIDs
	if deleted {
		query = deletedIDs
	}
	return collect(ctx, t.Store, "comparing with what was tracked", pgx.RowTo[string], query, t.owner.Tenant, t.owner.User, after, limit)
}

// locked runs a transaction that has the feed of the owner for itself. It is a write, but a long one, and so
// uses the connections of lists. A statement after the lock sees what those before have committed.
func (t *tables) locked(ctx context.Context, doing string, run func(ctx context.Context, tx pgx.Tx, position int64) error) error {
	return t.attemptFor(ctx, queryTimeout, doing, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, t.lists, func(tx pgx.Tx) error {
			var position int64
			if err := tx.QueryRow(ctx, lockFeed, t.owner.Tenant, t.owner.User).Scan(&position); err != nil {
				return err
			}
			return run(ctx, tx, position)
		})
	})
}

// Record implements track.Tables.
func (t *tables) Record(ctx context.Context, ids []string) error {
	return t.locked(ctx, "recording changes", func(ctx context.Context, tx pgx.Tx, position int64) error {
		recorded, err := tx.Exec(ctx, record, t.owner.Tenant, t.owner.User, position, ids)
		if err == nil {
			_, err = tx.Exec(ctx, moveFeed, t.owner.Tenant, t.owner.User, recorded.RowsAffected())
		}
		return err
	})
}

// Newest implements track.Tables.
func (t *tables) Newest(ctx context.Context) (mark store.Mark, err error) {
	err = t.query(ctx, "reading the newest mark", func(ctx context.Context, on *pgxpool.Conn) error {
		var last, marked int64
		// The last position is read first: a mark that is made meanwhile is none of before.
		if err := orNone(on.QueryRow(ctx, lastPosition, t.owner.Tenant, t.owner.User).Scan(&last)); err != nil {
			return err
		}
		if mark, marked, err = t.newest(ctx, on); err == nil && marked != last {
			return store.ErrForgotten
		}
		return err
	})
	return mark, forgotten(err)
}

// querier is a connection or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// newest returns the newest mark and its position, zero if there is none.
func (t *tables) newest(ctx context.Context, on querier) (mark store.Mark, position int64, err error) {
	err = on.QueryRow(ctx, newestMark, t.owner.Tenant, t.owner.User).Scan(&mark.Number, &mark.Stamp, &position)
	return mark, position, orNone(err)
}

// orNone returns nil if there was no row, and so nothing was scanned.
func orNone(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

// forgotten returns store.ErrForgotten without what a call of the store adds to it.
func forgotten(err error) error {
	if errors.Is(err, store.ErrForgotten) {
		return store.ErrForgotten
	}
	return err
}

// Mark implements track.Tables.
func (t *tables) Mark(ctx context.Context, now time.Time) (made store.Mark, err error) {
	err = t.locked(ctx, "marking changes", func(ctx context.Context, tx pgx.Tx, position int64) error {
		newest, marked, err := t.newest(ctx, tx)
		if made = newest; err != nil || marked == position {
			return err
		}
		made = track.Next(newest)
		if _, err := tx.Exec(ctx, addMark, t.owner.Tenant, t.owner.User, made.Number, made.Stamp, position, now.Unix()); err != nil {
			return err
		}
		var oldest int64
		if err := tx.QueryRow(ctx, oldestMark, t.owner.Tenant, t.owner.User).Scan(&oldest); err != nil {
			return err
		}
		if !track.Due(time.Unix(oldest, 0), now, made, position-marked) {
			return nil
		}
		if _, err := tx.Exec(ctx, forgetMarks, t.owner.Tenant, t.owner.User, made.Number, made.Number-store.MaxMarks, now.Add(-store.MarkRetention).Unix(), store.MaxDeleted); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, forgetDeleted, t.owner.Tenant, t.owner.User)
		return err
	})
	return made, err
}

// Position implements track.Tables.
func (t *tables) Position(ctx context.Context, mark store.Mark) (int64, error) {
	position, err := readOne(ctx, t.Store, "reading a mark", func(row pgx.Row, position *int64) error {
		return row.Scan(position)
	}, markPosition, t.owner.Tenant, t.owner.User, mark.Number, mark.Stamp)
	if errors.Is(err, store.ErrNotFound) {
		return 0, store.ErrForgotten
	}
	return position, err
}

// Between implements track.Tables.
func (t *tables) Between(ctx context.Context, since, until int64, deleted bool, limit int) ([]store.Tracked, error) {
	return collect(ctx, t.Store, "listing changes", func(row pgx.CollectableRow) (one store.Tracked, err error) {
		return one, row.Scan(&one.ID, &one.Position, &one.Statistic.Revision)
	}, between, t.owner.Tenant, t.owner.User, since, until, deleted, limit)
}

// Stored implements track.Tables.
func (t *tables) Stored(ctx context.Context, ids []string, take func(*store.Statistic) bool) error {
	return t.query(ctx, "reading what changed", func(ctx context.Context, on *pgxpool.Conn) error {
		stored := sqlquery.Statement{SQL: storedOf, Args: []any{t.owner.Tenant, t.owner.User, ids}}
		return each(ctx, on, stored, take)
	})
}
