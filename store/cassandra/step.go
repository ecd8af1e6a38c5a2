package cassandra

import (
	"context"
	"errors"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
)

// stepTries is how often a step is tried in all, if other servers write to the same keys meanwhile.
const stepTries = 10

// errRaced is the error of a step that others were always faster than.
var errRaced = errors.New("other servers write to the same statistics all the time")

// state is what a step reads of an owner before it writes.
type state struct {
	revisions map[string]store.Revision // of those ids that the step changes and that are stored
	stored    row                       // with the settings alone
}

// runStep makes the calls one after the other, in one batch, and sets their results. A text that the database
// refuses spoils the batch, so each call is then made alone.
func (s *Store) runStep(owner store.Owner, calls []*call) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	err := s.step(ctx, owner, calls)
	if err != nil && isBug(err) && len(calls) > 1 {
		for _, c := range calls {
			if err := s.step(ctx, owner, []*call{c}); err != nil {
				c.err = err
			}
		}
		return
	}
	if err != nil {
		for _, c := range calls {
			c.err = err
		}
	}
}

// step makes the calls and sets their results. After an error the outcome of all calls is unknown.
func (s *Store) step(ctx context.Context, owner store.Owner, calls []*call) error {
	ids := idsOf(calls)
	var tried []store.Change
	for range stepTries {
		was, err := s.read(ctx, owner, ids)
		if err != nil {
			return err
		}
		if isMade(was.revisions, tried) {
			return nil // a node has finished the batch before, and then compared once more
		}
		changes, grouped, settings := permit(was, calls)
		tried = netOf(changes)
		if len(tried) == 0 && settings == nil {
			return nil
		}
		applied, err := s.tryBatch(ctx, owner, tried, grouped, &was.stored, settings)
		if applied || err != nil {
			return err
		}
	}
	return errRaced
}

func (s *Store) read(ctx context.Context, owner store.Owner, ids []string) (was state, err error) {
	err = each(2, func(n int) (err error) {
		if n == 0 {
			was.stored, err = s.storedSettings(ctx, owner)
		} else {
			was.revisions, err = s.revisions(ctx, owner, ids)
		}
		return err
	})
	return was, err
}

// idsOf returns the ids that the calls change, each once.
func idsOf(calls []*call) (ids []string) {
	seen := map[string]bool{}
	for _, c := range calls {
		for i := range c.changes {
			if id := c.changes[i].Key.ID; !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// isMade reports whether a batch whose conditions did not hold was made all the same: revisions are random,
// so nobody else has stored this one.
func isMade(stored map[string]store.Revision, tried []store.Change) bool {
	for i := range tried {
		if tried[i].Revision != store.NoRevision && tried[i].Revision != tried[i].Was && stored[tried[i].Key.ID] == tried[i].Revision {
			return true
		}
	}
	return false
}

// permit sets the result of each call as it is once all calls before it are made. It returns the changes of
// those that are not refused, whether one of them has several, and the settings after them, nil if no call
// changes settings.
func permit(was state, calls []*call) (changes []store.Change, grouped bool, settings *store.Settings) {
	after := was.stored.settings()
	for _, c := range calls {
		if c.err = meet(was.revisions, c.changes); c.err == nil {
			changes = append(changes, c.changes...)
			grouped = grouped || len(c.changes) > 1
		}
		if c.settings != nil {
			after = c.settings.Apply(after)
			settings = &after
		}
		c.after = after
	}
	return changes, grouped, settings
}

// meet makes the changes in the map if every one finds its key at the expected revision, once the changes
// before it are made. Otherwise it changes nothing and returns why.
func meet(stored map[string]store.Revision, changes []store.Change) error {
	made := make(map[string]store.Revision, len(changes))
	for i := range changes {
		id := changes[i].Key.ID
		revision, changed := made[id]
		if !changed {
			revision = stored[id]
		}
		if err := store.Meet(revision, changes[i].Was); err != nil {
			return changes[i].Refused(err)
		}
		made[id] = changes[i].Revision
	}
	for id, revision := range made {
		stored[id] = revision
	}
	return nil
}

// netOf returns one change for each key, which does what all changes of the key do one after the other. All
// parts of a batch have the same time, so it cannot hold two of one key.
func netOf(changes []store.Change) (net []store.Change) {
	at := make(map[string]int, len(changes))
	for _, change := range changes {
		i, again := at[change.Key.ID]
		switch {
		case !again:
			at[change.Key.ID] = len(net)
			net = append(net, change)
		case change.Revision != change.Was:
			net[i].Revision, net[i].Record = change.Revision, change.Record
		}
	}
	return net
}

// tryBatch runs the batch of the changes, each of another key, and of the settings, and reports whether all
// conditions held.
func (s *Store) tryBatch(ctx context.Context, owner store.Owner, net []store.Change, grouped bool, was *row, settings *store.Settings) (applied bool, err error) {
	batch := s.session.Batch(gocql.LoggedBatch)
	for i := range net {
		statement, values := statementOf(&net[i])
		batch.Query(statement, values...)
	}
	if settings != nil {
		batch.Query(updateSettings, settings.HasGraphMailbox, settings.HasLicense, settings.HasOptedOut, owner.Tenant, owner.User,
			was.mailbox, was.license, was.optOut)
	}
	stamp := int64(store.NewRevision())
	if len(net) > 0 && !grouped {
		batch.Query(stampWritten, stamp, owner.Tenant, owner.User)
	} else if grouped {
		batch.Query(stampGrouped, stamp, stamp, owner.Tenant, owner.User)
	}
	return execute(ctx, batch)
}

// execute runs a conditional batch and reports whether all conditions held.
func execute(ctx context.Context, batch *gocql.Batch) (applied bool, err error) {
	applied, rows, err := batch.MapExecCASContext(ctx, map[string]any{})
	if rows != nil {
		_ = rows.Close() // its error is err
	}
	return applied, err
}
