package cassandra

import (
	"context"
	"hash/fnv"
	"sync"

	"afterhours/store"
)

// buckets is how many partitions the users and the names of one tenant are spread over. It must never change.
const buckets = 16

// bucketOf returns the bucket of a user or a name. Its hash must never change.
func bucketOf(text string) int {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(text)) // never fails
	return int(hash.Sum32() % buckets)
}

const addOwner = "INSERT INTO owners (tenant_id, bucket, user_id) VALUES (?, ?, ?)"

// listed remembers owners who are in the table owners, so that they are not written there again.
type listed struct {
	mu     sync.Mutex
	owners map[store.Owner]bool
}

// maxListed is how many owners are remembered. They take about 20 MB.
const maxListed = 100_000

func (l *listed) has(owner store.Owner) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.owners[owner]
}

func (l *listed) add(owner store.Owner) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owners == nil || len(l.owners) >= maxListed {
		l.owners = map[store.Owner]bool{}
	}
	l.owners[owner] = true
}

// list adds the owner to the table owners. It comes before the first write of an owner, so that nobody is
// missing there.
func (s *Store) list(ctx context.Context, owner store.Owner) error {
	if s.listed.has(owner) {
		return nil
	}
	err := s.session.Query(addOwner, owner.Tenant, bucketOf(owner.User), owner.User).Idempotent(true).ExecContext(ctx)
	if err == nil {
		s.listed.add(owner)
	}
	return err
}
