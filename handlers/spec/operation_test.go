package spec_test

import (
	"strings"
	"testing"
)

func TestMethods(t *testing.T) {
	c := load(t)
	const collection = "/beta/me/analytics/activityStatistics"
	for path, want := range map[string]string{
		collection:                         "GET HEAD POST",
		collection + "/a":                  "DELETE GET HEAD PATCH PUT",
		collection + "/$count":             "GET HEAD",
		collection + "/$value":             "",
		collection + "/delta()":            "GET HEAD",
		collection + "/delta%28%29":        "GET HEAD",
		collection + "/a/duration":         "DELETE GET HEAD PATCH PUT",
		collection + "/a/duration/$value":  "DELETE GET HEAD PUT",
		"/v1.0/users/u/analytics/settings": "GET HEAD PATCH",
		"/localtest/$batch":                "POST",
		"/beta/":                           "GET HEAD",
		"/beta/none":                       "",
		"/v2.0/me/analytics":               "",
		"/me/analytics":                    "",
		"/beta/users/u/analytics/activityStatistics/a/b/c": "",
	} {
		if got := strings.Join(c.Methods(path), " "); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// TestOperation checks that an operation is found by Gin's form of its route under each base path, with
// its limits and query options.
func TestOperation(t *testing.T) {
	c := load(t)
	for _, base := range c.Bases {
		op := c.Operation("PATCH", base+"/me/analytics/activityStatistics/:activityStatistics-id")
		if op == nil || op.OperationID != "updateMyStatistic" || op.MaxBytes != 1<<20 || op.MaxValues != 5000 || op.BodySchema == nil ||
			strings.Join(op.QueryNames, " ") != "$select $format" || len(op.Security) == 0 {
			t.Errorf("%s: %+v", base, op)
		}
		if op := c.Operation("GET", base+"/$metadata"); op == nil || op.BodySchema != nil || op.MaxBytes != 0 || len(op.Security) != 0 {
			t.Errorf("%s/$metadata: %+v", base, op)
		}
	}
	if op := c.Operation("PUT", "/beta/me/analytics/settings"); op != nil {
		t.Errorf("PUT: %+v", op)
	}
}

// TestOperationAt checks which operation is at a path, and which operations the contract calls long.
func TestOperationAt(t *testing.T) {
	c := load(t)
	for _, test := range []struct {
		method, path, want string
		isLong             bool
	}{
		{"GET", "/beta/me/analytics/activityStatistics", "listMyStatistics", true},
		{"HEAD", "/v1.0/users/u/analytics/activityStatistics", "listUserStatistics", true},
		{"GET", "/beta/me/analytics/activityStatistics/$count", "countMyStatistics", true},
		{"GET", "/beta/users/u%2Fv/analytics", "getUserAnalytics", true},
		{"GET", "/beta/me/analytics/activityStatistics/a", "getMyStatistic", false},
		{"PATCH", "/beta/me/analytics", "updateMyAnalytics", false},
		{"POST", "/beta/me/analytics/activityStatistics", "createMyStatistic", false},
		{"POST", "/localtest/$batch", "runBatch", false},
		{"PUT", "/beta/me/analytics", "", false},
		{"GET", "/none", "", false},
		{"GET", "", "", false},
	} {
		op := c.OperationAt(test.method, test.path)
		if op == nil {
			if test.want != "" {
				t.Errorf("%s %s: none, want %s", test.method, test.path, test.want)
			}
			continue
		}
		if op.OperationID != test.want || op.IsLong != test.isLong {
			t.Errorf("%s %s: %s, long %v; want %s, %v", test.method, test.path, op.OperationID, op.IsLong, test.want, test.isLong)
		}
	}
}
