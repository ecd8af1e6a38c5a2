package handlers

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"afterhours/contract/bounded"
	"afterhours/contract/checked"
	"afterhours/gen"
	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
)

func contractOf(t testing.TB) *contract {
	t.Helper()
	c, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCanonicalURL(t *testing.T) {
	c := contractOf(t)
	for _, row := range []struct{ given, path, raw, cast string }{
		{"/", "/", "", ""},
		{"", "/", "", ""},
		{"///", "/", "", ""},
		{"/beta/me/analytics/activityStatistics", "/beta/me/analytics/activityStatistics", "", ""},
		{"/V1.0/Me/ANALYTICS/activitystatistics/", "/v1.0/me/analytics/activityStatistics", "", ""},
		{"/beta/me/analytics/activityStatistics/$COUNT", "/beta/me/analytics/activityStatistics/$count", "", ""},
		{"/beta/me/analytics/activityStatistics/%24count", "/beta/me/analytics/activityStatistics/$count", "", ""},
		{"/beta/me/analytics/activityStatistics/ME", "/beta/me/analytics/activityStatistics/ME", "", ""},
		{"/beta/users/Users/analytics/settings", "/beta/users/Users/analytics/settings", "", ""},
		{"/beta/users('o''brien@x.org')/Settings", "/beta/users/o'brien@x.org/settings", "/beta/users/o%27brien@x.org/settings", ""},
		{"/beta/users/jane%40x.org/analytics", "/beta/users/jane@x.org/analytics", "", ""},
		{"/beta/users/a+b/analytics", "/beta/users/a+b/analytics", "/beta/users/a%2Bb/analytics", ""},
		{"/beta/me/analytics/activityStatistics/a%2Fb", "/beta/me/analytics/activityStatistics/a/b", "/beta/me/analytics/activityStatistics/a%2Fb", ""},
		{"/beta/me/analytics/activityStatistics('')", "/beta/me/analytics/activityStatistics('')", "/beta/me/analytics/activityStatistics%28%27%27%29", ""},
		{"/beta/me/analytics/activityStatistics/x/microsoft.graph.emailActivityStatistics", "/beta/me/analytics/activityStatistics/x", "", "email"},
		{"/beta/me/analytics/activityStatistics('x')/microsoft.graph.callActivityStatistics", "/beta/me/analytics/activityStatistics/x", "", "call"},
		{"/beta/me/analytics/activityStatistics/x/microsoft.graph.user", "/beta/me/analytics/activityStatistics/x/microsoft.graph.user", "", ""},
		{"/localtest/CallActivityStatistics/x", "/localtest/me/analytics/activityStatistics/x", "", "call"},
		{"/beta/users/u/analytics/callactivitystatistics('x')", "/beta/users/u/analytics/activityStatistics/x", "", "call"},
		{"/beta/callactivitystatistics", "/beta/callactivitystatistics", "", ""},
		{"/beta/x/callactivitystatistics/y", "/beta/x/callactivitystatistics/y", "", ""},
		{"/beta/%zz", "/beta/%zz", "/beta/%25zz", ""},
	} {
		path, raw, cast := c.canonicalURL(row.given)
		name := ""
		if cast != nil {
			name = string(cast.stored)
		}
		if path != row.path || raw != row.raw || name != row.cast {
			t.Errorf("%s: got %q %q %q, want %q %q %q", row.given, path, raw, name, row.path, row.raw, row.cast)
		}
	}
}

// FuzzCanonicalURL: the canonical form of a canonical form is itself, its two
// spellings are of one path, and whatever the path, it is answered by the contract's
// operation of the canonical one, and never with a redirect.
func FuzzCanonicalURL(f *testing.F) {
	for _, path := range []string{
		"/beta/me/analytics/activityStatistics('a''b')/microsoft.graph.callActivityStatistics", "/beta//users/%2F%00/../callactivitystatistics/x",
		"/beta/$metadata/", "/V1.0", "/beta/me/analytics/activityStatistics/$count", "/beta/Me/Analytics/", "/beta/users/x'y@z/analytics/settings",
		"/beta/me/analytics/activityStatistics/microsoft.graph.callActivityStatistics/$count", "/beta/callactivitystatistics/a/duration/$value",
		"/beta/users('" + aUser + "')/analytics/activityStatistics", "/openapi.yaml/", "/.well-known/jwks.json", "//evil.example/%2e%2e/", "/beta/me/analytics/.",
	} {
		f.Add(path)
	}
	c := contractOf(f)
	server, token := serverOver(f, memory.New(), io.Discard)
	f.Fuzz(func(t *testing.T, given string) {
		defer bounded.Input(t)()
		path, raw, cast := c.canonicalURL(given)
		if raw == "" {
			raw = (&url.URL{Path: path}).EscapedPath()
		}
		decoded, err := url.PathUnescape(raw)
		if err != nil || decoded != path {
			t.Fatalf("%q: %q is not %q escaped: %v", given, raw, path, err)
		}
		if !strings.HasPrefix(path, "/") || strings.Contains(raw, "//") {
			t.Fatalf("%q: %q", given, raw)
		}
		if again, _, _ := c.canonicalURL(raw); cast == nil && again != path {
			t.Errorf("%q: %q, and of that %q", given, path, again)
		}
		address, err := url.ParseRequestURI(given)
		if err != nil || given[0] != '/' {
			return // net/http answers it
		}
		path, _, _ = c.canonicalURL(address.EscapedPath()) // without a query
		request := httptest.NewRequestWithContext(checked.As(t.Context(), path), http.MethodGet, "/", nil)
		request.URL = address
		request.Header.Set("Authorization", "Bearer "+token)
		if got := checked.Serve(t, server, request).Code; got >= 300 && got < 400 || got >= 500 {
			t.Errorf("%q: %d", given, got)
		}
	})
}

func TestListed(t *testing.T) {
	revision := store.Revision(0x0123456789abcdef)
	tag := entityTag(revision)
	for list, want := range map[string]bool{
		tag: true, strings.TrimPrefix(tag, "W/"): true, ` "a" , ` + tag: true, `"a","b"`: false, "*": true, " * ": true,
		`"a, ` + strings.Trim(tag, `W/"`) + `"`: false, `""`: false, `"` + tag[3:]: true,
	} {
		if listed(list, revision) != want {
			t.Errorf("%s: want %v", list, want)
		}
		if listed(list, store.NoRevision) {
			t.Errorf("%s matches what is not there", list)
		}
	}
}

// FuzzEntityTagList: whatever the list, the tag behind it is found, and a tag that
// is not in it is not.
func FuzzEntityTagList(f *testing.F) {
	f.Add(`"a", W/"b"`)
	f.Add(`"`)
	f.Fuzz(func(t *testing.T, list string) {
		defer bounded.Input(t)()
		const revision = store.Revision(42)
		if !strings.Contains(list, opaqueTag(revision)) && strings.Trim(list, " \t") != "*" && listed(list, revision) {
			t.Errorf("%q is said to hold %s", list, entityTag(revision))
		}
		if strings.Count(list, `"`)%2 == 0 && strings.Trim(list, " \t") != "*" && !listed(list+","+entityTag(revision), revision) {
			t.Errorf("%q hides the tag behind it", list)
		}
	})
}

func TestParsePrefer(t *testing.T) {
	for header, want := range map[string]preferences{
		"":                                       {},
		"return=minimal":                         {minimal: true},
		"Return = Minimal":                       {},
		`return="minimal"`:                       {minimal: true},
		"return=representation":                  {representation: true},
		"return=representation,return=minimal":   {representation: true},
		"respond-async, create-if-missing":       {createIfMissing: true},
		"CREATE-IF-MISSING;x=1":                  {createIfMissing: true},
		"odata.maxpagesize=5":                    {maxPageSize: 5},
		"maxpagesize=7; q=1, return=minimal":     {maxPageSize: 7, minimal: true},
		"odata.maxpagesize=-1":                   {},
		"odata.maxpagesize=99999999999999999999": {},
		",,=;=,":                                 {},
	} {
		if got := parsePrefer(&header); got != want {
			t.Errorf("%q: got %+v, want %+v", header, got, want)
		}
	}
	if got := parsePrefer(nil); got != (preferences{}) {
		t.Errorf("no header: %+v", got)
	}
}

// TestMergeProperties: whatever the record and the update, merging leaves alone
// what the update does not name, sets or clears what it does, and doing it twice
// is doing it once.
func TestMergeProperties(t *testing.T) {
	c := contractOf(t)
	types := slices.Sorted(func(yield func(string) bool) {
		for name := range c.types {
			if !yield(name) {
				return
			}
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		kind := c.types[rapid.SampledFrom(types).Draw(t, "type")]
		record := store.Record{Type: kind.stored, Activity: kind.activity}
		update := map[string]any{}
		want := map[string]store.Null[edm.Duration]{}
		for _, property := range kind.durations {
			*property.record(&record) = drawDuration(t, property.name+" before")
			want[property.name] = *property.record(&record)
			if rapid.Bool().Draw(t, property.name+" named") {
				value := drawDuration(t, property.name+" after")
				want[property.name] = value
				update[property.name] = nil
				if value.Valid {
					update[property.name] = value.Value.String()
				}
			}
		}
		text, err := json.Marshal(update)
		if err != nil {
			t.Fatal(err)
		}
		var body gen.ActivityStatisticsUpdate
		if err := json.Unmarshal(text, &body); err != nil {
			t.Fatal(err)
		}
		merged, faults := kind.merge("id", record, &body)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		for _, property := range kind.durations {
			if got := *property.record(&merged); got != want[property.name] {
				t.Fatalf("%s: got %v, want %v", property.name, got, want[property.name])
			}
		}
		if again, _ := kind.merge("id", merged, &body); again != merged {
			t.Fatal("merging again changed something")
		}
	})
}

func drawDuration(t *rapid.T, label string) store.Null[edm.Duration] {
	if rapid.Bool().Draw(t, label+" null") {
		return store.Null[edm.Duration]{}
	}
	return store.Of(edm.Duration(rapid.Int64().Draw(t, label)))
}

// TestContractKnowsEveryDuration: a property that the contract has and the table
// in convert.go has not would be dropped in silence.
func TestContractKnowsEveryDuration(t *testing.T) {
	c := contractOf(t)
	others := []string{"@odata.context", "@odata.type", "@odata.etag", "id", "activity", "startDate", "endDate", "timeZoneUsed"}
	for _, kind := range c.types {
		for name := range propertyNames(c.doc.Components.Schemas[strings.TrimPrefix(kind.name, typePrefix)].Value) {
			if !slices.Contains(others, name) && !kind.has(name) {
				t.Errorf("%s has %s, which convert.go does not know", kind.name, name)
			}
		}
	}
	if len(c.types) != 5 {
		t.Errorf("%d types", len(c.types))
	}
}
