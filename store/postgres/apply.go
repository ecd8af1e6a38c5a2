package postgres

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"afterhours/store"
)

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, changes []store.Change) error {
	if len(changes) == 0 {
		return s.attempt(ctx, "applying changes", func(context.Context) error { return nil })
	}
	return s.attempt(ctx, "applying changes", func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.points, func(tx pgx.Tx) error {
			if err := lockInOrder(ctx, tx, changes); err != nil {
				return err
			}
			for i := range changes {
				if err := apply(ctx, within{tx}, &changes[i]); isResult(err) {
					return changes[i].Refused(err)
				} else if err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// lockInOrder locks the rows of all keys in the same order for every caller. Otherwise two
// callers that change the same rows in different orders would deadlock, which takes the
// database a second to notice.
func lockInOrder(ctx context.Context, tx pgx.Tx, changes []store.Change) error {
	ids := map[store.Owner][]string{}
	for _, change := range changes {
		ids[change.Key.Owner] = append(ids[change.Key.Owner], change.Key.ID)
	}
	owners := slices.SortedFunc(maps.Keys(ids), func(a, b store.Owner) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.User, b.User))
	})
	for _, owner := range owners {
		if _, err := tx.Exec(ctx, lockRows, owner.Tenant, owner.User, ids[owner]); err != nil {
			return err
		}
	}
	return nil
}

// within is a runner in a transaction.
type within struct{ pgx.Tx }

func (w within) row(ctx context.Context, into []any, sql string, args ...any) error {
	return notFound(w.QueryRow(ctx, sql, args...).Scan(into...))
}

// apply makes one change. The key of a change that writes nothing is locked to the end of
// the transaction, so that its revision holds until the other changes are made.
func apply(ctx context.Context, on runner, change *store.Change) error {
	if change.Was != change.Revision {
		_, err := write(ctx, on, change)
		return err
	}
	if change.Was == store.NoRevision {
		return lockFree(ctx, on, change.Key)
	}
	stored, err := revision(ctx, on, change.Key)
	if err != nil {
		return err
	}
	return store.Meet(stored, change.Was)
}

// lockFree keeps others from creating the key. There is no row to lock, so it creates one
// and deletes it: the index keeps the entry locked to the end of the transaction.
func lockFree(ctx context.Context, on runner, key store.Key) error {
	held := store.Change{Key: key, Revision: store.NewRevision()}
	if _, err := write(ctx, on, &held); err != nil {
		return err
	}
	_, err := write(ctx, on, &store.Change{Key: key, Was: held.Revision})
	return err
}
