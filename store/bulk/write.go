package bulk

import (
	"context"
	"errors"
	"sync"

	"afterhours/store"
)

// writer writes batches of rows.
type writer struct {
	to     store.Store
	refuse func(Row) error
	counts Counts
	// collided is whether the last batch collided with existing statistics. Then the next
	// one probably will, so it is compared before it is written, instead of created.
	collided bool
}

// write stores the items of the rows without faults, and refuses the others.
func (w *writer) write(ctx context.Context, rows []Row) error {
	named := map[any]bool{} // the names of the items so far
	var items []*Item
	flush := func(line int) error {
		err := w.items(ctx, items)
		items = items[:0]
		clear(named)
		if err == nil {
			w.counts.Line = line
		}
		return err
	}
	for i := range rows {
		row := &rows[i]
		if len(row.Faults) > 0 {
			w.counts.Refused++
			if err := w.refuse(*row); err != nil {
				return err
			}
			continue
		}
		name := row.Item.name()
		if named[name] { // the later row wins, so it goes into a later step
			if err := flush(row.Line - 1); err != nil {
				return err
			}
		}
		named[name] = true
		items = append(items, &row.Item)
	}
	if len(rows) == 0 {
		return nil
	}
	return flush(rows[len(rows)-1].Line)
}

// name returns a key that is the same for two items about the same thing.
func (i *Item) name() any {
	switch {
	case i.Statistic != nil:
		return store.Key{Owner: i.Owner, ID: i.Statistic.ID}
	case i.Settings != nil:
		return i.Owner
	}
	return store.User{Owner: store.Owner{Tenant: i.Owner.Tenant}, UPN: i.UPN}
}

// items stores items with different names.
func (w *writer) items(ctx context.Context, items []*Item) error {
	var statistics, others []*Item
	for _, item := range items {
		if item.Statistic != nil {
			statistics = append(statistics, item)
		} else {
			others = append(others, item)
		}
	}
	for _, step := range w.steps(statistics) {
		if err := w.statistics(ctx, step); err != nil {
			return err
		}
	}
	return w.others(ctx, others)
}

// steps returns the statistics that are stored together: all, or those of one owner if the store takes no others.
func (w *writer) steps(items []*Item) (steps [][]*Item) {
	if !store.IsPartitioned(w.to) {
		return [][]*Item{items}
	}
	at := map[store.Owner]int{}
	for _, item := range items {
		i, known := at[item.Owner]
		if !known {
			i = len(steps)
			at[item.Owner] = i
			steps = append(steps, nil)
		}
		steps[i] = append(steps[i], item)
	}
	return steps
}

// statistics stores the statistics in one step.
func (w *writer) statistics(ctx context.Context, items []*Item) error {
	if !w.collided {
		changes := make([]store.Change, len(items))
		for i, item := range items {
			changes[i] = item.change(store.NoRevision)
		}
		err := w.to.Apply(ctx, changes)
		if err == nil {
			w.counts.Created += len(items)
		}
		if !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	const races = 16
	for range races {
		changes, counts, err := w.compare(ctx, items)
		if err != nil {
			return err
		}
		err = w.to.Apply(ctx, changes)
		switch {
		case err == nil:
			w.counts.Created += counts.Created
			w.counts.Replaced += counts.Replaced
			w.counts.Unchanged += counts.Unchanged
			w.collided = counts.Created < len(items)
			return nil
		case errors.Is(err, store.ErrExists), errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrConflict):
		default:
			return err
		}
	}
	return errRaced
}

// compare returns the changes that bring the store to the state of the items.
func (w *writer) compare(ctx context.Context, items []*Item) (changes []store.Change, counts Counts, err error) {
	for _, item := range items {
		stored, _, err := w.to.Get(ctx, store.Key{Owner: item.Owner, ID: item.Statistic.ID})
		switch {
		case errors.Is(err, store.ErrNotFound):
			counts.Created++
		case err != nil:
			return nil, counts, err
		case stored.Record == item.Statistic.Record:
			counts.Unchanged++
			continue
		default:
			counts.Replaced++
		}
		changes = append(changes, item.change(stored.Revision))
	}
	return changes, counts, nil
}

func (i *Item) change(was store.Revision) store.Change {
	return store.Change{Key: store.Key{Owner: i.Owner, ID: i.Statistic.ID}, Was: was, Revision: store.NewRevision(), Record: i.Statistic.Record}
}

// others stores settings and aliases. Each is a write of its own, so many are written at
// once: a store lets them share a commit.
func (w *writer) others(ctx context.Context, items []*Item) error {
	const atOnce = 64
	var mu sync.Mutex // guards failure and the counts
	var failure error
	var writes sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, item := range items {
		slots <- struct{}{}
		writes.Go(func() {
			count, err := w.other(ctx, item)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failure = err
			} else {
				*count++
			}
			<-slots
		})
	}
	writes.Wait()
	return failure
}

// other stores settings or an alias, unless the store already has them. It returns the
// count to increase.
func (w *writer) other(ctx context.Context, item *Item) (*int, error) {
	if item.Settings != nil {
		stored, err := w.to.Settings(ctx, item.Owner)
		if err != nil {
			return nil, err
		}
		if stored == *item.Settings {
			return &w.counts.Unchanged, nil
		}
		_, err = w.to.UpdateSettings(ctx, item.Owner, store.SettingsChange{HasGraphMailbox: store.Of(item.Settings.HasGraphMailbox),
			HasLicense: store.Of(item.Settings.HasLicense), HasOptedOut: store.Of(item.Settings.HasOptedOut)})
		return &w.counts.Replaced, err
	}
	user := store.User{Owner: item.Owner, UPN: item.UPN}
	stored, err := w.to.UserByUPN(ctx, user.Tenant, user.UPN)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return &w.counts.Created, w.to.PutUser(ctx, user, true)
	case err != nil:
		return nil, err
	case stored.Owner == user.Owner:
		return &w.counts.Unchanged, nil
	}
	return &w.counts.Replaced, w.to.PutUser(ctx, user, true)
}
