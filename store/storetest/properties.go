package storetest

import (
	"reflect"
	"testing"

	"afterhours/store"
)

// The records below are made by reflection, so that a property that is added to
// store.Record is tested in every store without a thought.

// eachAlone returns, by the name of a property, a record with no other property.
func eachAlone(t testing.TB) map[string]store.Record {
	return eachProperty(t, store.Record{Type: full.Type, Activity: full.Activity}, func(to, from reflect.Value) { to.Set(from) })
}

// eachNull returns, by the name of a property, a record with all but this property.
func eachNull(t testing.TB) map[string]store.Record {
	return eachProperty(t, full, func(to, _ reflect.Value) { to.SetZero() })
}

// eachProperty copies the record once for each property that may be null, and
// changes that property given its value in full.
func eachProperty(t testing.TB, record store.Record, change func(to, from reflect.Value)) map[string]store.Record {
	t.Helper()
	records := make(map[string]store.Record)
	source := reflect.ValueOf(full)
	for i := range source.NumField() {
		name := source.Type().Field(i).Name
		if source.Field(i).IsZero() {
			t.Fatalf("full has no value in %s; give it one in data.go", name)
		}
		if name == "Type" || name == "Activity" {
			continue
		}
		changed := record
		change(reflect.ValueOf(&changed).Elem().Field(i), source.Field(i))
		records[name] = changed
	}
	return records
}
