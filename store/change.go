package store

import "fmt"

// Change takes one key from the revision that it must have to the revision that it gets.
// NoRevision stands for a free key:
//
//	Was         Revision
//	NoRevision  a new one   creates
//	a revision  a new one   replaces, as Put does, even if the type is another
//	a revision  NoRevision  deletes
//	the same    the same    writes nothing, and demands that the key is unchanged
//
// The caller draws the new revision with NewRevision, and knows it before the change is
// made.
type Change struct {
	Key      Key
	Was      Revision
	Revision Revision
	Record   Record // stored by a change that creates or replaces
}

// Refused adds the statistic's id to err, the reason why Apply refused this change.
func (c *Change) Refused(err error) error {
	return fmt.Errorf("the statistic %q: %w", c.Key.ID, err)
}

// Meet returns nil if the stored revision is the expected one. Otherwise it returns
// ErrExists, ErrNotFound or ErrConflict, as Put does. NoRevision stands for a free key.
func Meet(stored, was Revision) error {
	switch {
	case stored == was:
		return nil
	case was == NoRevision:
		return ErrExists
	case stored == NoRevision:
		return ErrNotFound
	}
	return ErrConflict
}
