// Package exchange owns the texts of export and import: JSON Lines and CSV. It leaves alone which
// rows are exported and how they are stored (store/bulk).
//
// A text has statistics and settings as the API writes them, and an import holds them against the
// same schemas of the contract as the body of a request.
package exchange

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime"

	"afterhours/gen"
	"afterhours/gen/nullable"
	"afterhours/handlers/input"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/store/edm"
)

// Exchange writes and reads the items of a store as text.
type Exchange struct {
	spec             *spec.Contract
	create, settings *openapi3.Schema
}

// New returns an exchange by the contract.
func New(contract *spec.Contract) *Exchange {
	return &Exchange{
		spec:     contract,
		create:   contract.Schema("activityStatisticsCreate"),
		settings: contract.Schema("settingsUpdate"),
	}
}

// byteOrderMark is what some programs write before the first row.
const byteOrderMark = "\ufeff"

// exportForm is how an export writes statistics.
var exportForm = wire.Form{Level: wire.MetadataMinimal, Duration: edm.Duration.Append}

// readOwner reads two GUIDs.
func readOwner(tenantName, tenant, userName, user string) (owner store.Owner, faults []bulk.Fault) {
	for _, one := range []struct {
		name, text string
		field      *string
	}{{tenantName, tenant, &owner.Tenant}, {userName, user, &owner.User}} {
		id, err := uuid.Parse(one.text)
		switch {
		case one.text == "":
			faults = append(faults, bulk.Fault{Property: one.name, Reason: fmt.Sprintf("'%s' is missing; it must be a GUID, as in 48d31887-5fad-4d73-a9f5-3c356e68a038.", one.name)})
			continue
		case err != nil:
			faults = append(faults, bulk.Fault{Property: one.name, Reason: fmt.Sprintf("'%s' is '%s'; it must be a GUID, as in 48d31887-5fad-4d73-a9f5-3c356e68a038.", one.name, problem.Shown(one.text))})
			continue
		}
		*one.field = id.String()
	}
	return owner, faults
}

// readStatistic holds the value against the contract and sets the item's statistic.
func (x *Exchange) readStatistic(item *bulk.Item, value any) []bulk.Fault {
	update := new(gen.ActivityStatisticsUpdate)
	if faults := x.bind(x.create, value, update); len(faults) > 0 {
		return faults
	}
	if update.ID == nil && !(hasValue(update.StartDate) && hasValue(update.EndDate)) {
		return []bulk.Fault{{Property: "id", Reason: "Without both dates, from which an id is made, the id must be there: or else every import would create another statistic."}}
	}
	t := x.spec.Types[string(*update.OdataType)]
	statistic := &store.Statistic{ID: t.NewID(update)}
	record, faults := t.NewRecord(statistic.ID, update)
	statistic.Record, item.Statistic = record, statistic
	return asFaults(faults)
}

// readSettings holds the value against the contract and sets the item's settings. An absent setting
// gets its default.
func (x *Exchange) readSettings(item *bulk.Item, value any) []bulk.Fault {
	update := new(gen.SettingsUpdate)
	if faults := x.bind(x.settings, value, update); len(faults) > 0 {
		return faults
	}
	settings := wire.SettingsChange(update).Apply(store.DefaultSettings)
	item.Settings = &settings
	return nil
}

// bind validates the value as the body of a request, and binds it to the value of gen's type that to
// points to.
func (x *Exchange) bind(schema *openapi3.Schema, value, to any) []bulk.Fault {
	if faults := input.ValueFaults(schema, value); len(faults) > 0 {
		return asFaults(faults)
	}
	if err := runtime.BindJSONValue(value, to); err != nil {
		return []bulk.Fault{{Reason: err.Error()}}
	}
	return nil
}

func asFaults(details []gen.ErrorDetail) []bulk.Fault {
	var faults []bulk.Fault
	for _, detail := range details {
		faults = append(faults, bulk.Fault{Property: *detail.Target, Reason: detail.Message})
	}
	return faults
}

// hasValue reports whether a property is present and not null.
func hasValue[T any](property nullable.Nullable[T]) bool {
	return property.IsSpecified() && !property.IsNull()
}
