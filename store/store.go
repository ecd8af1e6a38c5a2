// Package store owns the definition of a statistic and the promises of every store of
// statistics. It leaves alone the JSON of a statistic (handlers) and how one is kept
// (memory, sqlite, postgres, cassandra).
//
//	handlers -> store.Store -> memory | sqlite | postgres | cassandra
package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors that every store returns, bare or wrapped; test with errors.Is.
var (
	// ErrNotFound means that nothing is stored under the key.
	ErrNotFound = errors.New("not found")
	// ErrExists means that a create found a statistic under the key.
	ErrExists = errors.New("already exists")
	// ErrConflict means that the stored revision is not the expected one.
	ErrConflict = errors.New("revision differs")
	// ErrOwners means that Apply got changes of several owners, which this store cannot make in one
	// step (see Partitioned). It has changed nothing.
	ErrOwners = errors.New("this store cannot change the statistics of several users in one step; send one step for each user")
	// ErrUnavailable means that the database cannot be reached, is locked by another
	// process for too long, or failed. The outcome of a write is unknown.
	ErrUnavailable = errors.New("store is unavailable")
	// ErrStopped means that writing has stopped until the store is opened again, because
	// its disk failed, or its files were removed, replaced or damaged. The outcome of the
	// writes under way then is unknown. Any later write has changed nothing.
	ErrStopped = fmt.Errorf("%w until it is opened again", ErrUnavailable)
	// ErrDamaged means that the database does not hold what was written to it.
	ErrDamaged = errors.New("the database is damaged")
	// ErrTold is in addition to another error: the store tells the cause by Watch, once.
	ErrTold = errors.New("told")
	// ErrFull means that the store has no room for a write.
	ErrFull = errors.New("store is full")
	// ErrClosed means that the store was closed before the call.
	ErrClosed = errors.New("store is closed")
)

// Store keeps statistics, the settings of their owners and the aliases of users.
//
// A write that returns nil is as durable as the store promises, and every later read,
// from any goroutine, sees it. A write that returns ErrNotFound, ErrExists, ErrConflict,
// ErrFull or ErrClosed has changed nothing. With any other error, such as the context's,
// the outcome is unknown. Any number of goroutines may call at once. After Close, every
// method returns ErrClosed, even if the context has ended.
//
// If the context ends, a method returns its cause (context.Cause) soon afterwards. A List,
// Count or Aggregate stops: it holds nothing that other calls need. If it had to wait for a
// connection until then, the error is ErrUnavailable, too.
//
// Texts are valid UTF-8 without U+0000, which some databases cannot hold.
type Store interface {
	// Get returns the statistic under the key and its owner's settings, or ErrNotFound
	// if the key is free.
	Get(ctx context.Context, key Key) (Statistic, Settings, error)
	// List returns one page of the owner's statistics, chosen and ordered by the query.
	// The page is empty past the end, and for an owner without statistics.
	List(ctx context.Context, owner Owner, query Query) ([]Statistic, error)
	// Count returns how many of the owner's statistics the filter keeps. A nil filter
	// keeps all. The count of an unknown owner is 0.
	Count(ctx context.Context, owner Owner, filter Expr) (int, error)
	// Aggregate groups the owner's statistics and returns the groups in the order of their
	// keys, all of one moment. A Grouper defines them. The error is a *GroupsError if there are
	// too many, and a *RangeError if a sum is out of range.
	Aggregate(ctx context.Context, owner Owner, aggregation Aggregation) ([]Group, error)
	// Put stores the record if the stored revision equals was. It returns the new revision,
	// which this key has never had before, and the owner's settings. If was is NoRevision,
	// Put creates, and returns ErrExists if the key is taken. Otherwise Put replaces, and
	// returns ErrNotFound if the key is free and ErrConflict if the revision differs.
	Put(ctx context.Context, key Key, record Record, was Revision) (Revision, Settings, error)
	// Delete removes the statistic if the stored revision equals was. It returns ErrNotFound if
	// the key is free and ErrConflict if the revision differs, as NoRevision always does.
	Delete(ctx context.Context, key Key, was Revision) error
	// Apply makes all of the changes in one step, or none of them: no reader sees some
	// without the others, and they are as durable as one Put. They are made in their
	// order, so the second change of a key finds the result of the first. If a change
	// fails, the error is ErrExists, ErrNotFound or ErrConflict, as from Put, wrapped with
	// the id of the first change that failed. Without changes the error is nil. A Partitioned
	// store returns ErrOwners if the changes are of several owners.
	Apply(ctx context.Context, changes []Change) error

	// Track returns a mark of the owner that comes after every write that has returned before
	// the call. It is the newest mark if nothing was written since that was made. now is the time
	// at which older marks may be forgotten (see MarkRetention). The mark of an owner who never
	// had statistics is the zero Mark.
	//
	// Writes do not know that they are tracked: Track compares the statistics with those that
	// it has seen before. It reads all of the owner's statistics, and is for those who copy them.
	Track(ctx context.Context, owner Owner, now time.Time) (Mark, error)
	// Changes returns up to limit of the ids that were written or deleted within the span, each
	// once, in the order of their positions. It may lack an id that another Track has found
	// changed again meanwhile: that id is in the span that begins with Until. If Since is the zero
	// Mark, ids that were deleted before Until are left out. The error is ErrForgotten if the
	// store does not know Since or Until.
	//
	// So a caller that makes what it has of each id equal to Tracked.Statistic, span after
	// span, has what the store has as soon as nothing is written any more.
	Changes(ctx context.Context, owner Owner, span Span, limit int) ([]Tracked, error)

	// Settings returns the owner's settings, or DefaultSettings for an unknown owner.
	Settings(ctx context.Context, owner Owner) (Settings, error)
	// UpdateSettings changes only the settings that the change names, in one step, and
	// returns all settings after the change. An unknown owner starts from DefaultSettings.
	UpdateSettings(ctx context.Context, owner Owner, change SettingsChange) (Settings, error)

	// UserByUPN returns the user that the alias names in the tenant, or ErrNotFound.
	UserByUPN(ctx context.Context, tenant, upn string) (User, error)
	// Users returns up to limit of the tenant's aliases, in the order of their names,
	// beginning after a name. The name "" is before the first.
	Users(ctx context.Context, tenant, after string, limit int) ([]User, error)
	// PutUser stores the alias. If the alias names another user of the tenant, it is moved
	// to this user if move is true. Otherwise it stays, and the error is ErrExists. A user
	// may have several aliases. It is no error to store one again: without move it keeps
	// when and by whom it was learned.
	PutUser(ctx context.Context, user User, move bool) error
	// DeleteUser removes the alias, or returns ErrNotFound if the tenant has no alias of
	// that name. The statistics of the user stay.
	DeleteUser(ctx context.Context, tenant, upn string) error

	// Tenants returns, in byte order, the tenants that have statistics, settings or
	// aliases. It may scan the whole store; only export uses it.
	Tenants(ctx context.Context) ([]string, error)
	// Owners returns up to limit of the tenant's owners that have statistics or stored
	// settings, in the byte order of the users, beginning after a user. The user "" is
	// before the first.
	Owners(ctx context.Context, tenant, after string, limit int) ([]Owner, error)

	// Person returns a user with the first of their aliases, or ErrNotFound if the store has
	// neither statistics nor settings nor an alias of the user.
	Person(ctx context.Context, owner Owner) (Person, error)
	// People returns up to limit of the tenant's users that have statistics, stored settings
	// or an alias, in the byte order of the users, beginning after a user. The user "" is
	// before the first.
	People(ctx context.Context, tenant, after string, limit int) ([]Person, error)
	// CountPeople returns how many users People returns without a limit.
	CountPeople(ctx context.Context, tenant string) (int, error)

	// Check returns nil if the store can serve reads and writes now.
	Check(ctx context.Context) error
	// Close waits for the writes under way and frees the store's resources. A second
	// Close returns nil.
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
	// LearnedAt is when a token brought the name, in UTC and whole seconds. It is zero for a
	// name that the operator gave.
	LearnedAt time.Time
	// LearnedBy is the issuer of that token, "" for a name that the operator gave.
	LearnedBy string
}

// Person is a user, as far as a store knows them.
type Person struct {
	Owner
	// UPN is the first of the user's aliases in byte order, "" if there is none.
	UPN string
}

// Settings are a user's settings that decide whether Graph shows statistics.
type Settings struct {
	HasGraphMailbox bool
	HasLicense      bool
	HasOptedOut     bool
}

// SettingsChange has the new values of settings. Null leaves a setting as it is.
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

// DefaultSettings are the settings of a user whose settings were never changed: the user
// has a mailbox and a license, which Graph asks for, and has not opted out.
var DefaultSettings = Settings{HasGraphMailbox: true, HasLicense: true}
