package cassandra

import (
	"context"
	"errors"
	"slices"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
)

// stepTries is how often a step is tried in all, if other servers write to the same keys meanwhile.
const stepTries = 10

// errRaced is the error of a step that others were always faster than.
var errRaced = errors.New("other servers write to the same statistics all the time")

// state is what a step reads of an owner before it writes.
type state struct {
	rows   map[string]*row // of those ids that the step changes and that are stored
	stored row             // with the settings and written
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
	var before int64
	for range stepTries {
		stamp := int64(store.NewRevision())
		done, err := s.tryStep(ctx, owner, calls, before, stamp)
		if done || err != nil {
			return err
		}
		before = stamp
	}
	return errRaced
}

// tryStep makes the calls in a batch with the stamp and reports whether they have their results. before is the stamp
// of the try before, 0 for the first one.
//
// The conditions of the batch check what the first read has found. But they check no refusal, and a batch that is not
// applied shows that others write. The next reads are in the order of the transactions, too.
func (s *Store) tryStep(ctx context.Context, owner store.Owner, calls []*call, before, stamp int64) (done bool, err error) {
	query := s.query
	if before == 0 {
		query = s.quorumQuery
	}
	was, err := read(ctx, query, owner, idsOf(calls))
	if err != nil {
		return false, err
	}
	if before != 0 && was.stored.written == before {
		return true, nil // a node has finished the batch, and then compared once more
	}
	changes, grouped, settings := permit(was, calls)
	if before == 0 && slices.ContainsFunc(calls, func(c *call) bool { return c.err != nil }) {
		return false, nil
	}
	if len(changes) == 0 && settings == nil {
		return true, nil
	}
	return s.tryBatch(ctx, owner, stamp, netOf(changes), grouped, was, settings)
}

// read returns what a step has to know. A row comes with the owner's settings.
func read(ctx context.Context, query querier, owner store.Owner, ids []string) (was state, err error) {
	if was.rows, err = rowsOf(ctx, query, owner, ids); err != nil {
		return was, err
	}
	for _, one := range was.rows {
		was.stored = *one
		return was, nil
	}
	was.stored, err = storedSettings(ctx, query, owner)
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

// permit sets the result of each call as it is once all calls before it are made. It returns the changes of
// those that are not refused, whether one of them has several, and the settings after them, nil if no call
// changes settings.
func permit(was state, calls []*call) (changes []store.Change, grouped bool, settings *store.Settings) {
	revisions := make(map[string]store.Revision, len(was.rows))
	for id, stored := range was.rows {
		revisions[id] = store.Revision(stored.revision)
	}
	after := was.stored.settings()
	for _, c := range calls {
		if c.err = meet(revisions, c.changes); c.err == nil {
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

// tryBatch runs the batch of the changes, each of another key, and of the settings, nil to leave them, and reports
// whether all conditions held.
func (s *Store) tryBatch(ctx context.Context, owner store.Owner, stamp int64, net []store.Change, grouped bool, was state, settings *store.Settings) (applied bool, err error) {
	batch := s.session.Batch(gocql.LoggedBatch)
	batch.Query(stampWritten, stamp, owner.Tenant, owner.User, was.stored.mailbox, was.stored.license, was.stored.optOut)
	if grouped {
		batch.Query(stampGrouped, stamp, owner.Tenant, owner.User)
	}
	if settings != nil {
		batch.Query(updateSettings, settings.HasGraphMailbox, settings.HasLicense, settings.HasOptedOut, owner.Tenant, owner.User)
	}
	for i := range net {
		statement, values := statementOf(&net[i], was.rows[net[i].Key.ID])
		batch.Query(statement, values...)
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
