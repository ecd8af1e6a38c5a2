package spec_test

import (
	"strings"
	"testing"
)

// TestCheckUserName checks the words about a name that cannot be a user principal name.
func TestCheckUserName(t *testing.T) {
	c := load(t)
	for name, part := range map[string]string{
		"megan@example.com":                      "",
		"o'brien#ext@example.com":                "",
		"a b":                                    `"a b" is no user principal name: it must have 1 to 128 letters, digits and ' . _ ! # ^ ~ @ -, as in megan@example.com, and be no GUID`,
		"":                                       "1 to 128 letters",
		strings.Repeat("x", 129):                 "1 to 128 letters",
		"me":                                     `"me" is no user principal name: the URLs`,
		"ME":                                     "a name of their own",
		"Users":                                  "a name of their own",
		"activityStatistics":                     "a name of their own",
		"callActivityStatistics":                 "a name of their own",
		"microsoft.graph.callactivitystatistics": "a name of their own",
		"v1.0":                                   "a name of their own",
		"duration":                               "a name of their own",
		"me@example.com":                         "",
		"48d31887-5fad-4d73-a9f5-3c356e68a038":   "no GUID",
	} {
		err := c.CheckUserName(name)
		if (err == nil) != (part == "") || c.IsUserName(name) != (err == nil) {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if err != nil && (!strings.Contains(err.Error(), part) || strings.ContainsAny(err.Error(), "[]$+*")) {
			t.Errorf("%q: %v; want %q in it", name, err, part)
		}
	}
}
