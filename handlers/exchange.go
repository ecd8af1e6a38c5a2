package handlers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime"

	"afterhours/gen"
	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/store/edm"
)

// Exchange writes and reads what stores hold as text, for export and import: the
// statistics and settings in the API's representation, held against the same schemas
// of the contract as the bodies of requests are.
type Exchange struct {
	contract         *contract
	create, settings *openapi3.Schema
}

// NewExchange returns an exchange by the embedded contract.
func NewExchange() (*Exchange, error) {
	c, err := loadContract()
	if err != nil {
		return nil, fmt.Errorf("the embedded contract: %w", err)
	}
	schemas := c.doc.Components.Schemas
	return &Exchange{contract: c, create: schemas["activityStatisticsCreate"].Value, settings: schemas["settingsUpdate"].Value}, nil
}

// exchangeForm is how statistics look in an export.
var exchangeForm = form{level: metadataMinimal, duration: edm.Duration.String}

// maxLine is the most bytes that a line may have; the longest statistic has some 1,200.
const maxLine = 64 << 10

// AppendJSON appends the item as one line of JSON Lines:
//
//	{"tenant":"<GUID>","user":"<GUID>","statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","id":...}}
//	{"tenant":"<GUID>","user":"<GUID>","settings":{"hasGraphMailbox":true,"hasLicense":true,"hasOptedOut":false}}
//	{"tenant":"<GUID>","user":"<GUID>","userPrincipalName":"megan@example.com"}
func (x *Exchange) AppendJSON(text []byte, item *bulk.Item) []byte {
	text = appendMember(append(text, '{'), "tenant", item.Owner.Tenant)
	text = appendMember(text, "user", item.Owner.User)
	switch {
	case item.Statistic != nil:
		text = append(text, `"statistic":`...)
		text = x.contract.byStoreType[item.Statistic.Type].appendEntity(text, item.Statistic, exchangeForm, place{})
	case item.Settings != nil:
		text = fmt.Appendf(text, `"settings":{"hasGraphMailbox":%t,"hasLicense":%t,"hasOptedOut":%t}`,
			item.Settings.HasGraphMailbox, item.Settings.HasLicense, item.Settings.HasOptedOut)
	default:
		text = appendMember(text, "userPrincipalName", item.UPN)
		text = text[:len(text)-1] // the comma
	}
	return append(text, "}\n"...)
}

// JSONLines reads JSON Lines as AppendJSON writes them, in which of a statistic all but
// its type may be missing if both dates or the id are there. Empty lines are no rows.
// Rows before the line from are not read; 1 is the first.
func (x *Exchange) JSONLines(text io.Reader, from int) bulk.Source {
	lines := bufio.NewReaderSize(text, maxLine)
	number := 0
	return func() (func() bulk.Row, error) {
		for {
			line, err := lines.ReadSlice('\n')
			long := errors.Is(err, bufio.ErrBufferFull)
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = lines.ReadSlice('\n')
			}
			if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
				return nil, err
			}
			number++
			if number < from || strings.TrimSpace(string(line)) == "" {
				continue
			}
			row := bulk.Row{Line: number}
			if long {
				row.Faults = []bulk.Fault{{Reason: fmt.Sprintf("The line has more than %d bytes.", maxLine)}}
				return func() bulk.Row { return row }, nil
			}
			own := string(line) // which the next line overwrites
			return func() bulk.Row {
				row.Item, row.Faults = x.readLine([]byte(own))
				return row
			}, nil
		}
	}
}

// exchangeLine is a line of JSON Lines.
type exchangeLine struct {
	Tenant            string         `json:"tenant"`
	User              string         `json:"user"`
	Statistic         jsontext.Value `json:"statistic"`
	Settings          jsontext.Value `json:"settings"`
	UserPrincipalName *string        `json:"userPrincipalName"`
}

func (x *Exchange) readLine(text []byte) (item bulk.Item, faults []bulk.Fault) {
	var read exchangeLine
	if err := json.Unmarshal(text, &read, json.RejectUnknownMembers(true)); err != nil {
		return item, []bulk.Fault{{Reason: fmt.Sprintf("The line cannot be read: %s. It must be a JSON object with tenant, user "+
			"and one of statistic, settings and userPrincipalName.", lineFault(err))}}
	}
	item.Owner, faults = readOwner("tenant", read.Tenant, "user", read.User)
	given := 0
	for _, one := range []bool{read.Statistic != nil, read.Settings != nil, read.UserPrincipalName != nil} {
		if one {
			given++
		}
	}
	switch {
	case given != 1:
		return item, append(faults, bulk.Fault{Reason: fmt.Sprintf("The line has %d of statistic, settings and userPrincipalName; it must have one.", given)})
	case read.Statistic != nil:
		value, err := decodeJSON(read.Statistic, maxLine)
		if err != nil {
			return item, append(faults, bulk.Fault{Property: "statistic", Reason: err.Error()})
		}
		return item, append(faults, x.readStatistic(&item, value)...)
	case read.Settings != nil:
		return item, append(faults, x.readSettings(&item, read.Settings)...)
	}
	item.UPN = strings.ToLower(*read.UserPrincipalName)
	if !x.contract.isName(item.UPN) {
		faults = append(faults, bulk.Fault{Property: "userPrincipalName", Reason: x.contract.nameFault(item.UPN).Error()})
	}
	return item, faults
}

// lineFault says what was wrong with a line, without the library's name.
func lineFault(err error) string {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		if errors.Is(err, json.ErrUnknownName) {
			return fmt.Sprintf("it has a member %s that is not known", semantic.JSONPointer.LastToken())
		}
		return fmt.Sprintf("the member %s is of another kind than it must be", semantic.JSONPointer.LastToken())
	}
	return jsonFault(err)
}

// readOwner reads two GUIDs.
func readOwner(tenantName, tenant, userName, user string) (owner store.Owner, faults []bulk.Fault) {
	for _, one := range []struct {
		name, text string
		field      *string
	}{{tenantName, tenant, &owner.Tenant}, {userName, user, &owner.User}} {
		id, err := uuid.Parse(one.text)
		if err != nil {
			faults = append(faults, bulk.Fault{Property: one.name, Reason: fmt.Sprintf("'%s' is no GUID.", shown(one.text))})
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
	if update.ID == nil && (!update.StartDate.IsSpecified() || update.StartDate.IsNull() || !update.EndDate.IsSpecified() || update.EndDate.IsNull()) {
		return []bulk.Fault{{Property: "id", Reason: "Without both dates, from which an id is made, the id must be there: or else every import would create another statistic."}}
	}
	t := x.contract.types[string(*update.OdataType)]
	statistic := &store.Statistic{ID: newID(t, update)}
	record, faults := t.newRecord(statistic.ID, update)
	statistic.Record, item.Statistic = record, statistic
	return asFaults(faults)
}

func (x *Exchange) readSettings(item *bulk.Item, text jsontext.Value) []bulk.Fault {
	value, err := decodeJSON(text, maxLine)
	if err != nil {
		return []bulk.Fault{{Property: "settings", Reason: err.Error()}}
	}
	update := new(gen.SettingsUpdate)
	if faults := x.bind(x.settings, value, update); len(faults) > 0 {
		return faults
	}
	settings := store.SettingsChange{HasGraphMailbox: nullOf(update.HasGraphMailbox), HasLicense: nullOf(update.HasLicense), HasOptedOut: nullOf(update.HasOptedOut)}.Apply(store.DefaultSettings)
	item.Settings = &settings
	return nil
}

// bind validates the value as a body of a request and binds it to what gen has for it.
func (x *Exchange) bind(schema *openapi3.Schema, value, to any) []bulk.Fault {
	if object, isObject := value.(map[string]any); isObject {
		dropAnnotations(narrow(schema, value), object)
	}
	if faults := bodyFaults(schema, value); len(faults) > 0 {
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
