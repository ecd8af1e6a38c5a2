package handlers_test

import (
	"strings"
	"testing"
)

// TestReferences checks that $ref of the collection has the URLs of the statistics that the list has, in
// its order, page by page, and that each URL leads to its statistic (OData 11.2.8).
func TestReferences(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		for _, query := range []string{"?$top=3", "?$top=4&$filter=activity eq @a&@a='Call'", "?$orderby=duration desc,id&$skip=2&$top=10", "?$filter=id eq 'none'"} {
			want := c.idsOf(t, collection+spaced(query), "id")
			got := c.idsOf(t, collection+"/$ref"+spaced(query), "@odata.id")
			if len(got) != len(want) {
				t.Fatalf("%s: %d references, %d statistics", query, len(got), len(want))
			}
			for i := range want {
				if got[i] != c.url+"/beta/users/"+megan+"/analytics/activityStatistics/"+want[i] {
					t.Errorf("%s: %d: %s, want that of %s", query, i, got[i], want[i])
				}
			}
		}
		first := c.idsOf(t, collection+"/$ref?$top=50", "@odata.id")[0]
		c.send("GET", strings.TrimPrefix(first, c.url), "").want(t, 200)
		page := c.send("GET", collection+"/$ref?$count=true&$top=0", "").want(t, 200).object(t)
		if page["@odata.count"] != 35.0 || len(page["value"].([]any)) != 0 || page["@odata.context"] != c.url+"/beta/$metadata#Collection($ref)" || page["@odata.nextLink"] != nil {
			t.Errorf("%v", page)
		}
		cast := c.do(call{method: "GET", path: collection + "/microsoft.graph.callActivityStatistics/$REF?$top=1&$count=true", as: collection + "/$ref", token: c.token})
		cast.want(t, 200, `"@odata.count":7`, "/activityStatistics/microsoft.graph.callActivityStatistics/$ref?")
	})
}

// idsOf returns a member of each object in the value of a collection, on all pages.
func (c testClient) idsOf(t *testing.T, path, member string) (ids []string) {
	t.Helper()
	for pages := 0; path != ""; pages++ {
		if pages > 40 {
			t.Fatalf("endless pages: %s", path)
		}
		page := c.send("GET", path, "").want(t, 200).object(t)
		for _, one := range page["value"].([]any) {
			ids = append(ids, one.(map[string]any)[member].(string))
		}
		next, _ := page["@odata.nextLink"].(string)
		path = strings.TrimPrefix(next, c.url)
	}
	return ids
}

// TestReferenceOfOne checks $ref of a statistic, and that no method writes a reference.
func TestReferenceOfOne(t *testing.T) {
	c := newTestClient(t)
	url := c.url + "/beta/users/" + megan + "/analytics/activityStatistics/" + seedID
	c.send("GET", seedItem+"/$ref", "").want(t, 200, `"@odata.context":"`+c.url+`/beta/$metadata#$ref"`, `"@odata.id":"`+url+`"`)
	c.send("GET", seedItem+"/$ref?$format=application/json;odata.metadata=none", "").want(t, 200, `{"@odata.id":"`+url+`"}`)
	c.send("GET", collection+"/none/$ref", "").want(t, 404, "There is no statistic 'none'.")
	c.do(call{method: "GET", path: collection + "(@k)/$ref?@k='" + seedID + "'", as: seedItem + "/$ref", token: c.token}).want(t, 200, url)
	for _, path := range []string{seedItem + "/$ref", collection + "/$ref"} {
		for _, method := range []string{"PUT", "POST", "DELETE", "PATCH"} {
			got := c.send(method, path, "").want(t, 405, "no reference to it is added or removed")
			if got.header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: Allow: %s", method, path, got.header.Get("Allow"))
			}
		}
		c.send("GET", path+"?$select=id", "").want(t, 400, "There is no query option '$select' here")
	}
	c.send("PATCH", "/beta/me/analytics/settings", `{"hasOptedOut":true}`).want(t, 200)
	c.send("GET", seedItem+"/$ref", "").want(t, 403)
	c.send("GET", collection+"/none/$ref", "").want(t, 403)
	c.send("GET", collection+"/$ref", "").want(t, 403)
}
