package exchange

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/store/bulk"
)

// FuzzReadLine checks that any line is read or refused, and that an accepted line that is written
// again is read as the same item.
func FuzzReadLine(f *testing.F) {
	x := exchangeOf(f)
	f.Add(fmt.Sprintf("{%s,\"statistic\":{%s}}", goodOwner, goodCall))
	f.Add(fmt.Sprintf("{%s,\"settings\":{\"hasOptedOut\":true}}", goodOwner))
	f.Add(fmt.Sprintf("{%s,\"userPrincipalName\":\"Megan@example.com\"}", goodOwner))
	f.Add(`{"tenant":null,"user":{},"statistic":[1e999]}`)
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		item, faults := x.readLine([]byte(text))
		if len(faults) > 0 {
			return
		}
		again, faults := x.readLine(x.AppendJSON(nil, &item))
		if len(faults) > 0 || !reflect.DeepEqual(again, item) {
			t.Errorf("%q is read as %+v, and that as %+v, %v", text, item, again, faults)
		}
	})
}

// FuzzCSV checks that any text is read or refused, that the rows come in order from the first one to
// read, and that an accepted row that is written again is read as the same item. An error, as opposed
// to a fault, comes only from the header or from a row that is too long.
func FuzzCSV(f *testing.F) {
	x := exchangeOf(f)
	header := strings.Join(CSVHeader(), ",")
	f.Add(header+"\n,"+aUser+",c1,call,Call,2026-11-16,,\"\"\"=1+1\"\"\",PT1H,-0.5,,,,,,,\n,"+aUser+",c2,call,,,,\"\"\"\"\"x\"\"\"\"\",,,,,,,,,\n", uint8(0))
	f.Add("\ufeffPERSONID,statisticType,MetricDate,EndDate,TimeZone\r\n"+aUser+",Email,2026-11-16,2026-11-17,\"a\nb\"\r\n\r\nx\n", uint8(2))
	f.Add("PersonId,StatisticType\n\"", uint8(1))
	f.Add("PersonId\n", uint8(1))
	f.Add("", uint8(1))
	f.Fuzz(func(t *testing.T, text string, from uint8) {
		defer bounded.Input(t)()
		source, err := x.CSV(strings.NewReader(text), aTenant, int(from))
		if err != nil {
			return
		}
		for line := max(1, int(from)-1); ; {
			read, err := source()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if len(text) <= maxRow {
					t.Errorf("%q: %v", text, err)
				}
				return
			}
			row := read()
			if row.Line <= line || row.Line > strings.Count(text, "\n")+1 {
				t.Fatalf("%q: the line %d after %d", text, row.Line, line)
			}
			if line = row.Line; row.Faults == nil {
				sameRow(t, x, row.Item)
			}
		}
	})
}

// sameRow checks that the item is read as it was written.
func sameRow(t *testing.T, x *Exchange, item bulk.Item) {
	t.Helper()
	var text strings.Builder
	rows := csv.NewWriter(&text)
	if err := rows.WriteAll([][]string{CSVHeader(), x.CSVRecord(item.Owner, item.Statistic)}); err != nil {
		t.Fatal(err)
	}
	source, err := x.CSV(strings.NewReader(text.String()), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if again := readAll(t, source); len(again) != 1 || again[0].Faults != nil || !reflect.DeepEqual(again[0].Item, item) {
		t.Errorf("%+v is written\n%s\nand read as %+v", item, text.String(), again)
	}
}
