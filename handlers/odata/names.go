package odata

import (
	"maps"
	"slices"
)

// FilterFunctions returns the sorted names of all functions and operators that $filter may have. The term
// Capabilities.FilterFunctions lists both.
func FilterFunctions() []string {
	names := slices.Concat(functionNames, slices.Collect(maps.Keys(precedences)), []string{"in", "not"})
	slices.Sort(names)
	return slices.Compact(names)
}

// Transformations returns the sorted names of all transformations that $apply may have.
func Transformations() []string { return slices.Clone(here) }
