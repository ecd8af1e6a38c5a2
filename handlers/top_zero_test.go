package handlers_test

import "testing"

// TestTopZero checks that $top=0 returns no statistics and no next page, and the count if it is asked for.
func TestTopZero(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		for query, count := range map[string]any{
			"?$top=0":             nil,
			"?$top=0&$count=true": float64(35),
			"?$top=0&$count=true&$filter=activity eq 'Call'":     float64(7),
			"?$top=0&$count=true&$orderby=duration desc&$skip=3": float64(35),
			"?$top=0&$count=false&$select=id&$filter=id eq 'no'": nil,
		} {
			for _, prefer := range []string{"", "odata.maxpagesize=2"} {
				got := c.send("GET", collection+spaced(query), "", "Prefer", prefer).want(t, 200).object(t)
				if value, isList := got["value"].([]any); !isList || len(value) > 0 || got["@odata.count"] != count || got["@odata.nextLink"] != nil {
					t.Errorf("%s: %v", query, got)
				}
			}
		}
		c.send("GET", collection+"?$top=0&$filter=x", "").want(t, 400)
		c.send("GET", collection+"?$top=0&$skiptoken=AAAA", "").want(t, 400)
	})
}
