package cassandra

import (
	"context"
	"errors"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
)

var (
	getStatistic = "SELECT " + allColumns + " FROM statistics" + ofKey
	getRows      = "SELECT " + allColumns + " FROM statistics" + ofOwner + " AND id IN ?"
)

const (
	getSettings  = "SELECT " + settingsColumns + ", written FROM statistics" + ofOwner + " LIMIT 1"
	getRevisions = "SELECT id, revision FROM statistics" + ofOwner + " AND id IN ?"
)

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key store.Key) (statistic store.Statistic, settings store.Settings, err error) {
	err = s.attempt(ctx, "reading a statistic", func(ctx context.Context) error {
		read := newRow()
		if err := s.query(getStatistic, key.Tenant, key.User, key.ID).ScanContext(ctx, read.targets()...); err != nil {
			return err
		}
		settings = read.settings()
		statistic, err = read.statistic()
		return err
	})
	return statistic, settings, err
}

// query returns a read of one partition, or of a page of it, which has its place in the order of the partition's
// transactions. The driver may repeat it.
func (s *Store) query(statement string, values ...any) *gocql.Query {
	return s.quorumQuery(statement, values...).Consistency(s.serial)
}

// quorumQuery returns a read that sees all writes that have returned. Whether it sees one of which the outcome is
// unknown is open, and may be another for each row. The driver may repeat it.
func (s *Store) quorumQuery(statement string, values ...any) *gocql.Query {
	return s.session.Query(statement, values...).Idempotent(true)
}

// Settings implements store.Store.
func (s *Store) Settings(ctx context.Context, owner store.Owner) (settings store.Settings, err error) {
	err = s.attempt(ctx, "reading settings", func(ctx context.Context) (err error) {
		settings, err = s.settingsOf(ctx, owner)
		return err
	})
	return settings, err
}

func (s *Store) settingsOf(ctx context.Context, owner store.Owner) (store.Settings, error) {
	read, err := storedSettings(ctx, s.query, owner)
	return read.settings(), err
}

// querier is query or quorumQuery.
type querier func(statement string, values ...any) *gocql.Query

// storedSettings returns a row that has the settings, which are nil if none are stored, and written alone.
func storedSettings(ctx context.Context, query querier, owner store.Owner) (read row, err error) {
	err = query(getSettings, owner.Tenant, owner.User).ScanContext(ctx, &read.mailbox, &read.license, &read.optOut, &read.written)
	if errors.Is(err, gocql.ErrNotFound) {
		return row{}, nil
	}
	return read, err
}

// revisions returns the revision of each id that has a statistic.
func revisions(ctx context.Context, query querier, owner store.Owner, ids []string) (map[string]store.Revision, error) {
	stored := make(map[string]store.Revision, len(ids))
	if len(ids) == 0 { // which the driver would send as null
		return stored, nil
	}
	var id string
	var revision int64
	rows := query(getRevisions, owner.Tenant, owner.User, ids).IterContext(ctx)
	for rows.Scan(&id, &revision) {
		stored[id] = store.Revision(revision)
	}
	return stored, rows.Close()
}

// rowsOf returns the row of each id that has a statistic.
func rowsOf(ctx context.Context, query querier, owner store.Owner, ids []string) (map[string]*row, error) {
	stored := make(map[string]*row, len(ids))
	if len(ids) == 0 { // which the driver would send as null
		return stored, nil
	}
	rows := query(getRows, owner.Tenant, owner.User, ids).IterContext(ctx)
	for read := newRow(); rows.Scan(read.targets()...); read = newRow() {
		stored[*read.id] = read
	}
	return stored, rows.Close()
}
