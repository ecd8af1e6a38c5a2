package cassandra

import (
	"context"
	"fmt"
	"time"

	"afterhours/store"
)

const (
	aliasColumns = "upn, user_id, learned_at, learned_by"
	ofAlias      = " WHERE tenant_id = ? AND bucket = ? AND upn = ?"

	getAlias    = "SELECT " + aliasColumns + " FROM aliases" + ofAlias
	listAliases = "SELECT " + aliasColumns + " FROM aliases WHERE tenant_id = ? AND bucket = ? AND upn > ? LIMIT ?"
	createAlias = "INSERT INTO aliases (tenant_id, bucket, upn, user_id, learned_at, learned_by) VALUES (?, ?, ?, ?, ?, ?) IF NOT EXISTS"
	moveAlias   = "UPDATE aliases SET user_id = ?, learned_at = ?, learned_by = ?" + ofAlias + " IF user_id = ?"
	deleteAlias = "DELETE FROM aliases" + ofAlias + " IF EXISTS"
	addName     = "INSERT INTO names (tenant_id, user_id, upn) VALUES (?, ?, ?)"
)

// scanAlias returns the targets of aliasColumns, and what makes a user of them.
func scanAlias(tenant string) (targets []any, user func() store.User) {
	var upn, id string
	var at *int64
	var by *string
	return []any{&upn, &id, &at, &by}, func() store.User {
		user := store.User{Owner: store.Owner{Tenant: tenant, User: id}, UPN: upn}
		if at != nil && by != nil {
			user.LearnedAt, user.LearnedBy = time.Unix(*at, 0).UTC(), *by
		}
		return user
	}
}

// UserByUPN implements store.Store.
func (s *Store) UserByUPN(ctx context.Context, tenant, upn string) (user store.User, err error) {
	err = s.attempt(ctx, "reading an alias", func(ctx context.Context) (err error) {
		user, err = s.alias(ctx, tenant, upn)
		return err
	})
	return user, err
}

// alias returns the user that the alias names. The error is gocql.ErrNotFound if there is no such alias.
func (s *Store) alias(ctx context.Context, tenant, upn string) (store.User, error) {
	targets, user := scanAlias(tenant)
	if err := s.query(getAlias, tenant, bucketOf(upn), upn).ScanContext(ctx, targets...); err != nil {
		return store.User{}, err
	}
	return user(), nil
}

// Users implements store.Store.
func (s *Store) Users(ctx context.Context, tenant, after string, limit int) (users []store.User, err error) {
	err = s.attemptFor(ctx, scanTimeout, "listing aliases", func(ctx context.Context) (err error) {
		users, err = merged(ctx, limit, func(u store.User) string { return u.UPN }, func(ctx context.Context, bucket int) (found []store.User, err error) {
			targets, user := scanAlias(tenant)
			rows := s.query(listAliases, tenant, bucket, after, limit).IterContext(ctx)
			for rows.Scan(targets...) {
				found = append(found, user())
			}
			return found, rows.Close()
		})
		return err
	})
	return users, err
}

// PutUser implements store.Store.
func (s *Store) PutUser(ctx context.Context, user store.User, move bool) error {
	return s.attempt(ctx, "storing an alias", func(ctx context.Context) error {
		if err := s.list(ctx, user.Owner); err != nil {
			return err
		}
		if err := s.session.Query(addName, user.Tenant, user.User, user.UPN).Idempotent(true).ExecContext(ctx); err != nil {
			return err
		}
		free, err := s.lanes.take(ctx, laneOf(user.Tenant, user.UPN))
		if err != nil {
			return err
		}
		defer free()
		return s.putAlias(ctx, user, move)
	})
}

// putAlias stores the alias. It begins anew if others store or delete it meanwhile.
func (s *Store) putAlias(ctx context.Context, user store.User, move bool) error {
	var at, by any
	if !user.LearnedAt.IsZero() {
		at, by = user.LearnedAt.Unix(), user.LearnedBy
	}
	for {
		stored := map[string]any{}
		created, err := s.session.Query(createAlias, user.Tenant, bucketOf(user.UPN), user.UPN, user.User, at, by).MapScanCASContext(ctx, stored)
		if created || err != nil {
			return err
		}
		named, _ := stored["user_id"].(string)
		if !move && named == user.User {
			return nil
		}
		if !move {
			return store.ErrExists
		}
		moved, err := s.session.Query(moveAlias, user.User, at, by, user.Tenant, bucketOf(user.UPN), user.UPN, named).MapScanCASContext(ctx, map[string]any{})
		if moved || err != nil {
			return err
		}
	}
}

// DeleteUser implements store.Store.
func (s *Store) DeleteUser(ctx context.Context, tenant, upn string) error {
	return s.attempt(ctx, "deleting an alias", func(ctx context.Context) error {
		free, err := s.lanes.take(ctx, laneOf(tenant, upn))
		if err != nil {
			return err
		}
		defer free()
		deleted, err := s.session.Query(deleteAlias, tenant, bucketOf(upn), upn).MapScanCASContext(ctx, map[string]any{})
		if err == nil && !deleted {
			return store.ErrNotFound
		}
		return err
	})
}

// laneOf names the partition that has the alias.
func laneOf(tenant, upn string) string { return fmt.Sprint("aliases ", tenant, " ", bucketOf(upn)) }
