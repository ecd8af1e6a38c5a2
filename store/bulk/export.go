package bulk

import (
	"context"

	"afterhours/store"
)

// pageSize is how many of anything are read at once.
const pageSize = 1000

// Export gives every item of the store to write, in an order that is always the same:
// tenant by tenant the aliases by their names, then owner by owner the settings, unless
// they are the defaults, and the statistics by their ids. It begins behind an item that
// an earlier export ended with, nil for the beginning. Each statistic is as it is at the
// moment when its page is read, while others write: what exists throughout is there
// once. An error of write ends it. What write is given is good until it returns.
func Export(ctx context.Context, from store.Store, behind *Item, write func(*Item) error) error {
	tenants, err := from.Tenants(ctx)
	if err != nil {
		return err
	}
	e := &exporter{ctx: ctx, from: from, write: write}
	for _, tenant := range tenants {
		start := &Item{Owner: store.Owner{Tenant: tenant}}
		if behind != nil && behind.Owner.Tenant > tenant {
			continue
		}
		if behind != nil && behind.Owner.Tenant == tenant {
			start = behind
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

// tenant exports what its tenant has behind the item.
func (e *exporter) tenant(behind *Item) error {
	tenant, lastOwner := behind.Owner.Tenant, ""
	if behind.Statistic == nil && behind.Settings == nil {
		if err := e.aliases(tenant, behind.UPN); err != nil {
			return err
		}
	} else {
		lastID := ""
		if behind.Statistic != nil {
			lastID = behind.Statistic.ID
		}
		if err := e.statistics(behind.Owner, lastID); err != nil {
			return err
		}
		lastOwner = behind.Owner.User
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

// pages gives each value of page after page to each. A page is asked for behind the
// last value of the one before.
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
