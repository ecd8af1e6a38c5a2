package spec

import (
	"os"
	"testing"

	"afterhours/contract/bounded"
)

// plainPaths are the paths that clients send all day. isPlain must know them.
var plainPaths = []string{
	"/beta/me/analytics/activityStatistics", "/beta/me/analytics/activityStatistics/5f1c7d0a-6f3e-4d44-9f59-1a1c1f1d8e11",
	"/v1.0/me/analytics/activityStatistics/statistics_ID.1~/duration", "/v1.0/users/jane@contoso.example/analytics/settings",
	"/beta/users/48d31887-5fad-4d73-a9f5-3c356e68a038/analytics/activityStatistics/x", "/beta/me", "/beta/users",
}

// otherPaths are spelled in another way, or have a meaning that their characters do not show.
var otherPaths = []string{
	"", "/", "/beta", "/beta/", "beta/me", "//beta/me", "/beta//me", "/beta/me/", "/Beta/me", "/beta/Me", "/nowhere/x", "/beta/me/x",
	"/beta/users/a+b", "/beta/users/a%40b", "/beta/users('x')", "/beta/me/analytics/activityStatistics/$count", "/beta/users/o'brien@x.org",
	"/beta/me/analytics/activityStatistics/delta", "/beta/me/analytics/activityStatistics/DELTA()", "/beta/users/activityStatistics/delta",
	"/beta/me/analytics/activityStatistics/Microsoft.Graph.callActivityStatistics", "/beta/me/analytics/activityStatistics/x/microsoft.graph.callActivityStatistics",
	"/beta/users/callActivityStatistics/x", "/beta/callactivitystatistics/x", "/users/callActivityStatistics/me", "/beta/users/\u212a/analytics", "/beta/users/é",
}

// TestPlainPaths: the usual paths take the short way, so that it cannot be lost unseen, and no other path does.
func TestPlainPaths(t *testing.T) {
	c := contractOf(t)
	for _, path := range plainPaths {
		if !c.isPlain(path) {
			t.Errorf("%q is not plain", path)
		}
	}
	for _, path := range otherPaths {
		if c.isPlain(path) {
			t.Errorf("%q is plain", path)
		}
	}
	for query, want := range map[string]bool{
		"$top=5": true, "$filter=activity%20eq%20'Call'&$count=true": true, "$top=": true,
		"": false, "top=5": false, "$Top=5": false, "$top": false, "$top=5&": false, "$top=5&x=1": false, "%24top=5": false, "@a=1": false, "$filter=a;b": false,
	} {
		if got := c.isPlainQuery(query); got != want {
			t.Errorf("%q: %t, want %t", query, got, want)
		}
	}
}

// FuzzPlain checks that a plain path or query is what the full rules make of it.
func FuzzPlain(f *testing.F) {
	for _, path := range append(plainPaths, otherPaths...) {
		f.Add(path, "$top=5")
	}
	for _, query := range []string{"", "$filter=a;b", "$top=1&top=2", "$COUNT=true", "@a=1&$filter=@a", "&", "$top==", "%24top=1", "$search=x+y"} {
		f.Add("/beta/me", query)
	}
	c := contractOf(f)
	f.Fuzz(func(t *testing.T, escaped, query string) {
		defer bounded.Input(t)()
		if c.isPlain(escaped) {
			if path, raw, cast := c.canonicalURL(escaped); path != escaped || raw != "" || cast != nil {
				t.Errorf("the path %q is plain, and the full rules make %q, %q and %v of it", escaped, path, raw, cast)
			}
		}
		if c.isPlainQuery(query) {
			if full := c.canonicalQuery(query); full != query {
				t.Errorf("the query %q is plain, and the full rules make %q of it", query, full)
			}
		}
	})
}

// TestAmbiguousNames: the paths of a contract are ambiguous if a name that stands where a key may has the characters of
// names, and all of them are if it has not.
func TestAmbiguousNames(t *testing.T) {
	for _, row := range []struct {
		name, path, raw string
		want            bool
	}{
		{"$latest", "/beta/things/x", "", false}, {"$latest", "/beta/things/$latest", "", true}, {"$latest", "/beta/things/a'b", "/beta/things/a%27b", true},
		{"latest()", "/beta/things/x", "", false}, {"latest()", "/beta/things/latest()", "", true}, {"latest", "/beta/things/x", "", true},
	} {
		c, err := LoadPaths([]byte(`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"servers":[{"url":"/beta"}],"components":{},"paths":{` +
			`"/things/{id}":{"delete":{"responses":{"204":{"description":"d"}}}},"/things/` + row.name + `":{"get":{"responses":{"204":{"description":"d"}}}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.IsAmbiguous(row.path, row.raw); got != row.want {
			t.Errorf("%s, %s: %t", row.name, row.path, got)
		}
	}
	if c := contractOf(t); c.IsAmbiguous(plainPaths[1], "") {
		t.Error("each path of the contract is ambiguous")
	}
}

func contractOf(t testing.TB) *Contract {
	t.Helper()
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
