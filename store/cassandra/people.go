package cassandra

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
)

const (
	listOwners  = "SELECT user_id FROM owners WHERE tenant_id = ? AND bucket = ? AND user_id > ? LIMIT ?"
	listNames   = "SELECT upn FROM names" + ofOwner
	listTenants = "SELECT DISTINCT tenant_id, bucket FROM owners"
	anyOfOwner  = "SELECT id, " + settingsColumns + " FROM statistics" + ofOwner + " LIMIT 1"
)

const (
	// atOnce is how many partitions are read at the same time.
	atOnce = 16
	// candidates is the least number of users who are checked together.
	candidates = 64
)

// each calls read for the numbers below count, up to atOnce at the same time, and returns the first error.
func each(count int, read func(n int) error) error {
	errs := make([]error, count)
	var next atomic.Int64
	var readers sync.WaitGroup
	for range min(count, atOnce) {
		readers.Go(func() {
			for n := int(next.Add(1)) - 1; n < count; n = int(next.Add(1)) - 1 {
				errs[n] = read(n)
			}
		})
	}
	readers.Wait()
	return cmp.Or(errs...)
}

// merged returns the first items of all buckets, in the byte order of their names. of returns those of one
// bucket, up to limit of them.
func merged[T any](ctx context.Context, limit int, name func(T) string, of func(ctx context.Context, bucket int) ([]T, error)) ([]T, error) {
	found := make([][]T, buckets)
	err := each(buckets, func(bucket int) (err error) {
		found[bucket], err = of(ctx, bucket)
		return err
	})
	if err != nil {
		return nil, err
	}
	all := slices.SortedFunc(slices.Values(slices.Concat(found...)), func(a, b T) int { return cmp.Compare(name(a), name(b)) })
	return all[:min(limit, len(all))], nil
}

// listedAfter returns up to limit users who are in the table owners.
func (s *Store) listedAfter(ctx context.Context, tenant, after string, limit int) ([]string, error) {
	return merged(ctx, limit, func(user string) string { return user }, func(ctx context.Context, bucket int) (found []string, err error) {
		var user string
		rows := s.quorumQuery(listOwners, tenant, bucket, after, limit).IterContext(ctx)
		for rows.Scan(&user) {
			found = append(found, user)
		}
		return found, rows.Close()
	})
}

// eachListed calls take for those of the tenant's users after a user for whom known returns a value, in byte
// order, until take returns false.
func eachListed[T any](ctx context.Context, s *Store, tenant, after string, known func(context.Context, store.Owner) (*T, error), take func(T) bool) error {
	for {
		users, err := s.listedAfter(ctx, tenant, after, candidates)
		if err != nil {
			return err
		}
		values := make([]*T, len(users))
		err = each(len(users), func(i int) (err error) {
			values[i], err = known(ctx, store.Owner{Tenant: tenant, User: users[i]})
			return err
		})
		if err != nil {
			return err
		}
		for _, value := range values {
			if value != nil && !take(*value) {
				return nil
			}
		}
		if len(users) < candidates {
			return nil
		}
		after = users[len(users)-1]
	}
}

// owner returns the owner if there are statistics or stored settings, or else nil.
func (s *Store) owner(ctx context.Context, owner store.Owner) (*store.Owner, error) {
	var read row
	err := s.query(anyOfOwner, owner.Tenant, owner.User).ScanContext(ctx, &read.id, &read.mailbox, &read.license, &read.optOut)
	if errors.Is(err, gocql.ErrNotFound) || err == nil && read.id == nil && !read.hasSettings() {
		return nil, nil
	}
	return &owner, err
}

// firstName returns the first of the user's aliases in byte order, "" if there is none.
func (s *Store) firstName(ctx context.Context, owner store.Owner) (string, error) {
	var upn string
	rows := s.quorumQuery(listNames, owner.Tenant, owner.User).IterContext(ctx)
	for rows.Scan(&upn) {
		user, err := s.alias(ctx, owner.Tenant, upn)
		switch {
		case err == nil && user.Owner == owner:
			return upn, rows.Close()
		case err != nil && !errors.Is(err, gocql.ErrNotFound):
			return "", errors.Join(err, rows.Close())
		}
	}
	return "", rows.Close()
}

// person returns the user if there are statistics, stored settings or an alias, or else nil.
func (s *Store) person(ctx context.Context, owner store.Owner) (*store.Person, error) {
	upn, err := s.firstName(ctx, owner)
	if err != nil || upn != "" {
		return &store.Person{Owner: owner, UPN: upn}, err
	}
	found, err := s.owner(ctx, owner)
	if found == nil || err != nil {
		return nil, err
	}
	return &store.Person{Owner: owner}, nil
}

// Owners implements store.Store.
func (s *Store) Owners(ctx context.Context, tenant, after string, limit int) (owners []store.Owner, err error) {
	return upTo(ctx, s, "listing owners", tenant, after, limit, s.owner)
}

// People implements store.Store.
func (s *Store) People(ctx context.Context, tenant, after string, limit int) ([]store.Person, error) {
	return upTo(ctx, s, "listing users", tenant, after, limit, s.person)
}

// upTo returns the first values of eachListed.
func upTo[T any](ctx context.Context, s *Store, doing, tenant, after string, limit int, known func(context.Context, store.Owner) (*T, error)) (found []T, err error) {
	err = s.attemptFor(ctx, scanTimeout, doing, func(ctx context.Context) error {
		return eachListed(ctx, s, tenant, after, known, func(value T) bool {
			found = append(found, value)
			return len(found) < limit
		})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// CountPeople implements store.Store. It reads each user of the tenant.
func (s *Store) CountPeople(ctx context.Context, tenant string) (count int, err error) {
	err = s.attemptFor(ctx, walkTimeout, "counting users", func(ctx context.Context) error {
		return eachListed(ctx, s, tenant, "", s.person, func(store.Person) bool {
			count++
			return true
		})
	})
	return count, err
}

// Person implements store.Store.
func (s *Store) Person(ctx context.Context, owner store.Owner) (person store.Person, err error) {
	err = s.attempt(ctx, "reading a user", func(ctx context.Context) error {
		found, err := s.person(ctx, owner)
		if err == nil && found == nil {
			return store.ErrNotFound
		}
		if err == nil {
			person = *found
		}
		return err
	})
	return person, err
}

// Tenants implements store.Store. The driver reads the partitions of the table owners in the order of their
// tokens, page by page.
func (s *Store) Tenants(ctx context.Context) (tenants []string, err error) {
	err = s.attemptFor(ctx, walkTimeout, "listing tenants", func(ctx context.Context) error {
		listed := map[string]bool{}
		var tenant string
		var bucket int
		rows := s.quorumQuery(listTenants).IterContext(ctx)
		for rows.Scan(&tenant, &bucket) {
			listed[tenant] = true
		}
		if err := rows.Close(); err != nil {
			return err
		}
		for _, tenant := range slices.Sorted(maps.Keys(listed)) {
			known := false
			if err := eachListed(ctx, s, tenant, "", s.person, func(store.Person) bool {
				known = true
				return false
			}); err != nil {
				return err
			}
			if known {
				tenants = append(tenants, tenant)
			}
		}
		return nil
	})
	return tenants, err
}
