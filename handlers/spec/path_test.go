package spec_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/handlers/spec"
)

func TestCanonicalURL(t *testing.T) {
	c := load(t)
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
		{"/beta/me/analytics/activityStatistics/delta", "/beta/me/analytics/activityStatistics/delta()", "", ""},
		{"/beta/me/analytics/activityStatistics/Microsoft.Graph.DELTA()", "/beta/me/analytics/activityStatistics/delta()", "", ""},
		{"/beta/me/analytics/activityStatistics/delta%28%29", "/beta/me/analytics/activityStatistics/delta()", "", ""},
		{"/beta/me/analytics/activityStatistics/microsoft.graph.callActivityStatistics/delta", "/beta/me/analytics/activityStatistics/delta()", "", "call"},
		{"/beta/me/analytics/activityStatistics('delta')", "/beta/me/analytics/activityStatistics/delta", "", ""},
		{"/beta/me/analytics/activityStatistics('delta')/Duration", "/beta/me/analytics/activityStatistics/delta/duration", "", ""},
		{"/beta/me/analytics/activityStatistics('$count')", "/beta/me/analytics/activityStatistics('$count')", "/beta/me/analytics/activityStatistics%28%27$count%27%29", ""},
		{"/beta/me/analytics/activityStatistics(id='$ref')", "/beta/me/analytics/activityStatistics(id='$ref')", "/beta/me/analytics/activityStatistics%28id=%27$ref%27%29", ""},
		{"/beta/me/analytics/activityStatistics('delta()')", "/beta/me/analytics/activityStatistics('delta()')", "/beta/me/analytics/activityStatistics%28%27delta%28%29%27%29", ""},
		{"/beta/me/analytics/activityStatistics/x/delta", "/beta/me/analytics/activityStatistics/x/delta", "", ""},
		{"/beta/users/delta/analytics", "/beta/users/delta/analytics", "", ""},
		{"/beta/me/analytics/activityStatistics(id='x')/duration", "/beta/me/analytics/activityStatistics/x/duration", "", ""},
		{"/beta/me/analytics/activityStatistics%28ID%3D%27x%27%29", "/beta/me/analytics/activityStatistics/x", "", ""},
		{"/beta/users(Id='o''brien@x.org')/Settings", "/beta/users/o'brien@x.org/settings", "/beta/users/o%27brien@x.org/settings", ""},
		{"/beta/users(id='a%2Fb')/analytics", "/beta/users/a/b/analytics", "/beta/users/a%2Fb/analytics", ""},
		{"/localtest/CallActivityStatistics(id='x')", "/localtest/me/analytics/activityStatistics/x", "", "call"},
		{"/beta/users/activityStatistics(id='x')", "/beta/users/activityStatistics(id='x')", "/beta/users/activityStatistics%28id=%27x%27%29", ""},
		{"/beta/me/analytics/activityStatistics(name='x')", "/beta/me/analytics/activityStatistics(name='x')", "/beta/me/analytics/activityStatistics%28name=%27x%27%29", ""},
		{"/beta/users(id='x',id='y')/analytics", "/beta/users(id='x',id='y')/analytics", "/beta/users%28id=%27x%27%2Cid=%27y%27%29/analytics", ""},
		{"/beta/%zz", "/beta/%zz", "/beta/%25zz", ""},
	} {
		path, raw, cast := c.CanonicalURL(row.given)
		name := ""
		if cast != nil {
			name = string(cast.Stored)
		}
		if path != row.path || raw != row.raw || name != row.cast {
			t.Errorf("%s: got %q %q %q, want %q %q %q", row.given, path, raw, name, row.path, row.raw, row.cast)
		}
	}
}

// FuzzCanonicalURL checks that the canonical form of a canonical form is itself, and that its two
// spellings are of one path.
func FuzzCanonicalURL(f *testing.F) {
	for _, path := range []string{
		"/beta/me/analytics/activityStatistics('a''b')/microsoft.graph.callActivityStatistics", "/beta//users/%2F%00/../callactivitystatistics/x",
		"/beta/$metadata/", "/V1.0", "/beta/me/analytics/activityStatistics/$count", "/beta/Me/Analytics/", "/beta/users/x'y@z/analytics/settings",
		"/beta/me/analytics/activityStatistics/delta()", "/beta/users(id='x''y')/analytics/activityStatistics(ID=@k)", "/beta/users(id='x',id='y')", "/beta/users(=x)", "/beta/(id='x')",
		"/beta/me/analytics/activityStatistics/microsoft.graph.callActivityStatistics/$count", "/beta/callactivitystatistics/a/duration/$value",
		"/beta/users('0f8fad5b-d9cb-469f-a165-70867728950e')/analytics/activityStatistics", "/openapi.yaml/", "/.well-known/jwks.json", "//evil.example/%2e%2e/", "/beta/me/analytics/.",
	} {
		f.Add(path)
	}
	c := load(f)
	f.Fuzz(func(t *testing.T, given string) {
		defer bounded.Input(t)()
		path, raw, cast := c.CanonicalURL(given)
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
		if slices.ContainsFunc(strings.Split(path, "/"), spec.IsDelta) {
			return // the key 'delta', which after a slash is the function
		}
		if again, _, _ := c.CanonicalURL(raw); cast == nil && again != path {
			t.Errorf("%q: %q, and of that %q", given, path, again)
		}
	})
}
