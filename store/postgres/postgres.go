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

// session holds for every connection whose address does not say otherwise; times are
// in milliseconds. Who waited for a row shall find it as it then is: at a higher level
// of isolation, which a database may have by default, that is a failure.
var session = map[string]string{
	"application_name":                    "afterhours",
	"default_transaction_isolation":       "read committed",
	"statement_timeout":                   "30000",
	"lock_timeout":                        "3000",
	"idle_in_transaction_session_timeout": "30000",
}

// connectTimeout is how long a server may take to answer one who connects, or who asks
// whether an idle connection still works, unless the address says otherwise. One that
// hangs accepts connections, and stands in the way of the hosts behind it in the address.
const connectTimeout = 2 * time.Second

// Store is a store.Store in a PostgreSQL database. Open makes one.
type Store struct {
	gate          gate.Gate
	pool          *pgxpool.Pool
	reads, writes *group.Queue[*statement] // of single rows
}

var _ store.Store = (*Store)(nil)

// Open connects to the database of the address, a URL or a connection string of
// libpq, and brings its schema up to date. A schema of a newer version of this program
// is used as it is: versions only ever add to it. The context is for opening only.
// Errors do not contain the password.
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

// maxConnections is how many connections the pool may have unless the address says
// pool_max_conns: one for each worker of the
// two queues, and as many for calls that have one to themselves.
const maxConnections = 4 * workers

// newPool returns a pool that connects when it is used.
func newPool(ctx context.Context, address string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(address, "pool_max_conns") {
		config.MaxConns = maxConnections
	}
	for name, value := range session {
		if _, said := config.ConnConfig.RuntimeParams[name]; !said {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	config.ConnConfig.ConnectTimeout = cmp.Or(config.ConnConfig.ConnectTimeout, connectTimeout)
	config.PingTimeout = cmp.Or(config.PingTimeout, connectTimeout)
	return pgxpool.NewWithConfig(ctx, config)
}

// Check implements store.Store: a server that only replicates another cannot write.
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

// notFound is ErrNotFound in place of the driver's error for no rows.
func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}
