package exchange

import (
	"strings"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

// TestCSVRefuses checks the faults of bad rows and the errors of bad headers.
func TestCSVRefuses(t *testing.T) {
	x := exchangeOf(t)
	const header = "PersonId,StatisticId,StatisticType,MetricDate,Duration,TimeZone\n"
	for row, want := range map[string][]string{
		"x,c1,call,,,":                                   {"PersonId: PersonId is 'x'; it must be a GUID"},
		aUser + ",c 1,call,,,":                           {"StatisticId: StatisticId is 'c 1'; it must be an id. Begin"},
		aUser + ",c1,sleep,,,":                           {"StatisticType: StatisticType is 'sleep'; it must be one of call, chat, email, focus, meeting."},
		aUser + ",c1,,,,":                                {"StatisticType: StatisticType is missing; it must be one of call, "},
		aUser + ",c1,call,2026-02-30,PT1X,":              {"MetricDate: MetricDate is '2026-02-30'; the day must", "Duration: Duration is 'PT1X'; it must be a duration"},
		aUser + ",,call,2026-02-03,,":                    {"StatisticId: Without both dates"},
		aUser + ",c1,call,,0.00000000001,":               {"Duration: '0.00000000001' hours are no whole number of ticks"},
		aUser + ",c1,call,,999999999,":                   {"Duration: '999999999' hours are no whole number of ticks"},
		aUser + ",c1,call,,1e3,":                         {"Duration: "},
		aUser + ",c1,call,,":                             {": The row cannot be read: it has 5 cells; the header has 6."},
		aUser + `,c1,call,,,"a" b`:                       {": The row cannot be read: its quotation marks do not match"},
		aUser + ",c1,call,,," + strings.Repeat("x", 257): {"TimeZone: "},
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
		"PersonId;StatisticType\n":               "its columns are separated by semicolons or tabs; separate them by commas",
		"PersonId\tStatisticType\n":              "its columns are separated by semicolons or tabs; separate them by commas",
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
