package exchange

import (
	"fmt"
	"strings"
	"testing"
)

// TestJSONLinesRefuse checks that a bad line is refused with the right faults, and that the lines
// around it are not.
func TestJSONLinesRefuse(t *testing.T) {
	x := exchangeOf(t)
	for line, want := range map[string][]string{
		`nonsense`:       {": The line cannot be read: "},
		`[]`:             {": The line cannot be read: "},
		`7`:              {": The line cannot be read: it is not a JSON object"},
		`["x"]`:          {": The line cannot be read: it is an array; write each member on a line of its own"},
		`"{\"user\":7}"`: {": The line cannot be read: it is not a JSON object"},
		`{` + goodOwner + `,"statistic":{` + goodCall + `}} {}`:            {": The line cannot be read: column 177: found '{'; send one JSON value"},
		`{` + goodOwner + `,"colour":"red"}`:                               {": The line cannot be read: it has a member 'colour' that is not known. It must"},
		`{` + goodOwner + `,"statstic":{}}`:                                {": The line cannot be read: it has a member 'statstic' that is not known (did you mean 'statistic'?)."},
		`{` + goodOwner + `,"user":"x"}`:                                   {": The line cannot be read: the member 'user' is there twice."},
		`{'tenant':"x"}`:                                                   {": The line cannot be read: column 2: found a single quote; put names and texts in double quotes"},
		`{` + goodOwner + `,"userPrincipalName":7}`:                        {": The line cannot be read: the member 'userPrincipalName' must be a text"},
		`{` + goodOwner + `}`:                                              {": The line has 0 of statistic, settings and userPrincipalName; it must have one."},
		`{` + goodOwner + `,"statistic":{` + goodCall + `},"settings":{}}`: {": The line has 2 of"},
		`{"user":"` + aUser + `","statistic":{` + goodCall + `}}`:          {"tenant: 'tenant' is missing; it must be a GUID, as in"},
		`{"tenant":"x","user":"y","statistic":{` + goodCall + `,"duration":"1 hour","colour":"red"}}`:                {"tenant: 'tenant' is 'x'; it must be a GUID", "user: 'user' is 'y'; it must be a GUID", "colour: There is no property", "duration: "},
		`{` + goodOwner + `,"statistic":{"id":"c1"}}`:                                                                {"@odata.type: '@odata.type' is missing; it must be one of #microsoft"},
		`{` + goodOwner + `,"statistic":7}`:                                                                          {": The body is 7; it must be a JSON object."},
		`{` + goodOwner + `,"statistic":{` + goodCall + `,"activity":"Sleep"}}`:                                      {"activity: 'activity' is 'Sleep'; it must be one of Email"},
		`{` + goodOwner + `,"statistic":{` + goodCall + `,"activity":null}}`:                                         {"activity: 'activity' is null; it must be one of Email"},
		`{` + goodOwner + `,"statistic":{` + goodCall + `,"readEmail":"PT1H"}}`:                                      {"readEmail: There is no property 'readEmail' here"},
		`{` + goodOwner + `,"statistic":{` + goodCall + `,"startDate":"2026-02-30"}}`:                                {"startDate: "},
		`{` + goodOwner + `,"statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics"}}`:                  {"id: Without both dates"},
		`{` + goodOwner + `,"statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","startDate":null}}`: {"id: Without both dates"},
		`{` + goodOwner + `,"settings":{"hasLicense":"yes"}}`:                                                        {"hasLicense: 'hasLicense' is 'yes'; it must be true or false"},
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

// TestJSONLinesByteOrderMark checks that a byte order mark before the first line is skipped, as in
// CSV, and that one elsewhere is a fault.
func TestJSONLinesByteOrderMark(t *testing.T) {
	good := fmt.Sprintf("{%s,\"statistic\":{%s}}\n", goodOwner, goodCall)
	rows := readAll(t, exchangeOf(t).JSONLines(strings.NewReader("\ufeff"+good+good+"\ufeff"+good), 1))
	if len(rows) != 3 || rows[0].Faults != nil || rows[1].Faults != nil || rows[2].Faults == nil {
		t.Errorf("the rows are %+v", rows)
	}
}
