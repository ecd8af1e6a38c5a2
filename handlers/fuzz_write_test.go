package handlers_test

import (
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"afterhours/contract/bounded"
	"afterhours/store"
	"afterhours/store/edm"
)

// FuzzPatch checks that any PATCH is merged as documented, or refused with 400 and changes nothing.
func FuzzPatch(f *testing.F) {
	for kind := range uint8(len(fuzzTypes)) {
		f.Add(kind, []byte(`{}`))
		f.Add(kind, []byte(`{"@odata.type":"`+fuzzTypeName(fuzzKind(kind))+`","id":"`+fuzzKind(kind)+`","activity":"Call","startDate":null,"endDate":"2019-06-17","duration":"-PT1M55.0810357S"}`))
	}
	for _, body := range []string{
		`{"duration":null,"duration":"PT1H","@odata.etag":"x","duration@odata.type":7,"odataType":null}`,
		`{"timeZoneUsed":"\u65e5\u672c\ud840\udc00","afterHours":"-1 day, 23:58:04.918964"}`,
		`{"timeZoneUsed":"\ud800","startDate":"2019-02-29","colour":{"a":[1e999]}}`,
		`[]`, `null`, `"x"`, `{"duration":"PT1H"`, `{"duration":"PT1H"}}`, "", "\xff",
	} {
		f.Add(uint8(0), []byte(body))
	}
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) { z.patch(t, fuzzKind(kind), body) })
}

// FuzzPatchProperties is FuzzPatch with bodies that are always JSON: two members with texts.
func FuzzPatchProperties(f *testing.F) {
	f.Add(uint8(0), "duration", "PT1H", "afterHours", "-P10675199DT2H48M5.4775808S")
	f.Add(uint8(1), "startDate", "2019-06-16", "timeZoneUsed", "日本標準時")
	f.Add(uint8(2), "readEmail", "P1W1DT1H", "sentEmail", "1 day, 0:00:00.5")
	f.Add(uint8(3), "activity", "Focus", "id", "focus")
	f.Add(uint8(4), "long", "PT-1M-55S", "recurring", "P")
	f.Add(uint8(0), "@odata.type", "#microsoft.graph.callActivityStatistics", "x@y.z", "")
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, kind uint8, name, value, otherName, other string) {
		z.patch(t, fuzzKind(kind), objectOf(t, name, value, otherName, other))
	})
}

// objectOf returns the JSON object with the texts under the names. If a name stands twice, the last
// one counts.
func objectOf(t *testing.T, namesAndValues ...string) []byte {
	text := []byte{'{'}
	for i, one := range namesAndValues {
		quoted, err := jsontext.AppendQuote(nil, strings.ToValidUTF8(one, "?"))
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, quoted...), ":,"[i%2])
	}
	return append(text[:len(text)-1], '}')
}

func (z *fuzzServer) patch(t fuzzTest, kind string, body []byte) {
	t.Helper()
	defer bounded.Input(t)()
	z.restore(t)
	stored := z.state(t)
	_, was := z.read(t, fuzzItem(kind))
	given, fits := judge(body, kind)
	got := z.ask(t, http.MethodPatch, fuzzItem(kind), body)
	if id, named := given["id"]; !fits || named && id != kind {
		if got.status != http.StatusBadRequest {
			t.Errorf("%q: %d %s; want 400", body, got.status, got.text)
		}
		z.unchanged(t, stored, got)
		return
	}
	again, now := z.read(t, fuzzItem(kind))
	if got.status != http.StatusOK || got.text != again.text || header(got, "ETag") != header(again, "ETag") {
		t.Fatalf("%q: %d %s; want 200 and the response to GET: %s", body, got.status, got.text, again.text)
	}
	want := maps.Clone(was)
	maps.Copy(want, given)
	if changed := !reflect.DeepEqual(want, was); changed == (now["@odata.etag"] == was["@odata.etag"]) {
		t.Errorf("%q: changed is %t, and the entity tag %v was %v", body, changed, now["@odata.etag"], was["@odata.etag"])
	}
	want["@odata.etag"] = now["@odata.etag"]
	if !reflect.DeepEqual(now, want) {
		t.Errorf("%q: the statistic is %v, want %v", body, now, want)
	}
}

// FuzzCreate checks that any POST creates what it says, once, or is refused and changes nothing.
func FuzzCreate(f *testing.F) {
	for kind := range fuzzTypes {
		f.Add([]byte(`{"@odata.type":"` + fuzzTypeName(kind) + `","startDate":"2019-06-16","endDate":"2019-06-17","duration":"PT1H"}`))
		f.Add([]byte(`{"id":"` + kind + `","activity":"Chat","timeZoneUsed":null,"duration":"P","@odata.type":"` + fuzzTypeName(kind) + `"}`))
	}
	for _, body := range []string{
		`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"a.b_c~d-e","@odata.etag":"W/\"x\""}`,
		`{"@odata.type":"microsoft.graph.meetingActivityStatistics","startDate":"2019-06-16","endDate":"2019-04-17"}`,
		`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"microsoft.graph.callActivityStatistics"}`,
		`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"Microsoft.Graph.x"}`,
		`{"@odata.type":"http://example.com/$metadata#microsoft.graph.chatActivityStatistics"}`,
		`{"@odata.type":"#microsoft.graph.activityStatistics"}`, `{"id":"x"}`, `{"@odata.type":null}`, `{}`, `[]`, "",
	} {
		f.Add([]byte(body))
	}
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, body []byte) { z.create(t, body) })
}

// FuzzCreateProperties is FuzzCreate with bodies that are always JSON.
func FuzzCreateProperties(f *testing.F) {
	f.Add(uint8(0), "id", "x", "startDate", "2019-06-16")
	f.Add(uint8(1), "startDate", "0001-01-01", "endDate", "9999-12-31")
	f.Add(uint8(2), "id", "call", "readEmail", "PT0.0000001S")
	f.Add(uint8(4), "activity", "Email", "odataType", "")
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, kind uint8, name, value, otherName, other string) {
		z.create(t, objectOf(t, "@odata.type", fuzzTypeName(fuzzKind(kind)), name, value, otherName, other))
	})
}

func (z *fuzzServer) create(t fuzzTest, body []byte) {
	t.Helper()
	defer bounded.Input(t)()
	z.restore(t)
	stored := z.state(t)
	given, fits := judge(body, "")
	id := idOf(given)
	_, taken := fuzzRecords[id]
	got := z.ask(t, http.MethodPost, collection, body)
	if !fits || taken {
		if want := map[bool]int{false: http.StatusBadRequest, true: http.StatusConflict}[fits]; got.status != want {
			t.Errorf("%q: %d %s; want %d", body, got.status, got.text, want)
		}
		z.unchanged(t, stored, got)
		return
	}
	path, found := strings.CutPrefix(header(got, "Location"), "http://example.com")
	if got.status != http.StatusCreated || !found {
		t.Fatalf("%q: %d %v %s; want 201", body, got.status, got.header, got.text)
	}
	again, now := z.read(t, path)
	if got.text != again.text || header(got, "ETag") != header(again, "ETag") {
		t.Errorf("%q: %s; want the response to GET: %s", body, got.text, again.text)
	}
	if id == "" {
		id = now["id"].(string)
	}
	if want := wanted(given, id, now); !reflect.DeepEqual(now, want) || path != "/beta/users/"+megan+"/analytics/activityStatistics/"+id {
		t.Errorf("%q: the statistic is %v at %s, want %v", body, now, path, want)
	}
	after := z.state(t)
	after.statistics = slices.DeleteFunc(after.statistics, func(one store.Statistic) bool { return one.ID == id })
	if !reflect.DeepEqual(after, stored) {
		t.Errorf("%q: besides, stored was\n%+v\nand is\n%+v", body, stored, after)
	}
}

// idOf returns the id that the new statistic must have, "" if it is random.
func idOf(given map[string]any) string {
	if id, named := given["id"].(string); named {
		return id
	}
	start, isStart := given["startDate"].(string)
	end, isEnd := given["endDate"].(string)
	if !isStart || !isEnd {
		return ""
	}
	return strings.ToLower(activityOf(given)) + "_" + start + "_" + end
}

// activityOf returns the activity that the new statistic must have: that of its type if the body
// gives none.
func activityOf(given map[string]any) string {
	if activity, named := given["activity"].(string); named {
		return activity
	}
	name, _ := given["@odata.type"].(string)
	name = strings.TrimSuffix(strings.TrimPrefix(name, "#microsoft.graph."), "ActivityStatistics")
	return strings.ToUpper(name[:min(1, len(name))]) + name[min(1, len(name)):]
}

// wanted returns the new statistic that GET must return, with the context and the entity tag that it
// has.
func wanted(given map[string]any, id string, now map[string]any) map[string]any {
	want := map[string]any{"@odata.context": now["@odata.context"], "@odata.etag": now["@odata.etag"], "startDate": nil, "endDate": nil, "timeZoneUsed": nil}
	for _, name := range fuzzTypes[strings.ToLower(activityOf(map[string]any{"@odata.type": given["@odata.type"]}))] {
		want[name] = nil
	}
	maps.Copy(want, given)
	want["id"], want["activity"] = id, activityOf(given)
	return want
}

var (
	fuzzIDs        = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$`)
	fuzzDates      = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	fuzzActivities = []string{"Email", "Meeting", "Focus", "Chat", "Call"}
)

// judge reads the body of a write as the README and Graph's documentation describe it, without the
// contract. It returns what the body sets, in canonical form, or false if the body must be refused.
// The kind is "" for a creation, whose body must tell its type.
func judge(body []byte, kind string) (given map[string]any, fits bool) {
	var object map[string]any
	if err := json.Unmarshal(body, &object, jsontext.AllowDuplicateNames(true)); err != nil || object == nil {
		return nil, false
	}
	given = map[string]any{}
	if kind == "" {
		name := withHash(object["@odata.type"])
		for one := range fuzzTypes {
			if name == fuzzTypeName(one) {
				kind = one
			}
		}
	}
	for name, value := range object {
		isAnnotation := name != "@odata.type" && strings.Contains(name, "@")
		if isAnnotation || name == "odataType" && value == nil {
			continue
		}
		if given[name], fits = judgeValue(name, value, kind); !fits {
			return given, false
		}
	}
	return given, kind != ""
}

// withHash returns the name of a type as the contract has it: a name without # counts as one with it, and so does the
// fragment of a URL of $metadata (OData JSON 4.6.3).
func withHash(given any) string {
	text, _ := given.(string)
	url, name, hasHash := strings.Cut(text, "#")
	switch {
	case !hasHash:
		return "#" + text
	case url == "$metadata" || strings.HasSuffix(url, "/$metadata"):
		return "#" + name
	}
	return text
}

// judgeValue returns the value in canonical form, or false if the property cannot have it.
func judgeValue(name string, value any, kind string) (any, bool) {
	text, isText := value.(string)
	isDuration := slices.Contains(fuzzTypes[kind], name)
	isDate := name == "startDate" || name == "endDate"
	switch {
	case value == nil:
		return nil, isDuration || isDate || name == "timeZoneUsed"
	case !isText:
		return nil, false
	case name == "@odata.type":
		return fuzzTypeName(kind), withHash(text) == fuzzTypeName(kind)
	case name == "id":
		isQualified := strings.HasPrefix(strings.ToLower(text), "microsoft.graph.") // in a URL it would be a type or a function
		return text, fuzzIDs.MatchString(text) && !isQualified
	case name == "activity":
		return text, slices.Contains(fuzzActivities, text)
	case isDate:
		date, err := time.Parse(time.DateOnly, text)
		return text, fuzzDates.MatchString(text) && err == nil && date.Year() > 0
	case name == "timeZoneUsed":
		return text, utf8.RuneCountInString(text) <= 256 && !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f })
	case isDuration:
		duration, err := edm.ParseSDKDuration(text)
		return duration.String(), err == nil && len(text) <= 64
	}
	return nil, false
}
