package handlers

import (
	"encoding/json"
	"strings"

	"github.com/oapi-codegen/nullable"

	"afterhours/gen"
	"afterhours/store"
)

// merge returns the record with the update's properties in it: what is absent
// stays, null clears. It is pure. The faults, none on success, are those that
// only the stored statistic can tell: another id, another type, a property that
// the type does not have.
func (t *entityType) merge(id string, record store.Record, update *gen.ActivityStatisticsUpdate) (store.Record, []gen.ErrorDetail) {
	var faults []gen.ErrorDetail
	if update.OdataType != nil && string(*update.OdataType) != t.name {
		faults = append(faults, fault(gen.PropertyNotUpdateable, "@odata.type",
			"The statistic is a %s, and its type cannot be changed.", t.name))
	}
	if update.ID != nil && *update.ID != id {
		faults = append(faults, fault(gen.PropertyNotUpdateable, "id",
			"The statistic's id is '%s', and cannot be changed.", id))
	}
	if update.Activity != nil {
		record.Activity = store.Activity(*update.Activity)
	}
	mergeNullable(&record.StartDate, update.StartDate)
	mergeNullable(&record.EndDate, update.EndDate)
	mergeNullable(&record.TimeZoneUsed, update.TimeZoneUsed)
	for _, property := range durationProperties {
		value := property.wire(update)
		if value.IsSpecified() && !t.has(property.name) {
			faults = append(faults, fault(gen.UnknownProperty, property.name,
				"The property '%s' does not exist on type '%s'.", property.name, strings.TrimPrefix(t.name, "#")))
			continue
		}
		mergeNullable(property.record(&record), value)
	}
	return record, faults
}

func (t *entityType) has(name string) bool {
	for _, property := range t.durations {
		if property.name == name {
			return true
		}
	}
	return false
}

func mergeNullable[T comparable](field *store.Null[T], value nullable.Nullable[T]) {
	if given, err := value.Get(); err == nil {
		*field = store.Of(given)
	} else if value.IsNull() {
		*field = store.Null[T]{}
	}
}

// newRecord returns the record of a new statistic: an update of an empty one.
func (t *entityType) newRecord(id string, update *gen.ActivityStatisticsUpdate) (store.Record, []gen.ErrorDetail) {
	return t.merge(id, store.Record{Type: t.stored, Activity: t.activity}, update)
}

// asUpdate reads the body of a creation as the update that it amounts to: the
// contract gives the properties of both the same names.
func asUpdate(create *gen.ActivityStatisticsCreate) (*gen.ActivityStatisticsUpdate, error) {
	text, err := create.MarshalJSON()
	if err != nil {
		return nil, err
	}
	update := new(gen.ActivityStatisticsUpdate)
	return update, json.Unmarshal(text, update)
}
