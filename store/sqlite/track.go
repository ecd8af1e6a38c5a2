package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"afterhours/store"
	"afterhours/store/sqlquery"
	"afterhours/store/track"
)

// Track implements store.Store. Readers compare the tables, and the writer writes only what differs.
func (s *Store) Track(ctx context.Context, owner store.Owner, now time.Time) (store.Mark, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return store.Mark{}, err
	}
	defer s.gate.Leave()
	mark, err := track.Track(ctx, &tables{s, owner}, now)
	return mark, tracking(ctx, err)
}

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context, owner store.Owner, span store.Span, limit int) ([]store.Tracked, error) {
	if err := s.gate.Enter(ctx); err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	changes, err := track.Changes(ctx, &tables{s, owner}, span, limit)
	return changes, tracking(ctx, err)
}

// tracking returns the error of a call in the store's terms.
func tracking(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, store.ErrForgotten) {
		return err
	}
	return failure(ctx, "tracking changes", err)
}

// tables implements track.Tables for an owner.
type tables struct {
	*Store
	owner store.Owner
}

const (
	ofFeed = "feed = (SELECT feed FROM feeds WHERE " + ofUser + ")"

	writtenIDs = "SELECT id FROM statistics WHERE " + ofOwner + " AND id > ? AND NOT EXISTS (" +
		"SELECT 1 FROM tracked WHERE " + ofFeed + " AND tracked.id = statistics.id AND tracked.revision = statistics.revision" +
		") ORDER BY id LIMIT ?"
	deletedIDs = "SELECT id FROM tracked WHERE " + ofFeed + " AND revision <> 0 AND id > ? AND NOT EXISTS (" +
		"SELECT 1 FROM statistics WHERE " + ofOwner + " AND statistics.id = tracked.id" +
		") ORDER BY id LIMIT ?"
	newestMark   = "SELECT number, stamp, position FROM marks WHERE " + ofFeed + " ORDER BY number DESC LIMIT 1"
	lastPosition = "SELECT position FROM feeds WHERE " + ofUser
	markPosition = "SELECT position FROM marks WHERE " + ofFeed + " AND number = ? AND stamp = ?"
	between      = "SELECT id, position, revision FROM tracked WHERE " + ofFeed + " AND position > ? AND position <= ? AND (revision <> 0 OR ?) ORDER BY position LIMIT ?"
)

var storedOf = "SELECT id, " + sqlquery.Columns + " FROM statistics WHERE " + ofOwner + " AND id IN (SELECT value FROM json_each(?))"

// Differing implements track.Tables.
func (t *tables) Differing(ctx context.Context, gone bool, after string, limit int) (ids []string, err error) {
	query := writtenIDs
	if gone {
		query = deletedIDs
	}
	err = t.rows(ctx, query, func(row row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	}, t.owner.Tenant, t.owner.User, after, t.owner.Tenant, t.owner.User, limit)
	return ids, err
}

// rows calls take for each row of a query.
func (t *tables) rows(ctx context.Context, query string, take func(row) error, args ...any) error {
	return t.query(ctx, func(ctx context.Context, on *reader) error {
		rows, err := on.conn.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err reports its error
		for rows.Next() {
			if err := take(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// Record implements track.Tables.
func (t *tables) Record(ctx context.Context, ids []string) error {
	return t.write(ctx, "recording changes", func(s *statements) error {
		if _, err := s.conn.ExecContext(context.Background(), "INSERT INTO feeds (tenant_id, user_id, position) VALUES (?, ?, 0) ON CONFLICT DO NOTHING", t.owner.Tenant, t.owner.User); err != nil {
			return err
		}
		var feed, position int64
		if err := s.conn.QueryRowContext(context.Background(), "SELECT feed, position FROM feeds WHERE "+ofUser, t.owner.Tenant, t.owner.User).Scan(&feed, &position); err != nil {
			return err
		}
		const record = "INSERT INTO tracked (feed, id, revision, position)" +
			" SELECT ?, wanted.value, coalesce(statistics.revision, 0), ? + row_number() OVER (ORDER BY wanted.value) FROM json_each(?) AS wanted" +
			" LEFT JOIN statistics ON " + ofOwner + " AND statistics.id = wanted.value" +
			" LEFT JOIN tracked ON tracked.feed = ? AND tracked.id = wanted.value" +
			" WHERE coalesce(statistics.revision, 0) <> coalesce(tracked.revision, 0)" +
			" ON CONFLICT DO UPDATE SET revision = excluded.revision, position = excluded.position"
		result, err := s.conn.ExecContext(context.Background(), record, feed, position, texts(ids), t.owner.Tenant, t.owner.User, feed)
		if err != nil {
			return err
		}
		recorded, err := result.RowsAffected()
		if err == nil {
			_, err = s.conn.ExecContext(context.Background(), "UPDATE feeds SET position = position + ? WHERE feed = ?", recorded, feed)
		}
		return err
	})
}

// texts returns the texts as a parameter for json_each.
func texts(values []string) string {
	text, _ := json.Marshal(values) // texts always marshal
	return string(text)
}

// Newest implements track.Tables.
func (t *tables) Newest(ctx context.Context) (mark store.Mark, err error) {
	err = t.query(ctx, func(ctx context.Context, on *reader) error {
		mark, _, _, err = newest(ctx, on.conn, t.owner)
		return err
	})
	return mark, err
}

// newest returns the newest mark, its position and the last position. The error is ErrForgotten if the
// mark has not that position.
func newest(ctx context.Context, on queryer, owner store.Owner) (mark store.Mark, marked, last int64, err error) {
	// The last position is read first: a mark that is made meanwhile is none of before.
	err = on.QueryRowContext(ctx, lastPosition, owner.Tenant, owner.User).Scan(&last)
	if err == nil {
		err = on.QueryRowContext(ctx, newestMark, owner.Tenant, owner.User).Scan(&mark.Number, &mark.Stamp, &marked)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return mark, marked, last, err
	}
	if marked != last {
		return mark, marked, last, store.ErrForgotten
	}
	return mark, marked, last, nil
}

// Mark implements track.Tables.
func (t *tables) Mark(ctx context.Context, now time.Time) (store.Mark, error) {
	made := new(store.Mark) // the writer's until do returns nil
	err := t.write(ctx, "marking changes", func(s *statements) error {
		mark, marked, last, err := newest(context.Background(), s.conn, t.owner)
		if err != store.ErrForgotten {
			*made = mark
			return err
		}
		*made = track.Next(mark)
		var feed, oldest int64
		if err := s.conn.QueryRowContext(context.Background(), "SELECT feed FROM feeds WHERE "+ofUser, t.owner.Tenant, t.owner.User).Scan(&feed); err != nil {
			return err
		}
		if _, err := s.conn.ExecContext(context.Background(), "INSERT INTO marks (feed, number, stamp, position, made_at) VALUES (?, ?, ?, ?, ?)", feed, made.Number, made.Stamp, last, now.Unix()); err != nil {
			return err
		}
		if err := s.conn.QueryRowContext(context.Background(), "SELECT made_at FROM marks WHERE feed = ? ORDER BY number LIMIT 1", feed).Scan(&oldest); err != nil {
			return err
		}
		if !track.Due(time.Unix(oldest, 0), now, *made, last-marked) {
			return nil
		}
		return forget(s.conn, feed, *made, now)
	})
	return *made, err
}

// forget deletes the marks before the newest one that are too old or too many, and the deleted ids that
// no mark needs any more.
func forget(on *sql.Conn, feed int64, newest store.Mark, now time.Time) error {
	const marks = "DELETE FROM marks WHERE feed = ? AND number < ? AND (number <= ? OR made_at < ? OR position < coalesce(" +
		"(SELECT position FROM tracked WHERE feed = ? AND revision = 0 ORDER BY position DESC LIMIT 1 OFFSET ?), 0))"
	if _, err := on.ExecContext(context.Background(), marks, feed, newest.Number, newest.Number-store.MaxMarks, now.Add(-store.MarkRetention).Unix(), feed, store.MaxDeleted); err != nil {
		return err
	}
	const ids = "DELETE FROM tracked WHERE feed = ? AND revision = 0 AND position <= (SELECT min(position) FROM marks WHERE feed = ?)"
	_, err := on.ExecContext(context.Background(), ids, feed, feed)
	return err
}

// Position implements track.Tables.
func (t *tables) Position(ctx context.Context, mark store.Mark) (position int64, err error) {
	r, err := t.singles.take(ctx)
	if err != nil {
		return 0, err
	}
	defer t.singles.giveBack(r)
	err = r.points.mark.set(t.owner.Tenant, t.owner.User, mark.Number, mark.Stamp).first(func(p *prepared) error { return p.Scan(&position) })
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrForgotten
	}
	return position, err
}

// Between implements track.Tables.
func (t *tables) Between(ctx context.Context, since, until int64, gone bool, limit int) (found []store.Tracked, err error) {
	err = t.rows(ctx, between, func(row row) error {
		var one store.Tracked
		err := row.Scan(&one.ID, &one.Position, &one.Statistic.Revision)
		found = append(found, one)
		return err
	}, t.owner.Tenant, t.owner.User, since, until, gone, limit)
	return found, err
}

// Stored implements track.Tables.
func (t *tables) Stored(ctx context.Context, ids []string, take func(*store.Statistic) bool) error {
	return t.query(ctx, func(ctx context.Context, on *reader) error {
		stored := sqlquery.Statement{SQL: storedOf, Args: []any{t.owner.Tenant, t.owner.User, texts(ids)}}
		return each(ctx, on, stored, take)
	})
}
