package wire

import (
	"reflect"
	"strings"

	"github.com/google/uuid"

	"afterhours/gen"
	"afterhours/gen/nullable"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// Merge returns the record with the properties of the update: an absent property keeps its
// value, null clears it. Merge is pure. The faults, none on success, are those that depend on
// the stored statistic: another id, another type, a property that the type does not have.
func (t *Type) Merge(id string, record store.Record, update *gen.ActivityStatisticsUpdate) (store.Record, []gen.ErrorDetail) {
	var faults []gen.ErrorDetail
	if update.OdataType != nil && string(*update.OdataType) != t.Name {
		faults = append(faults, problem.Fault(gen.PropertyNotUpdateable, "@odata.type",
			"'@odata.type' is '%s'; it must be '%s', as a type cannot be changed.", *update.OdataType, t.Name))
	}
	if update.ID != nil && *update.ID != id {
		faults = append(faults, problem.Fault(gen.PropertyNotUpdateable, "id",
			"'id' is '%s'; it must be '%s', as an id cannot be changed.", problem.Shown(*update.ID), id))
	}
	if update.Activity != nil {
		record.Activity = store.Activity(*update.Activity)
	}
	mergeNullable(&record.StartDate, update.StartDate)
	mergeNullable(&record.EndDate, update.EndDate)
	mergeNullable(&record.TimeZoneUsed, update.TimeZoneUsed)
	fields := reflect.ValueOf(update).Elem()
	for _, property := range durationProperties {
		value := property.given(fields)
		if value.IsSpecified() && !property.Of(t.Stored) {
			faults = append(faults, problem.Fault(gen.UnknownProperty, string(property.Name),
				"The property '%s' does not exist on type '%s'.", property.Name, t.Qualified()))
			continue
		}
		mergeNullable(property.Duration(&record), value)
	}
	return record, faults
}

func mergeNullable[T comparable](field *store.Null[T], value nullable.Nullable[T]) {
	if given, hasValue := value.Get(); hasValue {
		*field = store.Of(given)
	} else if value.IsNull() {
		*field = store.Null[T]{}
	}
}

// Empty returns the record of a statistic of which only the type is known. All but its activity is null.
func (t *Type) Empty() store.Record { return store.Record{Type: t.Stored, Activity: t.Activity} }

// NewRecord returns the record of a new statistic: the update merged into an empty record.
func (t *Type) NewRecord(id string, update *gen.ActivityStatisticsUpdate) (store.Record, []gen.ErrorDetail) {
	return t.Merge(id, t.Empty(), update)
}

// NewID returns the id that the body of a new statistic gives, or composes it as Graph's own list
// does, {activity}_{startDate}_{endDate}. Without both dates the id is a random GUID.
func (t *Type) NewID(update *gen.ActivityStatisticsUpdate) string {
	if update.ID != nil {
		return *update.ID
	}
	activity := string(t.Activity)
	if update.Activity != nil {
		activity = string(*update.Activity)
	}
	start, hasStart := update.StartDate.Get()
	end, hasEnd := update.EndDate.Get()
	if !hasStart || !hasEnd {
		return uuid.NewString()
	}
	return strings.ToLower(activity) + "_" + start.String() + "_" + end.String()
}

// SettingsChange returns the change that the body of a PATCH on the settings asks for.
func SettingsChange(update *gen.SettingsUpdate) store.SettingsChange {
	return store.SettingsChange{
		HasGraphMailbox: nullOf(update.HasGraphMailbox),
		HasLicense:      nullOf(update.HasLicense),
		HasOptedOut:     nullOf(update.HasOptedOut),
	}
}

func nullOf(value *bool) store.Null[bool] {
	if value == nil {
		return store.Null[bool]{}
	}
	return store.Of(*value)
}

// Settings returns stored settings as gen has them.
func Settings(stored store.Settings) gen.Settings {
	return gen.Settings{HasGraphMailbox: stored.HasGraphMailbox, HasLicense: stored.HasLicense, HasOptedOut: stored.HasOptedOut}
}
