package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"afterhours/store"
	"afterhours/store/gate"
	"afterhours/store/group"
)

// session has the settings of every connection whose address does not set them. Times are
// in milliseconds. A statement that has waited for a row must see its new state. At a
// higher level of isolation, which a database may have by default, it would fail.
var session = map[string]string{
	"application_name":                    "afterhours",
	"default_transaction_isolation":       "read committed",
	"statement_timeout":                   "30000",
	"lock_timeout":                        "3000",
	"idle_in_transaction_session_timeout": "30000",
}

// connectTimeout is how long a server may take to accept a connection, or to answer a ping
// on an idle one, unless the address sets a timeout. A server that hangs still accepts
// connections, and would keep the pool from trying the next host of the address.
const connectTimeout = 2 * time.Second

// Store is a store.Store in a PostgreSQL database. Open makes one.
type Store struct {
	gate          gate.Gate
	pool          *pgxpool.Pool
	reads, writes *group.Queue[*statement] // of single rows
}

var (
	_ store.Store    = (*Store)(nil)
	_ store.Replacer = (*Store)(nil)
)

// Open connects to the database of the address, which is a URL or a connection string of
// libpq, and brings its schema up to date. It uses the schema of a newer version of this
// program as it is, since versions only add to the schema. The context is for opening
// only. Errors do not contain the password.
func Open(ctx context.Context, address string) (*Store, error) {
	pool, err := newPool(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("the address of the database: %w", err)
	}
	if err := migrate(ctx, pool); err != nil {
		pool.Close()
		config := pool.Config().ConnConfig
		return nil, fmt.Errorf("opening the database %s at %s: %w", config.Database, config.Host, err)
	}
	return newStore(pool), nil
}

func newStore(pool *pgxpool.Pool) *Store {
	return &Store{pool: pool, reads: newQueue(pool), writes: newQueue(pool)}
}

// maxConnections is how many connections the pool may have unless the address sets
// pool_max_conns: one for each worker of the
// two queues, and as many for calls that have one to themselves.
const maxConnections = 4 * workers

// newPool returns a pool that connects at the first use.
func newPool(ctx context.Context, address string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(address, "pool_max_conns") {
		config.MaxConns = maxConnections
	}
	for name, value := range session {
		if _, ok := config.ConnConfig.RuntimeParams[name]; !ok {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	config.ConnConfig.ConnectTimeout = cmp.Or(config.ConnConfig.ConnectTimeout, connectTimeout)
	config.PingTimeout = cmp.Or(config.PingTimeout, connectTimeout)
	return pgxpool.NewWithConfig(ctx, config)
}

// Check implements store.Store. A server that only replicates another cannot write.
func (s *Store) Check(ctx context.Context) error {
	var readOnly string
	return s.attempt(ctx, "checking that the database can be written", func(ctx context.Context) error {
		err := s.pool.QueryRow(ctx, "SHOW transaction_read_only").Scan(&readOnly)
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
		s.pool.Close()
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
