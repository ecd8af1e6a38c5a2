package store

import (
	"crypto/rand"
	"encoding/binary"

	"afterhours/store/edm"
)

// Type is one of the five derived types of activityStatistics. A statistic gets it at
// creation.
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

// Record is a statistic without its key and revision. It holds no pointers: two records
// have the same values exactly if they are ==, and a copy is independent of the original.
// A property that the type does not have is null.
type Record struct {
	Type         Type
	Activity     Activity
	StartDate    Null[edm.Date]
	EndDate      Null[edm.Date]
	TimeZoneUsed Null[string]
	Duration     Null[edm.Duration]
	Derived      Derived
}

// Statistic is a record with its id and revision, as it is stored.
type Statistic struct {
	ID       string
	Revision Revision
	Record
}

// Revision identifies one state of a statistic. It is random, so that no two states of a
// key have the same one, not even after a delete, after a restore from a backup or on
// another server. Revisions have no order.
type Revision int64

// NoRevision stands for a key under which nothing is stored.
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
