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

// TestUnservedPaths checks that a path with a resource of OData which the server does not have is 501 (OData Protocol
// 9.3.1), and that the same name in a place where OData does not have it is 404.
func TestUnservedPaths(t *testing.T) {
	c := newTestClient(t)
	for path, segment := range map[string]string{
		"/beta/$all": "$all", "/v1.0/$crossjoin(users)": "$crossjoin(users)", "/beta/$entity?$id=me": "$entity",
		"/beta/users/$count": "$count", "/beta/users/$filter(@f)": "$filter(@f)", "/beta/users/$each": "$each",
		"/beta/me/$ref": "$ref", "/beta/me/analytics/$ref": "$ref", "/beta/users/" + megan + "/$ref": "$ref", "/beta/users('" + megan + "')/$query": "$query",
		"/beta/me/id": "id", "/beta/me/userPrincipalName/$value": "userPrincipalName", "/beta/users/" + megan + "/analytics/id": "id",
		collection + "/$filter(@f)": "$filter(@f)", collection + "/$filter(activity%20eq%20'Call')/$count": "$filter(activity eq 'Call')",
		collection + "/$FILTER(true)/$each": "$FILTER(true)", collection + "/$each": "$each",
		collection + "/microsoft.graph.callActivityStatistics/$each": "$each",
	} {
		for _, method := range []string{"GET", "PATCH"} {
			c.send(method, path, "{}").wantRefused(t, 501, "notImplemented", "", "OData has '"+segment+"' in this place of a path")
		}
	}
	for _, path := range []string{"/$all", "/beta/me/$all", "/beta/me/$filter(true)", "/beta/me/analytics/$count", seedItem + "/$each", seedItem + "/$count", "/beta/me/analytics/settings/$ref"} {
		c.send("GET", path, "").want(t, 404)
	}
}

// TestDeltaHasNoProperties checks that the function delta is not taken for a statistic with properties.
func TestDeltaHasNoProperties(t *testing.T) {
	c := newTestClient(t)
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE", "POST"} {
		// as a path without these methods: the contract's router takes the function for a key
		c.do(call{method: method, path: collection + "/delta()/duration", as: "/beta/nowhere", token: c.token, body: "{}"}).want(t, 404, "Resource not found")
	}
}

// TestMethodAdvice checks that the 405 of a property of the settings says how to write it.
func TestMethodAdvice(t *testing.T) {
	c := newTestClient(t)
	for _, method := range []string{"PUT", "PATCH", "DELETE", "POST"} {
		for _, path := range []string{"/beta/me/analytics/settings/hasOptedOut", "/beta/me/analytics/settings/hasOptedOut/$value"} {
			c.send(method, path, "{}").want(t, 405, "PATCH of settings changes its properties.")
		}
	}
}
