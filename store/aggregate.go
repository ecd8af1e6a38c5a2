package store

import (
	"errors"
	"fmt"
)

// Aggregation says how to group an owner's statistics, and what to calculate of each group
// (OData Data Aggregation 4.0, 3.2).
type Aggregation struct {
	// Filter keeps the statistics that count, or all if it is nil.
	Filter Expr
	// Keys are the expressions by whose values the statistics are grouped. Null is a value of
	// its own. Without keys all statistics are one group, which there is even if it is empty.
	Keys []Expr
	// Aggregates are calculated of each group.
	Aggregates []Aggregate
}

// Aggregate is one value that is calculated of a group. It disregards nulls. Without any
// value that is not null, the counts are 0 and the other methods null.
type Aggregate struct {
	Method Method
	// Of is the expression whose values count. CountAll disregards it.
	Of Expr
}

// Method is how values become one, by OData's name.
type Method string

// The methods. MethodSum and MethodAverage take durations and numbers. An average is rounded
// towards zero to a tick, or to a ten-millionth. MethodMin and MethodMax take any kind and
// compare as Compare does. MethodCountDistinct takes any kind, and its value is a number.
// CountAll is the number of statistics.
const (
	MethodSum           Method = "sum"
	MethodAverage       Method = "average"
	MethodMin           Method = "min"
	MethodMax           Method = "max"
	MethodCountDistinct Method = "countdistinct"
	CountAll            Method = "$count"
)

// Group is one row of the result of an Aggregation: the values of its keys and then of its
// aggregates.
type Group []Value

// Limits of the memory of one aggregation.
const (
	// MaxGroups is how many groups there may be, together with the distinct values that
	// MethodCountDistinct counts.
	MaxGroups = 10_000
	// MaxGroupText is how many bytes all texts of the groups may have.
	MaxGroupText = 4 << 20
)

// ErrNoResult means that an aggregation has no result: see GroupsError and RangeError.
var ErrNoResult = errors.New("the aggregation has no result")

// GroupsError is the error of an aggregation with more than MaxGroups or MaxGroupText. It is an
// ErrNoResult.
type GroupsError struct{}

func (*GroupsError) Error() string {
	return fmt.Sprintf("more than %d groups and distinct values, or more than %d MiB of texts in them", MaxGroups, MaxGroupText>>20)
}

func (*GroupsError) Unwrap() error { return ErrNoResult }

// RangeError is the error of an aggregation of which a sum is out of the range of its kind. It is
// an ErrNoResult.
type RangeError struct {
	// Aggregate is the index of the first such aggregate.
	Aggregate int
}

func (e *RangeError) Error() string {
	return fmt.Sprintf("the sum of aggregate %d is out of range", e.Aggregate)
}

func (*RangeError) Unwrap() error { return ErrNoResult }
