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
		store.DefinitionOf("duration").Duration},
	{"afterHours", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.AfterHours },
		store.DefinitionOf("afterHours").Duration},
	{"readEmail", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.ReadEmail },
		store.DefinitionOf("readEmail").Duration},
	{"sentEmail", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.SentEmail },
		store.DefinitionOf("sentEmail").Duration},
	{"conflicting", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Conflicting },
		store.DefinitionOf("conflicting").Duration},
	{"long", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Long },
		store.DefinitionOf("long").Duration},
	{"multitasking", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Multitasking },
		store.DefinitionOf("multitasking").Duration},
	{"organized", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Organized },
		store.DefinitionOf("organized").Duration},
	{"recurring", func(u *gen.ActivityStatisticsUpdate) nullable.Nullable[edm.Duration] { return u.Recurring },
		store.DefinitionOf("recurring").Duration},
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

// place is where in an answer a statistic is written: its context URL, "" within a
// collection, and its own URL.
type place struct{ context, url string }

// appendEntity appends the JSON of a statistic: annotations first (OData JSON
// 4.5), then every property of its type that is selected, null where it is.
func (t *entityType) appendEntity(text []byte, statistic *store.Statistic, as form, at place) []byte {
	text = append(text, '{')
	if at.context != "" && as.level != metadataNone {
		text = appendMember(text, "@odata.context", at.context)
	}
	text = appendMember(text, "@odata.type", t.name)
	text = appendMember(text, "@odata.etag", entityTag(statistic.Revision))
	if as.level == metadataFull {
		text = appendMember(text, "@odata.id", at.url)
		text = appendMember(text, "@odata.editLink", at.url)
	}
	text = appendMember(text, "id", statistic.ID)
	for _, value := range t.values(statistic, as) {
		if !as.selected.has(t, value.name) {
			continue
		}
		if as.level == metadataFull && value.typeName != "" {
			text = appendMember(text, value.name+"@odata.type", value.typeName)
		}
		text = appendNullable(text, value.name, value.text)
	}
	text[len(text)-1] = '}' // in place of the last comma
	return text
}

// propertyValue is a property of a statistic as it is written: its text, null where
// it is, and its type for full metadata, "" for strings.
type propertyValue struct {
	name, typeName string
	text           store.Null[string]
}

// values returns the properties of a statistic but for its id, in the order in
// which they are written.
func (t *entityType) values(statistic *store.Statistic, as form) []propertyValue {
	values := make([]propertyValue, 0, 4+len(durationProperties))
	values = append(values,
		propertyValue{"activity", "#microsoft.graph.analyticsActivityType", store.Of(string(statistic.Activity))},
		propertyValue{"startDate", "#Date", textOf(statistic.StartDate, edm.Date.String)},
		propertyValue{"endDate", "#Date", textOf(statistic.EndDate, edm.Date.String)},
		propertyValue{"timeZoneUsed", "", statistic.TimeZoneUsed})
	for _, property := range t.durations {
		values = append(values, propertyValue{property.name, "#Duration", textOf(*property.record(&statistic.Record), as.duration)})
	}
	return values
}

func textOf[T comparable](value store.Null[T], format func(T) string) store.Null[string] {
	if !value.Valid {
		return store.Null[string]{}
	}
	return store.Of(format(value.Value))
}

func appendNullable(text []byte, name string, value store.Null[string]) []byte {
	if value.Valid {
		return appendMember(text, name, value.Value)
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
