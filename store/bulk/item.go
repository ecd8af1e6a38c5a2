// Package bulk owns the way of all that a store holds out of it and into another: in
// which order it is read, and in which batches it is written. It leaves alone how it
// looks as text (handlers) and where the text is (main).
//
//	store -> Export -> Item -> text -> Source -> Import -> store
package bulk

import "afterhours/store"

// Item is one thing that a store holds about an owner. It is of the one kind whose
// field is set.
type Item struct {
	Owner     store.Owner
	Statistic *store.Statistic
	Settings  *store.Settings
	UPN       string // an alias
}

// Row is what was read of one row of a text: an item, or why there is none.
type Row struct {
	// Line is that of the text on which the row begins, counted from 1.
	Line   int
	Item   Item
	Faults []Fault // none of a row that is good
}

// Fault is one thing that is wrong with a row.
type Fault struct {
	// Property names what is wrong, "" for the row as a whole.
	Property string
	// Reason is a sentence for a person.
	Reason string
}
