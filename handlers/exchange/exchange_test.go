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
		t.Errorf("after the end: %+v", rows)
	}
}
