package cassandra

import (
	"context"
	"errors"
	"fmt"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
	"afterhours/store/gate"
)

// Store is a store.Store in a keyspace of Cassandra. Open makes one.
type Store struct {
	gate    gate.Gate
	session *gocql.Session
	serial  gocql.Consistency // of reads of one partition
	queue   queue
	lanes   lanes
	listed  listed
}

var (
	_ store.Store       = (*Store)(nil)
	_ store.Partitioned = (*Store)(nil)
)

// Partitioned implements store.Partitioned.
func (s *Store) Partitioned() bool { return true }

// Open connects to the ring of the address (see ParseAddress) and brings the schema of its keyspace up to
// date. It uses a schema of a newer version of this program as it is, since versions only add to the
// schema. The context is for opening only. Errors do not contain the password.
func Open(ctx context.Context, address string) (*Store, error) {
	a, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	timeout, err := prepare(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", a, err)
	}
	session, err := a.connect(ctx, timeout)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", a, err)
	}
	return newStore(session, a), nil
}

func newStore(session *gocql.Session, a *Address) *Store {
	return &Store{session: session, serial: a.serial(), queue: queue{calls: map[store.Owner][]*call{}}, lanes: newLanes()}
}

// Reach connects to the ring of the address, as Open takes it, and changes nothing there. The error says why
// a store could not be opened.
func Reach(ctx context.Context, address string) error {
	a, err := ParseAddress(address)
	if err != nil {
		return err
	}
	session, err := start(ctx, a, a.cluster(answerTimeout))
	if err != nil {
		return err
	}
	defer session.Close()
	if err := a.checkDatacenter(datacenters(session)); err != nil {
		return err
	}
	exists, err := hasKeyspace(ctx, session, a.keyspace)
	if err == nil && !exists && a.options["replication"] == "" {
		return noKeyspace(a.keyspace)
	}
	return err
}

// prepare creates the keyspace of the address if it is to be created, and brings its schema up to date. It returns how
// long a node may take to answer a call.
func prepare(ctx context.Context, a *Address) (timeout time.Duration, err error) {
	outside, err := start(ctx, a, a.cluster(schemaTimeout))
	if err != nil {
		return 0, err
	}
	timeout = answerTimeout
	if len(outside.GetHosts()) == 1 {
		timeout = scanTimeout // as long as its caller waits: there is no other node to ask
	}
	if err = a.checkDatacenter(datacenters(outside)); err == nil {
		err = createKeyspace(ctx, outside, a)
	}
	outside.Close()
	if err != nil {
		return 0, err
	}
	session, err := a.connect(ctx, schemaTimeout)
	if err != nil {
		return 0, err
	}
	defer session.Close()
	if err := migrate(ctx, session, a.keyspace); err != nil {
		return 0, fmt.Errorf("bringing the schema up to date: %w", err)
	}
	return timeout, nil
}

// start connects to the ring of the address. The driver knows no context here, so start does not wait for it when the context
// has ended.
func start(ctx context.Context, a *Address, cluster *gocql.ClusterConfig) (*gocql.Session, error) {
	var err error
	if cluster.SslOpts, err = a.tlsOptions(); err != nil {
		return nil, err
	}
	type result struct {
		session *gocql.Session
		err     error
	}
	started := make(chan result, 1)
	go func() {
		session, err := cluster.CreateSession()
		started <- result{session, err}
	}()
	select {
	case got := <-started:
		if got.err != nil {
			return nil, fmt.Errorf("%w (check the hosts and ports of its URL, tls, the user and the password, and that the nodes run)", got.err)
		}
		return got.session, nil
	case <-ctx.Done():
		go func() {
			if got := <-started; got.err == nil {
				got.session.Close()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

// Check implements store.Store. It reads what most replicas must agree on. It does not tell whether those of
// each owner answer.
func (s *Store) Check(ctx context.Context) error {
	return s.attempt(ctx, "checking that the database answers", func(ctx context.Context) error {
		var version int
		err := s.session.Query(getVersion).Idempotent(true).ScanContext(ctx, &version)
		if errors.Is(err, gocql.ErrNotFound) {
			return nil
		}
		return err
	})
}

// Close implements store.Store.
func (s *Store) Close() error {
	return s.gate.Close(func() error {
		s.queue.steps.Wait()
		s.session.Close()
		return nil
	})
}
