package store

import (
	"errors"
	"time"
)

// ErrForgotten means that the store does not know a mark: it was made too long ago, by another
// store, or after the backup from which the store was restored. Its holder must begin anew.
var ErrForgotten = errors.New("the mark is forgotten")

// Limits of what a store keeps for the holders of marks.
const (
	// MarkRetention is how long a mark is known at least. The newest mark of an owner is known for ever,
	// because nothing has changed since.
	MarkRetention = 30 * 24 * time.Hour
	// MaxMarks is how many marks of an owner a store keeps at least, more than one a minute for
	// MarkRetention. Older ones may be forgotten.
	MaxMarks = 50_000
	// MaxDeleted is how many deleted ids of an owner a store keeps at least. A mark from before an older
	// deletion may be forgotten.
	MaxDeleted = 100_000
)

// Mark names one state of an owner's statistics: all that was written before it was made. The zero
// Mark is the state without statistics. A mark belongs to its owner.
type Mark struct {
	// Number counts the marks of the owner.
	Number int64
	// Stamp is random, so that a mark of another store, or of a lost part of this one, is not taken for
	// another mark of the same number.
	Stamp int64
}

// Span is what lies between two marks of one owner.
type Span struct {
	// Since is the older mark, Until the newer one.
	Since, Until Mark
	// After is the Position of the last Tracked of the page before, 0 for the first page.
	After int64
}

// Tracked is an id whose statistic was written or deleted within a span.
type Tracked struct {
	// Position is the order of the ids in a span. It is never 0.
	Position int64
	ID       string
	// Statistic is what is stored under the id now, even if that is newer than the span. Its revision is
	// NoRevision if nothing is stored, and if the id was last tracked as deleted: a statistic that has been
	// created since then comes in a later span.
	Statistic Statistic
}
