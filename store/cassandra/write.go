package cassandra

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"afterhours/store"
)

const (
	ofOwner = " WHERE tenant_id = ? AND user_id = ?"
	ofKey   = ofOwner + " AND id = ?"
)

// The statements of a batch for statistics. Each has the condition that the key is at the expected revision.
var (
	create  = "INSERT INTO statistics (tenant_id, user_id, id, " + columns + ") VALUES (?, ?, ?" + strings.Repeat(", ?", strings.Count(columns, ",")+1) + ") IF NOT EXISTS"
	replace = "UPDATE statistics SET " + strings.ReplaceAll(columns, ", ", " = ?, ") + " = ?" + ofKey + " IF revision = ?"
)

const (
	remove   = "DELETE FROM statistics" + ofKey + " IF revision = ?"
	keep     = "UPDATE statistics SET revision = ?" + ofKey + " IF revision = ?"
	keepFree = "DELETE FROM statistics" + ofKey + " IF revision = null"
)

// The statements of a batch for static columns. Every batch has the first one, with the condition that the settings
// are those that its calls return.
const (
	stampWritten   = "UPDATE statistics SET written = ?" + ofOwner + " IF has_graph_mailbox = ? AND has_license = ? AND has_opted_out = ?"
	stampGrouped   = "UPDATE statistics SET grouped = ?" + ofOwner
	updateSettings = "UPDATE statistics SET has_graph_mailbox = ?, has_license = ?, has_opted_out = ?" + ofOwner
)

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, key store.Key, record store.Record, was store.Revision) (store.Revision, store.Settings, error) {
	change := store.Change{Key: key, Was: was, Revision: store.NewRevision(), Record: record}
	var settings store.Settings
	err := s.attempt(ctx, "storing a statistic", func(ctx context.Context) (err error) {
		settings, err = s.write(ctx, key.Owner, []store.Change{change})
		return err
	})
	if err != nil {
		return store.NoRevision, store.Settings{}, err
	}
	return change.Revision, settings, nil
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, key store.Key, was store.Revision) error {
	return s.attempt(ctx, "deleting a statistic", func(ctx context.Context) error {
		if was != store.NoRevision {
			_, err := s.write(ctx, key.Owner, []store.Change{{Key: key, Was: was}})
			return err
		}
		stored, err := revisions(ctx, s.query, key.Owner, []string{key.ID})
		if err == nil && stored[key.ID] != store.NoRevision {
			return store.ErrConflict // a change from NoRevision would create
		}
		return cmp.Or(err, store.ErrNotFound)
	})
}

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, changes []store.Change) error {
	return s.attempt(ctx, "applying changes", func(ctx context.Context) error {
		if len(changes) == 0 {
			return nil
		}
		owner := changes[0].Key.Owner
		for i := range changes {
			if changes[i].Key.Owner != owner {
				return store.ErrOwners
			}
		}
		_, err := s.write(ctx, owner, slices.Clone(changes))
		return err
	})
}

// write makes the changes of one owner in one step, and returns the owner's settings.
func (s *Store) write(ctx context.Context, owner store.Owner, changes []store.Change) (store.Settings, error) {
	if slices.ContainsFunc(changes, func(c store.Change) bool { return c.Was == store.NoRevision && c.Revision != store.NoRevision }) {
		if err := s.list(ctx, owner); err != nil {
			return store.Settings{}, err
		}
	}
	return s.do(ctx, owner, &call{changes: changes})
}

// UpdateSettings implements store.Store.
func (s *Store) UpdateSettings(ctx context.Context, owner store.Owner, change store.SettingsChange) (settings store.Settings, err error) {
	err = s.attempt(ctx, "storing settings", func(ctx context.Context) (err error) {
		if err := s.list(ctx, owner); err != nil {
			return err
		}
		settings, err = s.do(ctx, owner, &call{settings: &change})
		return err
	})
	if err != nil {
		return store.Settings{}, err
	}
	return settings, nil
}

// statementOf returns the part of a batch for a change. was is the row that has the expected revision, nil for none.
func statementOf(change *store.Change, was *row) (statement string, values []any) {
	key := []any{change.Key.Tenant, change.Key.User, change.Key.ID}
	switch {
	case change.Was == store.NoRevision && change.Revision == store.NoRevision:
		return keepFree, key
	case change.Was == change.Revision:
		return keep, append(append([]any{int64(change.Was)}, key...), int64(change.Was))
	case change.Was == store.NoRevision:
		return create, append(key, valuesOf(change, newRow())...)
	case change.Revision == store.NoRevision:
		return remove, append(key, int64(change.Was))
	}
	return replace, append(append(valuesOf(change, was), key...), int64(change.Was))
}
