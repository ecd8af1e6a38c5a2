package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"afterhours/store"
	"afterhours/store/gate"
	"afterhours/store/group"
)

// Store is a store.Store in a PostgreSQL database. Open makes one.
type Store struct {
	gate gate.Gate
	pools
	reads, writes *group.Queue[*statement] // of single rows

	unfinished bool // whether the tables of older servers were there when it was opened
}

var (
	_ store.Store             = (*Store)(nil)
	_ store.Replacer          = (*Store)(nil)
	_ store.StatisticsCounter = (*Store)(nil)
	_ store.Measured          = (*Store)(nil)
)

// Open connects to the database of the address, which is a URL or a connection string of
// libpq, and brings its schema up to date. It uses the schema of a newer version of this
// program as it is, since versions only add to the schema. A schema of an older version stays
// usable for servers of that version until FinishUpgrade. The context is for opening
// only. Errors do not contain the password.
func Open(ctx context.Context, address string) (*Store, error) {
	config, err := parse(address)
	if err != nil {
		return nil, err
	}
	if err := migrateAt(ctx, config, false); err != nil {
		return nil, fmt.Errorf("opening the database %s at %s%s: %w", config.ConnConfig.Database, config.ConnConfig.Host, whatToCheck(err), err)
	}
	opened, err := newStore(ctx, config)
	if err != nil {
		return nil, err
	}
	opened.unfinished, err = isUnfinished(ctx, opened.probe)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", err), opened.Close())
	}
	return opened, nil
}

// Reach connects to the database of the address, as Open takes it, and changes nothing there. The error
// says why a store could not be opened or written.
func Reach(ctx context.Context, address string) (err error) {
	config, err := parse(address)
	if err != nil {
		return err
	}
	reached, err := newStore(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reached.Close()) }()
	if err := reached.Check(ctx); err != nil {
		return fmt.Errorf("%w%s", err, whatToCheck(err))
	}
	return nil
}

// whatToCheck returns words, in brackets, on what a person can do about a database that cannot be
// opened, "" if that is unknown.
func whatToCheck(err error) string {
	var unreachable *net.OpError
	var unknown *net.DNSError
	switch code(err) {
	case wrongPassword, wrongUser:
		return " (check the user and the password of its URL)"
	case noDatabase:
		return " (create that database, or name another one in the URL)"
	}
	if errors.As(err, &unreachable) || errors.As(err, &unknown) {
		return " (check the host and the port of its URL, and that the database server runs)"
	}
	return ""
}

// newStore returns a store for a schema that is up to date.
func newStore(ctx context.Context, config *pgxpool.Config) (*Store, error) {
	pools, err := newPools(ctx, config)
	if err != nil {
		pools.forEach((*pgxpool.Pool).Close)
		return nil, err
	}
	return &Store{pools: pools, reads: newQueue(pools.points), writes: newQueue(pools.points)}, nil
}

// Check implements store.Store. A server that only replicates another cannot write.
func (s *Store) Check(ctx context.Context) error {
	var readOnly string
	return s.attempt(ctx, "checking that the database can be written", func(ctx context.Context) error {
		err := s.probe.QueryRow(ctx, "SHOW transaction_read_only").Scan(&readOnly)
		if err == nil && readOnly != "off" {
			return fmt.Errorf("%w: the database is read-only", store.ErrUnavailable)
		}
		return err
	})
}

// Close implements store.Store.
func (s *Store) Close() error {
	return s.gate.Close(func() error {
		s.reads.Close()
		s.writes.Close()
		s.forEach((*pgxpool.Pool).Close)
		return nil
	})
}

// notFound returns ErrNotFound in place of the driver's error for no rows.
func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}
