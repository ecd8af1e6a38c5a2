// Package bulk owns the export of all data of a store and the import into another: the
// order of reading, and the batches of writing. It leaves alone the format of the text
// (handlers) and the file (main).
//
//	store -> Export -> Item -> text -> Source -> Import -> store
package bulk

import "afterhours/store"

// Item is a statistic, the settings or an alias of an owner. One of the fields after
// Owner is set.
type Item struct {
	Owner     store.Owner
	Statistic *store.Statistic
	Settings  *store.Settings
	UPN       string // an alias
}

// Row is one row of a text: an item, or the faults why there is none.
type Row struct {
	// Line is the line of the text on which the row begins, counted from 1.
	Line   int
	Item   Item
	Faults []Fault // empty if Item is set
}

// Fault is one thing that is wrong with a row.
type Fault struct {
	// Property is the name of the wrong property, or "" for the row as a whole.
	Property string
	// Reason is a sentence for a person.
	Reason string
}
