package storetest

import "afterhours/store"

// nullable are the properties that may be null, each with what copies it from one
// record to another. Durations come from the store's table, so that every store is
// tested with a new one at once.
var nullable = func() map[store.PropertyName]func(to, from *store.Record) {
	properties := map[store.PropertyName]func(to, from *store.Record){
		store.PropertyStartDate:    func(to, from *store.Record) { to.StartDate = from.StartDate },
		store.PropertyEndDate:      func(to, from *store.Record) { to.EndDate = from.EndDate },
		store.PropertyTimeZoneUsed: func(to, from *store.Record) { to.TimeZoneUsed = from.TimeZoneUsed },
	}
	for _, duration := range store.Durations() {
		properties[duration.Name] = func(to, from *store.Record) { *duration.Duration(to) = *duration.Duration(from) }
	}
	return properties
}()

// eachAlone returns, by the name of a property, a record with no other property.
func eachAlone() map[store.PropertyName]store.Record {
	records := make(map[store.PropertyName]store.Record)
	for name, set := range nullable {
		record := store.Record{Type: full.Type, Activity: full.Activity}
		set(&record, &full)
		records[name] = record
	}
	return records
}

// eachNull returns, by the name of a property, a record with all but this property.
func eachNull() map[store.PropertyName]store.Record {
	records := make(map[store.PropertyName]store.Record)
	for name, set := range nullable {
		record := full
		set(&record, &store.Record{})
		records[name] = record
	}
	return records
}
