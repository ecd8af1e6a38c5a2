package wire_test

import (
	"testing"

	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/edm"
)

// TestOmitNulls checks that properties without a value are left out if that is asked for, but not those that a change made
// null (OData Protocol 8.2.8.6).
func TestOmitNulls(t *testing.T) {
	call := wire.NewType("#microsoft.graph.callActivityStatistics")
	now := &store.Statistic{ID: "a", Record: store.Record{Type: store.Call, Activity: "Call", Duration: store.Of(edm.Hour)}}
	before := &store.Statistic{ID: "a", Record: store.Record{Type: store.Call, Activity: "Call", TimeZoneUsed: store.Of("UTC")}}
	*store.DefinitionOf("afterHours").Duration(&before.Record) = store.Of(edm.Hour)
	form := wire.Form{Level: wire.MetadataNone, Duration: edm.Duration.Append, OmitNulls: true}
	for want, was := range map[string]*store.Statistic{
		`{"id":"a","activity":"Call","duration":"PT1H"}`:                                       nil,
		`{"id":"a","activity":"Call","timeZoneUsed":null,"duration":"PT1H","afterHours":null}`: before,
	} {
		form.Before = was
		if got := string(call.AppendEntity(nil, now, form, wire.Links{})); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestAppendEntity checks the whole text of a statistic at each level of metadata and with a selection.
func TestAppendEntity(t *testing.T) {
	call := wire.NewType("#microsoft.graph.callActivityStatistics")
	statistic := &store.Statistic{ID: "a", Revision: 1, Record: store.Record{Type: store.Call, Activity: "Call",
		StartDate: store.Of(edm.MinDate), TimeZoneUsed: store.Of("\"é\"\n"), Duration: store.Of(edm.Hour)}}
	const head = `"@odata.type":"#microsoft.graph.callActivityStatistics","@odata.etag":"W/\"AAAAAAAAAAE\"",`
	const links = `"@odata.id":"http://x/a","@odata.editLink":"http://x/a",`
	for _, test := range []struct {
		level    wire.MetadataLevel
		selected wire.Selection
		context  string
		want     string
	}{
		{wire.MetadataMinimal, nil, "c", `{"@odata.context":"c",` + head + `"id":"a","activity":"Call","startDate":"0001-01-01","endDate":null,"timeZoneUsed":"\"é\"\n","duration":"PT1H","afterHours":null}`},
		{wire.MetadataMinimal, wire.Selection{"duration"}, "", `{` + head + `"id":"a","duration":"PT1H"}`},
		{wire.MetadataMinimal, wire.Selection{"microsoft.graph.callActivityStatistics/afterHours", "microsoft.graph.chatActivityStatistics/duration"}, "", `{` + head + `"id":"a","afterHours":null}`},
		{wire.MetadataMinimal, wire.Selection{}, "", `{` + head + `"id":"a"}`},
		{wire.MetadataNone, wire.Selection{"activity"}, "c", `{"id":"a","activity":"Call"}`},
		{wire.MetadataFull, wire.Selection{"timeZoneUsed", "endDate"}, "c", `{"@odata.context":"c",` + head + links + `"id":"a","endDate@odata.type":"#Date","endDate":null,"timeZoneUsed":"\"é\"\n"}`},
		{wire.MetadataFull, wire.Selection{"*"}, "", `{` + head + links + `"id":"a","activity@odata.type":"#microsoft.graph.analyticsActivityType","activity":"Call",` +
			`"startDate@odata.type":"#Date","startDate":"0001-01-01","endDate@odata.type":"#Date","endDate":null,"timeZoneUsed":"\"é\"\n",` +
			`"duration@odata.type":"#Duration","duration":"PT1H","afterHours@odata.type":"#Duration","afterHours":null}`},
	} {
		form := wire.Form{Level: test.level, Selected: test.selected, Duration: edm.Duration.Append}
		if got := string(call.AppendEntity(nil, statistic, form, wire.Links{Context: test.context, Self: "http://x/a"})); got != test.want {
			t.Errorf("%s %q:\n%s\nwant\n%s", test.level, test.selected, got, test.want)
		}
	}
}
