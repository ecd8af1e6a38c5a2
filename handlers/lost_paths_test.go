package handlers_test

import "testing"

// TestLostPaths checks that the 404 of a path that nothing serves says how to write it.
func TestLostPaths(t *testing.T) {
	c := newTestClient(t)
	const advice = "Put a key in parentheses in single quotes: "
	for path, spelling := range map[string]string{
		collection + "(abc)": "activityStatistics('abc').",
		"/beta/me/analytics/ACTIVITYSTATISTICS(" + seedID + ")":   "activityStatistics('" + seedID + "').",
		collection + "(%22abc%22)/duration":                       "activityStatistics('abc').",
		"/beta/users(" + megan + ")/analytics/activityStatistics": "users('" + megan + "').",
		"/beta/users(megan@example.com)/analytics":                "users('megan@example.com').",
		"/beta/callactivitystatistics(abc)":                       "callactivitystatistics('abc').",
	} {
		c.send("GET", path, "").wantRefused(t, 404, "ResourceNotFound", "", advice+spelling)
	}
	for _, path := range []string{collection + "(')", "/beta/me(abc)/analytics", "/beta/nowhere(abc)", "/beta/me/analytics/settings(abc)"} {
		c.send("GET", path, "").want(t, 404, "The API is at")
	}
	for path, advice := range map[string]string{
		"/beta/me/analytics/activityStatistic/" + seedID: "Did you mean 'activityStatistics' instead of 'activityStatistic'?",
		"/beta/users/" + megan + "/analytic/settings":    "Did you mean 'analytics' instead of 'analytic'?",
		collection + "/$cuont":                           "Did you mean '$count' instead of '$cuont'?",
		"/me/analytics/activityStatistics":               "Put /beta, the base of the API, before it.",
		"/v2.0/me/analytics/activityStatistics":          "Did you mean 'v1.0' instead of 'v2.0'?",
		"/":                                              "The API is at /beta/me/analytics/activityStatistics",
		"/v1.0/me/activityStatistics/" + seedID:          "Put 'analytics' after 'me'.",
		"/api/v1.0/me/analytics/settings":                "Leave out '/api' at its beginning.",
		"/healthz":                                       "Ask /livez whether the server runs, and /readyz whether it is ready.",
		seedItem + "/$value":                             "Only a property has $value, as in activityStatistics/{id}/duration/$value.",
		collection + "/count":                            "There is no statistic 'count'. Did you mean '$count'?",
	} {
		c.send("GET", path, "").wantRefused(t, 404, "ResourceNotFound", "", advice)
	}
	c.do(call{method: "GET", path: collection + "('" + seedID + "')", as: seedItem, token: c.token}).want(t, 200)
}
