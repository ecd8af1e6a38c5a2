// Package store owns what a statistic is and what every store of statistics
// promises; it leaves alone how a statistic looks on the wire (handlers) and how
// it is kept (memory, sqlite, postgres).
//
//	handlers -> store.Store -> memory | sqlite | postgres
package store

import (
	"context"
	"errors"
)

// Errors that every store returns, bare or wrapped; test with errors.Is.
var (
	// ErrNotFound says that nothing is stored under the key.
	ErrNotFound = errors.New("not found")
	// ErrExists says that a create met something stored under the key.
	ErrExists = errors.New("already exists")
	// ErrConflict says that the stored revision is not the expected one.
	ErrConflict = errors.New("revision differs")
	// ErrUnavailable says that the database cannot be reached, is locked by another
	// process for too long, or failed. The outcome of a write is unknown.
	ErrUnavailable = errors.New("store is unavailable")
	// ErrFull says that the store has no room for a write.
	ErrFull = errors.New("store is full")
	// ErrClosed says that the store was closed before the call.
	ErrClosed = errors.New("store is closed")
)

// Store keeps statistics, the settings of their owners and the aliases of users.
//
// A method that returns nil from a write has made it as durable as the store
// promises, and every later read, from any goroutine, sees it. A write that
// returns ErrNotFound, ErrExists, ErrConflict, ErrFull or ErrClosed has changed
// nothing; with any other error, the context's among them, the outcome is unknown. Any
// number of goroutines may call at once. After Close, every method returns ErrClosed,
// whatever the context.
//
// Texts are valid UTF-8 without U+0000, which some databases cannot hold.
type Store interface {
	// Get returns the statistic under the key and its owner's settings, or ErrNotFound
	// if the key is free.
	Get(ctx context.Context, key Key) (Statistic, Settings, error)
	// List returns one page of the owner's statistics as the query chooses and
	// orders them; an owner without any, or a page past the end, is an empty page.
	List(ctx context.Context, owner Owner, query Query) ([]Statistic, error)
	// Count returns how many of the owner's statistics the filter keeps, all if it is
	// nil; 0 for an unknown owner.
	Count(ctx context.Context, owner Owner, filter Expr) (int, error)
	// Put stores the record if what is stored under the key has the revision was. It
	// returns the new revision, one that this key has never had before, not even
	// before a delete, and, as Get does, the owner's settings. With was == NoRevision
	// it creates, and returns ErrExists if the key is taken; otherwise it replaces, and
	// returns ErrNotFound if the key is free and ErrConflict if the revision differs.
	Put(ctx context.Context, key Key, record Record, was Revision) (Revision, Settings, error)
	// Delete removes the statistic if it has the revision was; ErrNotFound if the
	// key is free, ErrConflict if the revision differs, as NoRevision always does.
	Delete(ctx context.Context, key Key, was Revision) error
	// Apply makes all of the changes in one step, or none of them: no reader sees
	// some without the others, and they are as durable as one Put. They are made in
	// their order, so that a key that stands twice meets what came before. The error
	// is that of the first change that its key does not permit, ErrExists,
	// ErrNotFound or ErrConflict as from Put, wrapped with the id. No changes are no
	// error.
	Apply(ctx context.Context, changes []Change) error

	// Settings returns the owner's settings, DefaultSettings for an unknown one.
	Settings(ctx context.Context, owner Owner) (Settings, error)
	// UpdateSettings changes the settings that the change names and no other, in one
	// step, and returns what they then are. Those of an unknown owner are changed
	// from DefaultSettings.
	UpdateSettings(ctx context.Context, owner Owner, change SettingsChange) (Settings, error)

	// UserByUPN returns the user whom the alias names in the tenant, or ErrNotFound.
	UserByUPN(ctx context.Context, tenant, upn string) (User, error)
	// Users returns the tenant's aliases in the order of their names, as many as the
	// limit from behind a name, "" for the first ones.
	Users(ctx context.Context, tenant, after string, limit int) ([]User, error)
	// PutUser stores the alias. An alias that names another user of the tenant is
	// moved to this one if move is true, else it stays and ErrExists is returned.
	// A user may have several aliases; storing one again is no error.
	PutUser(ctx context.Context, user User, move bool) error
	// DeleteUser removes the alias, or returns ErrNotFound if the tenant has none
	// of that name. The statistics of the user stay.
	DeleteUser(ctx context.Context, tenant, upn string) error

	// Tenants returns those of whom statistics, settings or aliases are stored, in byte
	// order. It may read all that is stored, and is for who does so.
	Tenants(ctx context.Context) ([]string, error)
	// Owners returns those of the tenant who have statistics or stored settings, in the
	// byte order of the users, as many as the limit from behind a user, "" for the first.
	Owners(ctx context.Context, tenant, after string, limit int) ([]Owner, error)

	// Check returns nil if the store can serve reads and writes now.
	Check(ctx context.Context) error
	// Close waits for the writes under way and frees what the store holds. A
	// second Close returns nil.
	Close() error
}

// Owner is the user of one tenant whose statistics are kept: two GUIDs in lower
// case, the tid and oid claims of the user's tokens.
type Owner struct {
	Tenant string
	User   string
}

// Key names one statistic. The ID is not empty and unique for its owner; its case
// counts.
type Key struct {
	Owner
	ID string
}

// User is an alias: the user principal name by which a tenant knows an owner.
type User struct {
	Owner
	// UPN is in lower case: callers fold it, stores compare it byte for byte.
	UPN string
}

// Settings says what Graph needs to know of a user before it shows statistics.
type Settings struct {
	HasGraphMailbox bool
	HasLicense      bool
	HasOptedOut     bool
}

// SettingsChange names settings and what they shall be; null leaves one as it is.
type SettingsChange struct {
	HasGraphMailbox Null[bool]
	HasLicense      Null[bool]
	HasOptedOut     Null[bool]
}

// Apply returns the settings with the change made.
func (c SettingsChange) Apply(to Settings) Settings {
	for _, one := range []struct {
		field *bool
		value Null[bool]
	}{{&to.HasGraphMailbox, c.HasGraphMailbox}, {&to.HasLicense, c.HasLicense}, {&to.HasOptedOut, c.HasOptedOut}} {
		if one.value.Valid {
			*one.field = one.value.Value
		}
	}
	return to
}

// DefaultSettings are those of a user of whom nothing was said: everything that
// Graph asks for is there, and the user has not opted out.
var DefaultSettings = Settings{HasGraphMailbox: true, HasLicense: true}
