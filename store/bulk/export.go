package bulk

import (
	"context"

	"afterhours/store"
)

// pageSize is how many owners, aliases or statistics are read at once.
const pageSize = 1000

// Export gives every item of the store to write, always in the same order: tenant by
// tenant the aliases by their names, then owner by owner the settings, unless they are the
// defaults, and the statistics by their ids. It begins after an item with which an earlier
// export ended, or at the beginning if that is nil. Others may write meanwhile: a statistic
// is exported as it is when its page is read, and exactly once if it exists throughout. An
// error of write ends the export. An item is valid until write returns.
func Export(ctx context.Context, from store.Store, after *Item, write func(*Item) error) error {
	tenants, err := from.Tenants(ctx)
	if err != nil {
		return err
	}
	e := &exporter{ctx: ctx, from: from, write: write}
	for _, tenant := range tenants {
		start := &Item{Owner: store.Owner{Tenant: tenant}}
		if after != nil && after.Owner.Tenant > tenant {
			continue
		}
		if after != nil && after.Owner.Tenant == tenant {
			start = after
		}
		if err := e.tenant(start); err != nil {
			return err
		}
	}
	return nil
}

type exporter struct {
	ctx   context.Context
	from  store.Store
	write func(*Item) error
}

// tenant exports the items of the item's tenant that come after the item.
func (e *exporter) tenant(after *Item) error {
	tenant, lastOwner := after.Owner.Tenant, ""
	if after.Statistic == nil && after.Settings == nil {
		if err := e.aliases(tenant, after.UPN); err != nil {
			return err
		}
	} else {
		lastID := ""
		if after.Statistic != nil {
			lastID = after.Statistic.ID
		}
		if err := e.statistics(after.Owner, lastID); err != nil {
			return err
		}
		lastOwner = after.Owner.User
	}
	return pages(func(last store.Owner) ([]store.Owner, error) {
		return e.from.Owners(e.ctx, tenant, last.User, pageSize)
	}, store.Owner{User: lastOwner}, e.owner)
}

func (e *exporter) aliases(tenant, last string) error {
	return pages(func(last store.User) ([]store.User, error) {
		return e.from.Users(e.ctx, tenant, last.UPN, pageSize)
	}, store.User{UPN: last}, func(user store.User) error {
		return e.write(&Item{Owner: user.Owner, UPN: user.UPN})
	})
}

func (e *exporter) owner(owner store.Owner) error {
	settings, err := e.from.Settings(e.ctx, owner)
	if err != nil {
		return err
	}
	if settings != store.DefaultSettings {
		if err := e.write(&Item{Owner: owner, Settings: &settings}); err != nil {
			return err
		}
	}
	return e.statistics(owner, "")
}

func (e *exporter) statistics(owner store.Owner, last string) error {
	return pages(func(last store.Statistic) ([]store.Statistic, error) {
		query := store.Query{Limit: pageSize}
		if last.ID != "" {
			query.After = &store.Position{ID: last.ID}
		}
		return e.from.List(e.ctx, owner, query)
	}, store.Statistic{ID: last}, func(statistic store.Statistic) error {
		return e.write(&Item{Owner: owner, Statistic: &statistic})
	})
}

// pages calls each for every value of page after page. A page begins after the last value
// of the page before.
func pages[T any](page func(last T) ([]T, error), last T, each func(T) error) error {
	for {
		values, err := page(last)
		if err != nil {
			return err
		}
		for _, value := range values {
			if err := each(value); err != nil {
				return err
			}
		}
		if len(values) < pageSize {
			return nil
		}
		last = values[len(values)-1]
	}
}
