package handlers

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/oapi-codegen/nullable"

	"afterhours/gen"
	"afterhours/store"
	"afterhours/store/edm"
)

// This file and patch.go are where the wire and the record meet: the wire's names
// stand here and in the contract, the record's fields here and in the stores.

// durationProperty is one of the properties that are durations, in both shapes.
type durationProperty struct {
	name   string
	wire   func(*gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration]
	record func(*store.Record) *store.Null[edm.Duration]
}

// durationProperties are all of them, in the order in which they are written.
var durationProperties = []durationProperty{
	{"duration", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Duration },
		func(r *store.Record) *store.Null[edm.Duration] { return &r.Duration }},
	{"afterHours", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.AfterHours },
		func(r *store.Record) *store.Null[edm.Duration] { return &r.AfterHours }},
	{"readEmail", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.ReadEmail },
		func(r *store.Record) *store.Null[edm.Duration] { return &r.ReadEmail }},
	{"sentEmail", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.SentEmail },
		func(r *store.Record) *store.Null[edm.Duration] { return &r.SentEmail }},
	{"conflicting", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Conflicting },
		func(r *store.Record) *store.Null[edm.Duration] { return &r.Conflicting }},
	{"long", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Long },
		func(r *store.Record) *store.Null[edm.Duration] { return &r.Long }},
	{"multitasking", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Multitasking },
		func(r *store.Record) *store.Null[edm.Duration] { return &r.Multitasking }},
	{"organized", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Organized },
		func(r *store.Record) *store.Null[edm.Duration] { return &r.Organized }},
	{"recurring", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Recurring },
		func(r *store.Record) *store.Null[edm.Duration] { return &r.Recurring }},
}

// entityType is one of the five derived types of the contract.
type entityType struct {
	// name is the value of @odata.type: #microsoft.graph.callActivityStatistics.
	name string
	// stored is the store's name for the type: call.
	stored store.Type
	// activity is what a statistic of the type counts unless it says otherwise.
	activity store.Activity
	// durations are those of durationProperties that the type has.
	durations []durationProperty
}

func newEntityType(name string, properties map[string]bool) *entityType {
	short := strings.TrimSuffix(strings.TrimPrefix(name, typePrefix), typeSuffix)
	t := &entityType{
		name:     name,
		stored:   store.Type(short),
		activity: store.Activity(strings.ToUpper(short[:1]) + short[1:]),
	}
	for _, property := range durationProperties {
		if properties[property.name] {
			t.durations = append(t.durations, property)
		}
	}
	return t
}

// appendEntity appends the JSON of a statistic: annotations first (OData JSON
// 4.5), then every property of its type, null where it is. The context is ""
// within a collection.
func (t *entityType) appendEntity(text []byte, statistic *store.Statistic, context string) []byte {
	text = append(text, '{')
	if context != "" {
		text = appendMember(text, "@odata.context", context)
	}
	text = appendMember(text, "@odata.type", t.name)
	text = appendMember(text, "@odata.etag", entityTag(statistic.Revision))
	text = appendMember(text, "id", statistic.ID)
	text = appendMember(text, "activity", string(statistic.Activity))
	text = appendNullable(text, "startDate", statistic.StartDate, edm.Date.String)
	text = appendNullable(text, "endDate", statistic.EndDate, edm.Date.String)
	text = appendNullable(text, "timeZoneUsed", statistic.TimeZoneUsed, func(zone string) string { return zone })
	for _, property := range t.durations {
		text = appendNullable(text, property.name, *property.record(&statistic.Record), edm.Duration.String)
	}
	text[len(text)-1] = '}' // in place of the last comma
	return text
}

func appendNullable[T comparable](text []byte, name string, value store.Null[T], format func(T) string) []byte {
	if value.Valid {
		return appendMember(text, name, format(value.Value))
	}
	text = append(append(text, '"'), name...)
	return append(text, `":null,`...)
}

// appendMember appends a member whose value is a string, and a comma. Names are
// ours and need no escape; a value is valid UTF-8, as validation saw to it.
func appendMember(text []byte, name, value string) []byte {
	text = append(append(text, '"'), name...)
	text = append(text, `":`...)
	text, _ = jsontext.AppendQuote(text, value)
	return append(text, ',')
}
