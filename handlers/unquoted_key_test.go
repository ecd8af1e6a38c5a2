package handlers_test

import "testing"

// TestUnquotedKey checks that the 404 of a key in parentheses without quotes says how to write it.
func TestUnquotedKey(t *testing.T) {
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
	for _, path := range []string{collection + "()", collection + "(')", "/beta/me(abc)/analytics", "/beta/nowhere(abc)", "/beta/me/analytics/settings(abc)"} {
		c.send("GET", path, "").want(t, 404, "The API is at")
	}
	c.do(call{method: "GET", path: collection + "('" + seedID + "')", as: seedItem, token: c.token}).want(t, 200)
}
