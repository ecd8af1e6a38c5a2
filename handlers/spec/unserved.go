package spec

import (
	"slices"
	"strings"
)

// unserved are the resources that OData has and this server does not, by the segment, without parentheses, that
// names them. Each has the names after which it may stand; "" is the base. The sections are those of OData URL.
var unserved = map[string][]string{
	"$all":              {""},                            // 4.15
	"$crossjoin":        {""},                            // 4.16
	"$entity":           {""},                            // 4.14
	"$count":            {"users"},                       // 4.8
	"$each":             {"users", "activityStatistics"}, // 4.13
	"$filter":           {"users", "activityStatistics"}, // 4.12
	"$query":            {"me", "users", "analytics"},    // 4.17
	"$ref":              {"me", "users", "analytics"},    // 4.10
	"id":                {"me", "analytics"},             // 4.6
	"userprincipalname": {"me"},                          // 4.6
}

// Unserved returns the first segment of an escaped path that is a resource of OData which this server does not
// have, "" for none.
func (c *Contract) Unserved(escaped string) string {
	segments := c.split(escaped)
	if len(segments) < 2 || !slices.Contains(c.Bases, "/"+segments[0]) {
		return ""
	}
	segments[0] = ""
	for at, segment := range segments[1:] {
		name, _, _ := strings.Cut(strings.ToLower(segment), "(")
		before := segments[at]
		if at > 0 && segments[at-1] == "users" { // a user, as /me is one
			before = "me"
		}
		if slices.Contains(unserved[name], before) {
			return segment
		}
	}
	return ""
}
