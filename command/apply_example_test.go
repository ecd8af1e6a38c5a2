package command

import (
	"encoding/json"
	"maps"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/contract/program"
	"afterhours/store"
	"afterhours/store/edm"
)

// TestHoursOfMeetingsByMonth runs the command of docs/api.md against serve --demo. The response has the sums
// of the demo's meetings, in the form that the page shows.
func TestHoursOfMeetingsByMonth(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		program.Missing(t, "the command needs curl, which is not installed")
	}
	example := regexp.MustCompile("(?s)```sh\n(curl -G [^`]*apply=[^`]*)```\n\n```json\n([^`]*)```").FindStringSubmatch(mustRead(t, "../docs/api.md"))
	if example == nil {
		t.Fatal("docs/api.md has no example of $apply")
	}
	p := program.Serve(t, t.TempDir(), "--demo")
	command := readIntroduction(t, p).token + strings.Replace(example[1], "http://127.0.0.1:8080", p.URL, 1)
	out, err := exec.CommandContext(t.Context(), "bash", "-c", strings.Replace(command, "curl ", "curl -sS ", 1)).Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", command, err, out)
	}
	type months struct {
		Value []map[string]any `json:"value"`
	}
	var got, shown months
	for text, into := range map[string]*months{string(out): &got, example[2]: &shown} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	totals := map[edm.Date]edm.Duration{} // by the first day of the month
	week := demoWeek(time.Now())
	for day := range 7 {
		meeting := demoRecord(store.Meeting, "Meeting", week, day)
		_, _, dayOfMonth := meeting.StartDate.Value.Calendar()
		totals[meeting.StartDate.Value.AddDays(1-dayOfMonth)] += meeting.Duration.Value
	}
	var want []map[string]any
	for _, first := range slices.Sorted(maps.Keys(totals)) {
		year, month, _ := first.Calendar()
		want = append(want, map[string]any{"year@odata.type": "#Int32", "year": float64(year), "month@odata.type": "#Int32", "month": float64(month),
			"total@odata.type": "#Duration", "total": totals[first].String()})
	}
	if !reflect.DeepEqual(got.Value, want) {
		t.Errorf("%s\nwant %v", out, want)
	}
	if members := slices.Sorted(maps.Keys(shown.Value[0])); !slices.Equal(members, slices.Sorted(maps.Keys(want[0]))) {
		t.Errorf("the page shows %v", members)
	}
}
