package spec_test

import (
	"strings"
	"testing"
)

func TestMissingSegment(t *testing.T) {
	c := load(t)
	for path, want := range map[string]string{
		"/v1.0/me/activityStatistics":           "analytics me",
		"/beta/me/activityStatistics/x":         "analytics me",
		"/beta/users/x/activityStatistics/":     "analytics x",
		"/beta/me":                              "",
		"/beta/analytics/settings":              "me beta",
		"/beta/me/analytics/x":                  "", // what follows the missing name is no name
		"/beta/me/analytics/activityStatistics": "",
		"/beta/nowhere":                         "",
		"/beta":                                 "",
		"/":                                     "",
		"":                                      "",
		"/beta" + strings.Repeat("/x", 99):      "",
	} {
		name, after := c.MissingSegment(path)
		if got := strings.TrimSpace(name + " " + after); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestWithoutPrefix(t *testing.T) {
	c := load(t)
	for path, want := range map[string]string{
		"/api/v1.0/me/analytics/activityStatistics": "/api",
		"/a/b/beta/me/analytics":                    "/a/b",
		"/beta/me/analytics":                        "",
		"/api/beta/nowhere":                         "",
		"/api":                                      "",
	} {
		if got := c.WithoutPrefix(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
