package spec_test

import (
	"maps"
	"strings"
	"testing"

	"afterhours/handlers/spec"
)

// TestWithKeys checks that an alias with a text takes the place of a key, and that nothing else does.
func TestWithKeys(t *testing.T) {
	c := load(t)
	aliases := map[string]string{"@k": "'x'", "@u": "'o''brien@x.org/a'", "@number": "5", "@other": "@k", "@empty": ""}
	for given, want := range map[string]string{
		"/beta/me/analytics/activityStatistics(@k)":                      "/beta/me/analytics/activityStatistics/x",
		"/beta/me/analytics/activityStatistics(ID=@k)/duration":          "/beta/me/analytics/activityStatistics/x/duration",
		"/beta/me/analytics/activityStatistics%28%40k%29":                "/beta/me/analytics/activityStatistics/x",
		"/beta/users(@u)/analytics/activitystatistics(@k)":               "/beta/users/o'brien@x.org/a/analytics/activityStatistics/x",
		"/beta/users/@k/analytics":                                       "/beta/users/@k/analytics",
		"/beta/me(@k)/analytics":                                         "/beta/me(@k)/analytics",
		"/beta/me/analytics/activityStatistics(@K)":                      "/beta/me/analytics/activityStatistics(@K)",
		"/beta/me/analytics/activityStatistics(name=@k)":                 "/beta/me/analytics/activityStatistics(name=@k)",
		"/beta/me/analytics/activityStatistics(@number)":                 "/beta/me/analytics/activityStatistics(@number)",
		"/beta/me/analytics/activityStatistics(@other)":                  "/beta/me/analytics/activityStatistics(@other)",
		"/beta/me/analytics/activityStatistics(@empty)":                  "/beta/me/analytics/activityStatistics(@empty)",
		"/beta/me/analytics/activityStatistics(@k)/%zz":                  "/beta/me/analytics/activityStatistics/x/%zz",
		"/beta/me/analytics/microsoft.graph.callActivityStatistics(@k)":  "/beta/me/analytics/microsoft.graph.callActivityStatistics/x",
		"/beta/me/analytics/activityStatistics('@k')/microsoft.graph.xx": "/beta/me/analytics/activityStatistics/@k/microsoft.graph.xx",
	} {
		if got, _, _ := c.CanonicalURL(c.WithKeys(given, aliases)); got != want {
			t.Errorf("%s: got %s, want %s", given, got, want)
		}
	}
}

func TestAliases(t *testing.T) {
	c := load(t)
	for query, want := range map[string]map[string]string{
		"":                           nil,
		"$filter=id eq 'a@b'":        nil,
		"@k='x'&$top=1":              {"@k": "'x'"},
		"%40k=%27x%27&$top=1&@K=;":   {"@k": "'x'", "@K": ";"},
		"$top=1&@d=duration'PT1H'&@": {"@d": "duration'PT1H'"},
		"@d":                         {"@d": ""},
		"@odata.type=x&@1=y":         {},
		"@été=1":                     {"@été": "1"},
		"@d=%zz":                     nil,
		"@" + strings.Repeat("x", 129) + "=1&@_=": {"@_": ""},
	} {
		if got := spec.Aliases(c.CanonicalQuery(query)); !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", query, got, want)
		}
	}
}
