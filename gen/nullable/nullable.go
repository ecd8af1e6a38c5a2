// Package nullable owns a property of a body that is absent, null, or a value. Generated code has its type in place
// of the one of github.com/oapi-codegen/nullable, which is a map: each property of a body made two allocations for it.
package nullable

import "encoding/json"

// Nullable is a property of a body. The zero value is an absent one. A Nullable is only read from JSON: there is no way
// to write one so that encoding/json omits it.
type Nullable[T any] struct {
	value       T
	isSpecified bool
	isNull      bool
}

// Of returns a property with a value.
func Of[T any](value T) Nullable[T] { return Nullable[T]{value: value, isSpecified: true} }

// Null returns a property that is null.
func Null[T any]() Nullable[T] { return Nullable[T]{isSpecified: true, isNull: true} }

// Get returns the value. It reports false if the property is absent or null.
func (n Nullable[T]) Get() (T, bool) { return n.value, n.isSpecified && !n.isNull }

// IsSpecified reports whether the property is null or a value.
func (n Nullable[T]) IsSpecified() bool { return n.isSpecified }

// IsNull reports whether the property is null.
func (n Nullable[T]) IsNull() bool { return n.isNull }

// UnmarshalJSON sets the property to null or to the value in the text. On an error it leaves the property unchanged.
func (n *Nullable[T]) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = Null[T]()
		return nil
	}
	var value T
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	*n = Of(value)
	return nil
}
