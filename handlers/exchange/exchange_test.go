package exchange

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"afterhours/handlers/spec"
	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/store/edm"
)

const (
	aTenant = "11111111-2222-4333-8444-555555555555"
	aUser   = "0f8fad5b-d9cb-469f-a165-70867728950e"
)

func exchangeOf(t testing.TB) *Exchange {
	t.Helper()
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := spec.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	return New(contract)
}

// readAll reads every row of a source.
func readAll(t interface{ Fatal(...any) }, rows bulk.Source) (all []bulk.Row) {
	for {
		read, err := rows()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, read())
	}
}

// drawStatistic draws a statistic in which each property of its type has a value or is null.
func drawStatistic(t *rapid.T, c *spec.Contract) *store.Statistic {
	of := c.ByStoreType[rapid.SampledFrom([]store.Type{store.Call, store.Chat, store.Email, store.Focus, store.Meeting}).Draw(t, "type")]
	statistic := &store.Statistic{
		ID:       rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9._~-]{0,20}`).Draw(t, "id"),
		Revision: store.NewRevision(),
		Record:   store.Record{Type: of.Stored, Activity: rapid.SampledFrom(store.Activities).Draw(t, "activity")},
	}
	days := rapid.IntRange(0, 3652058)
	for _, date := range []*store.Null[edm.Date]{&statistic.StartDate, &statistic.EndDate} {
		if rapid.Bool().Draw(t, "has date") {
			*date = store.Of(edm.MinDate.AddDays(days.Draw(t, "days")))
		}
	}
	if rapid.Bool().Draw(t, "has time zone") {
		zone := rapid.OneOf(rapid.StringMatching(`[^\x00-\x1f\x7f]{0,30}`), rapid.StringMatching(`[",;=+@' -]{0,5}`)).Draw(t, "time zone")
		statistic.TimeZoneUsed = store.Of(strings.ToValidUTF8(zone, "?"))
	}
	for _, property := range store.Durations() {
		if property.Of(of.Stored) && rapid.Bool().Draw(t, "has "+string(property.Name)) {
			*property.Duration(&statistic.Record) = store.Of(edm.Duration(rapid.Int64().Draw(t, string(property.Name))))
		}
	}
	return statistic
}

// TestExchangeRoundTrip checks that an item that is written in either form, in one line, is read as
// the same item.
func TestExchangeRoundTrip(t *testing.T) {
	x := exchangeOf(t)
	owner := store.Owner{Tenant: aTenant, User: aUser}
	same := func(t *rapid.T, form, text string, rows bulk.Source, lines int, want bulk.Item) {
		got := readAll(t, rows)
		if want.Statistic != nil {
			want.Statistic = &store.Statistic{ID: want.Statistic.ID, Record: want.Statistic.Record}
		}
		if len(got) != 1 || got[0].Faults != nil || !reflect.DeepEqual(got[0].Item, want) || strings.Count(text, "\n") != lines {
			t.Fatalf("%s\n%s\nis read as %+v", form, text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		item := bulk.Item{Owner: owner}
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			item.Settings = &store.Settings{HasGraphMailbox: rapid.Bool().Draw(t, "mailbox"), HasLicense: rapid.Bool().Draw(t, "licence"), HasOptedOut: rapid.Bool().Draw(t, "opted out")}
		case 1:
			item.UPN = rapid.StringMatching(`[a-z0-9'._!#^~-]{1,40}@[a-z]{1,20}`).Draw(t, "upn")
		default:
			item.Statistic = drawStatistic(t, x.spec)
			var text strings.Builder
			rows := csv.NewWriter(&text)
			_ = rows.Write(CSVHeader())
			_ = rows.Write(x.CSVRecord(owner, item.Statistic))
			rows.Flush()
			source, err := x.CSV(strings.NewReader(text.String()), "", 1)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "CSV", text.String(), source, 2, item)
		}
		text := string(x.AppendJSON(nil, &item))
		same(t, "JSON Lines", text, x.JSONLines(strings.NewReader(text), 1), 1, item)
	})
}

const (
	goodOwner = `"tenant":"` + aTenant + `","user":"` + aUser + `"`
	goodCall  = `"@odata.type":"#microsoft.graph.callActivityStatistics","id":"c1"`
)

// TestJSONLinesRefuse checks that a bad line is refused with the right faults, and that the lines
// around it are not.
func TestJSONLinesRefuse(t *testing.T) {
	x := exchangeOf(t)
	for line, want := range map[string][]string{
		`nonsense`: {": The line cannot be read: "},
		`[]`:       {": The line cannot be read: "},
		`{` + goodOwner + `,"statistic":{` + goodCall + `}} {}`:                                                      {": The line cannot be read: "},
		`{` + goodOwner + `,"colour":"red"}`:                                                                         {": The line cannot be read: it has a member colour"},
		`{` + goodOwner + `,"userPrincipalName":7}`:                                                                  {": The line cannot be read: the member userPrincipalName is of another kind"},
		`{` + goodOwner + `}`:                                                                                        {": The line has 0 of statistic, settings and userPrincipalName; it must have one."},
		`{` + goodOwner + `,"statistic":{` + goodCall + `},"settings":{}}`:                                           {": The line has 2 of"},
		`{"user":"` + aUser + `","statistic":{` + goodCall + `}}`:                                                    {"tenant: '' is no GUID."},
		`{"tenant":"x","user":"y","statistic":{` + goodCall + `,"duration":"1 hour","colour":"red"}}`:                {"tenant: 'x' is no GUID.", "user: 'y' is no GUID.", "colour: There is no property", "duration: "},
		`{` + goodOwner + `,"statistic":{"id":"c1"}}`:                                                                {"@odata.type: @odata.type must tell the type"},
		`{` + goodOwner + `,"statistic":7}`:                                                                          {": the body must be a JSON object, not a number."},
		`{` + goodOwner + `,"statistic":{` + goodCall + `,"activity":"Sleep"}}`:                                      {"activity: 'Sleep' is not one of"},
		`{` + goodOwner + `,"statistic":{` + goodCall + `,"activity":null}}`:                                         {"activity: null is not a valid value"},
		`{` + goodOwner + `,"statistic":{` + goodCall + `,"readEmail":"PT1H"}}`:                                      {"readEmail: There is no property 'readEmail' here"},
		`{` + goodOwner + `,"statistic":{` + goodCall + `,"startDate":"2026-02-30"}}`:                                {"startDate: "},
		`{` + goodOwner + `,"statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics"}}`:                  {"id: Without both dates"},
		`{` + goodOwner + `,"statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","startDate":null}}`: {"id: Without both dates"},
		`{` + goodOwner + `,"settings":{"hasLicense":"yes"}}`:                                                        {"hasLicense: 'hasLicense' must be true or false"},
		`{` + goodOwner + `,"userPrincipalName":"a b"}`:                                                              {"userPrincipalName: \"a b\" is no user principal name"},
		`{` + goodOwner + `,"userPrincipalName":"` + aUser + `"}`:                                                    {"userPrincipalName: "},
		`{` + goodOwner + `,"statistic":{` + goodCall + `,"timeZoneUsed":"` + strings.Repeat("x", maxLine) + `"}}`:   {": The line has more than 65536 bytes."},
		`{` + goodOwner + ",\"statistic\":{" + goodCall + ",\"timeZoneUsed\":\"\xff\"}}":                             {": The line cannot be read: "},
	} {
		good := fmt.Sprintf("{%s,\"statistic\":{%s}}\n", goodOwner, goodCall)
		rows := readAll(t, x.JSONLines(strings.NewReader(good+"\n"+line+"\n"+good), 1))
		if len(rows) != 3 || rows[0].Line != 1 || rows[1].Line != 3 || rows[2].Line != 4 || rows[0].Faults != nil || rows[2].Faults != nil {
			t.Errorf("%.200s\nis read as %+v", line, rows)
			continue
		}
		wantFaults(t, line, rows[1].Faults, want)
	}
}

// wantFaults compares the beginnings of the faults, in any order.
func wantFaults(t *testing.T, of string, faults []bulk.Fault, want []string) {
	t.Helper()
	var got []string
	for _, fault := range faults {
		got = append(got, fault.Property+": "+fault.Reason)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("%.200s\nis refused for %q; want %q", of, got, want)
	}
}

// TestCSVRefuses checks the faults of bad rows and the errors of bad headers.
func TestCSVRefuses(t *testing.T) {
	x := exchangeOf(t)
	const header = "PersonId,StatisticId,StatisticType,MetricDate,Duration,TimeZone\n"
	for row, want := range map[string][]string{
		"x,c1,call,,,":                                   {"user: 'x' is no GUID."},
		aUser + ",c 1,call,,,":                           {"id: 'c 1' does not have the form"},
		aUser + ",c1,sleep,,,":                           {"@odata.type: "},
		aUser + ",c1,,,,":                                {"@odata.type: "},
		aUser + ",c1,call,2026-02-30,PT1X,":              {"startDate: ", "duration: "},
		aUser + ",,call,2026-02-03,,":                    {"id: Without both dates"},
		aUser + ",c1,call,,0.00000000001,":               {"duration: '0.00000000001' hours are no whole number of ticks"},
		aUser + ",c1,call,,999999999,":                   {"duration: '999999999' hours are no whole number of ticks"},
		aUser + ",c1,call,,1e3,":                         {"duration: "},
		aUser + ",c1,call,,":                             {": The row cannot be read: wrong number of fields."},
		aUser + `,c1,call,,,"a" b`:                       {": The row cannot be read: "},
		aUser + ",c1,call,,," + strings.Repeat("x", 257): {"timeZoneUsed: "},
	} {
		good := aUser + ",c1,call,,,\n"
		source, err := x.CSV(strings.NewReader(header+good+"\n"+row+"\n"+good), aTenant, 1)
		if err != nil {
			t.Fatal(err)
		}
		rows := readAll(t, source)
		if len(rows) != 3 || rows[0].Line != 2 || rows[1].Line != 4 || rows[2].Line != 5 || rows[0].Faults != nil || rows[2].Faults != nil {
			t.Errorf("%.200s\nis read as %+v", row, rows)
			continue
		}
		wantFaults(t, row, rows[1].Faults, want)
	}
	for text, want := range map[string]string{
		"":                                       "the file is empty",
		"PersonId,Colour\n":                      `there is no column "Colour"; there are TenantId, PersonId,`,
		"PersonId\n":                             "the columns PersonId and StatisticType must be there; the header has PersonId",
		"PersonId,StatisticType,statisticTYPE\n": "the column StatisticType is there twice",
		"PersonId;StatisticType\n":               `there is no column "PersonId;StatisticType"`,
		`"PersonId` + strings.Repeat("x", 2<<20): "a row has more than 1048576 bytes",
	} {
		if _, err := x.CSV(strings.NewReader(text), aTenant, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v; want %s", text, err, want)
		}
	}
}

// TestCSVAccepts checks headers in any order and case, rows without a tenant, hours as Viva Insights
// writes them, and escaped cells that would otherwise be null or a formula.
func TestCSVAccepts(t *testing.T) {
	x := exchangeOf(t)
	source, err := x.CSV(strings.NewReader("\ufeffstatistictype,DURATION,personid,AfterHours,MetricDate,EndDate,TimeZone\r\n"+
		"Call,1.25,"+aUser+",-0.0000000005,2026-11-16,2026-11-17,\"\"\"\"\"\"\r\n"+
		"call,PT1H,"+strings.ToUpper(aUser)+",,2026-11-17,2026-11-18,\"\"\"=1+1\"\"\"\r\n"), aTenant, 1)
	if err != nil {
		t.Fatal(err)
	}
	rows := readAll(t, source)
	if len(rows) != 2 || rows[0].Faults != nil || rows[1].Faults != nil {
		t.Fatalf("read is %+v", rows)
	}
	first, second := rows[0].Item, rows[1].Item
	if first.Owner != (store.Owner{Tenant: aTenant, User: aUser}) || second.Owner != first.Owner ||
		first.Statistic.ID != "call_2026-11-16_2026-11-17" || first.Statistic.Activity != "Call" ||
		first.Statistic.Duration != store.Of(75*edm.Minute) || *store.DefinitionOf("afterHours").Duration(&first.Statistic.Record) != store.Of(edm.Duration(-18)) ||
		first.Statistic.TimeZoneUsed != store.Of("") || second.Statistic.TimeZoneUsed != store.Of("=1+1") || store.DefinitionOf("afterHours").Duration(&second.Statistic.Record).Valid {
		t.Errorf("read is %+v and %+v", first.Statistic, second.Statistic)
	}
}

// TestReadFromLine checks that the lines before the first one to read are skipped unread.
func TestReadFromLine(t *testing.T) {
	x := exchangeOf(t)
	line := fmt.Sprintf("{%s,\"statistic\":{%s}}\n", goodOwner, goodCall)
	if rows := readAll(t, x.JSONLines(strings.NewReader("bad\n"+line+line), 2)); len(rows) != 2 || rows[0].Line != 2 || rows[0].Faults != nil {
		t.Errorf("JSON Lines: %+v", rows)
	}
	source, err := x.CSV(strings.NewReader("PersonId,StatisticType,StatisticId\nbad\n\"a\"b\n"+aUser+",call,c1\n"), aTenant, 4)
	if err != nil {
		t.Fatal(err)
	}
	if rows := readAll(t, source); len(rows) != 1 || rows[0].Line != 4 || rows[0].Faults != nil {
		t.Errorf("CSV: %+v", rows)
	}
	if rows := readAll(t, x.JSONLines(strings.NewReader(line), math.MaxInt)); len(rows) != 0 {
		t.Errorf("behind the end: %+v", rows)
	}
}
