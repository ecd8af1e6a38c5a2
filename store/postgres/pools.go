package postgres

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"afterhours/store"
)

// session has the settings of every connection whose address does not set them. Times are
// in milliseconds. A statement that has waited for a row must see its new state. At a
// higher level of isolation, which a database may have by default, it would fail.
//
// The store stops a query when its context ends. statement_timeout is for a store that has
// gone: it is longer than any query of a server may take, and so needs no parameter.
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

// stopTimeout is how long a server may take to stop a query. After that the connection is
// closed.
const stopTimeout = time.Second

// maxConnections is how many connections a store may have unless the address sets
// pool_max_conns.
const maxConnections = 16

// parse reads the address and adds what it leaves open. The driver's error repeats the address, and hides
// only one of the places where it may have a password; parse leaves the address out.
func parse(address string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		_, reason, _ := strings.Cut(err.Error(), "`: ")
		return nil, fmt.Errorf("the address of the database: %s", cmp.Or(reason, "it cannot be read"))
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
	return config, nil
}

// pools are the connections of a store. Each kind of work has its own, since it would
// otherwise wait for the slowest kind.
type pools struct {
	points *pgxpool.Pool // for single rows, and for all writes
	lists  *pgxpool.Pool // for queries of many rows
	probe  *pgxpool.Pool // for Check
}

// newPools returns pools that connect at the first use.
func newPools(ctx context.Context, config *pgxpool.Config) (p pools, err error) {
	points, lists, probe := split(config.MaxConns)
	if p.points, err = newPool(ctx, config, points); err != nil {
		return p, err
	}
	stoppable := config.Copy()
	// Without this, the driver would close the connection of every query that is stopped.
	stoppable.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: stopTimeout}
	}
	if p.lists, err = newPool(ctx, stoppable, lists); err != nil {
		return p, err
	}
	p.probe, err = newPool(ctx, config, probe)
	return p, err
}

// split divides the connections among the pools, at least one for each. Of 16, those for
// single rows are two more than the workers of both queues.
func split(connections int32) (points, lists, probe int32) {
	probe = 1
	lists = max(1, connections*5/16)
	return max(1, connections-lists-probe), lists, probe
}

// newPool returns a pool of at most so many connections.
func newPool(ctx context.Context, config *pgxpool.Config, connections int32) (*pgxpool.Pool, error) {
	config = config.Copy()
	config.MaxConns = connections
	config.MinConns = min(config.MinConns, connections)
	config.MinIdleConns = min(config.MinIdleConns, connections)
	return pgxpool.NewWithConfig(ctx, config)
}

// forEach calls do for each pool that was opened.
func (p pools) forEach(do func(*pgxpool.Pool)) {
	for _, pool := range []*pgxpool.Pool{p.points, p.lists, p.probe} {
		if pool != nil {
			do(pool)
		}
	}
}

// Size implements store.Measured.
func (s *Store) Size() store.Size {
	size := func(name string, pool *pgxpool.Pool) store.Pool {
		stat := pool.Stat()
		return store.Pool{
			Name: name, Limit: int(stat.MaxConns()), InUse: int(stat.AcquiredConns()), Idle: int(stat.IdleConns()),
			Waits: uint64(stat.EmptyAcquireCount()), Waited: stat.EmptyAcquireWaitTime(),
		}
	}
	return store.Size{Pools: []store.Pool{size("points", s.points), size("lists", s.lists), size("probe", s.probe)}}
}
