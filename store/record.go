package store

import (
	"crypto/rand"
	"encoding/binary"

	"afterhours/store/edm"
)

// Type is which of the five derived types of activityStatistics a statistic has.
// It is set at creation and never changes.
type Type string

// The derived types that Graph documents.
const (
	Call    Type = "call"
	Chat    Type = "chat"
	Email   Type = "email"
	Focus   Type = "focus"
	Meeting Type = "meeting"
)

// Activity is a member of Graph's enumeration analyticsActivityType, as Graph
// spells it: Email, Meeting, Focus, Chat or Call.
type Activity string

// Null is a value that may be null; its zero value is null.
type Null[T comparable] struct {
	Value T
	Valid bool
}

// Of returns a value that is not null.
func Of[T comparable](value T) Null[T] { return Null[T]{Value: value, Valid: true} }

// Record is what a statistic says, without its key and revision. It holds no
// pointers: two records say the same exactly when they are ==, and a copy is
// independent of the original. A property that the type does not have is null.
type Record struct {
	Type         Type
	Activity     Activity
	StartDate    Null[edm.Date]
	EndDate      Null[edm.Date]
	TimeZoneUsed Null[string]
	Duration     Null[edm.Duration]
	Derived      Derived
}

// Statistic is a record as it is stored: under its id, at its revision.
type Statistic struct {
	ID       string
	Revision Revision
	Record
}

// Revision tells two states of one statistic apart. It is drawn at random, so
// that no state of a key, before or after a delete, a restore from a backup or on
// another server, has the revision of another state; it has no order.
type Revision int64

// NoRevision is the revision of what is not there.
const NoRevision Revision = 0

// NewRevision draws a revision, never NoRevision. Stores call it for every write.
func NewRevision() Revision {
	var random [8]byte
	for {
		_, _ = rand.Read(random[:]) // never fails: crypto/rand ends the process instead
		if revision := Revision(binary.LittleEndian.Uint64(random[:])); revision != NoRevision {
			return revision
		}
	}
}
