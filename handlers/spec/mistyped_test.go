package spec_test

import (
	"strings"
	"testing"
)

func TestMistyped(t *testing.T) {
	c := load(t)
	for path, want := range map[string]string{
		"/beta/me/analytics/activityStatistic":             "activityStatistic activityStatistics",
		"/beta/me/analytics/activityStatistic/x":           "activityStatistic activityStatistics",
		"/beta/me/analytics/activityStatistic('x')":        "activityStatistic activityStatistics",
		"/beta/me/analytics/activity":                      "activity activityStatistics",
		"/beta/me/analytics/setings":                       "setings settings",
		"/beta/users/x/analytic/activityStatistics":        "analytic analytics",
		"/beta/user/x/analytics":                           "user users",
		"/beta/user/x/analytic/settings":                   "user users", // the first one
		"/beta/me/analytics/activityStatistics/$cuont":     "$cuont $count",
		"/beta/me/analytics/activityStatistics/x/id/valu":  "",
		"/beta/me/analytics/activityStatistics/x/id/value": "value $value",
		"/beta/$metadta":                                   "$metadta $metadata",
		"/bta/me/analytics":                                "bta beta",
		"/v2.0/me/analytics":                               "v2.0 v1.0",
		"/v2.0/nowhere":                                    "",
		"/beta/me/analytics":                               "", // right
		"/beta/me/calendar":                                "",
		"/me/analytics":                                    "",
		"/":                                                "",
		"":                                                 "",
		"/beta" + strings.Repeat("/", 99):                  "",
		"/beta/me/analytics/" + strings.Repeat("activityStatistic", 99): "",
	} {
		segment, meant := c.Mistyped(path)
		if got := strings.TrimSpace(segment + " " + meant); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
