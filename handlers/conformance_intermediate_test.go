package handlers_test

import (
	"strings"
	"testing"
)

const analytics = "/beta/me/analytics"

// intermediate40 is section 13.1.2 of the OData Protocol 4.01.
var intermediate40 = rules{
	"1": func(t *testing.T, c testClient) {
		for _, number := range []string{"1", "2", "4", "5.1", "5.2", "7", "13", "14", "15"} {
			minimal40[number](t, c)
		}
	},
	"2": func(t *testing.T, c testClient) {
		for query, status := range map[string]int{
			"$filter=geo.length(id)+gt+1": 501, "$filter=length(id": 400, "$filter=lengthy(id)+gt+1": 400, "$orderby=id,": 400, "$select=,": 400, "$top=-1": 400,
		} {
			c.send("GET", collection+"?"+query, "").want(t, status)
		}
	},
	"3": func(t *testing.T, c testClient) {
		got := c.send("GET", seedItem+"?$select=duration", "").want(t, 200, `"duration"`)
		if strings.Contains(got.text, "timeZoneUsed") {
			t.Error(got.text)
		}
	},
	"4": func(t *testing.T, c testClient) {
		cast := "/microsoft.graph.callActivityStatistics"
		c.do(call{method: "GET", path: collection + cast + "?$count=true", as: collection, token: c.token}).want(t, 200, `"@odata.count":8`)
		c.do(call{method: "GET", path: seedItem + cast, as: seedItem, token: c.token}).want(t, 200)
		c.do(call{method: "GET", path: collection + cast + "/$count", as: collection + "/$count", token: c.token}).want(t, 200, "8")
	},
	"5": func(t *testing.T, c testClient) {
		got := c.send("GET", collection+"?$top=3", "", "OData-MaxVersion", "4.01").want(t, 200)
		if strings.Count(got.text, `"id":`) != 3 || strings.Contains(got.text, "nextLink") {
			t.Error(got.text)
		}
		got = c.send("GET", analytics+"?$expand=activityStatistics($top=3)", "", "OData-MaxVersion", "4.01").want(t, 200)
		if strings.Count(got.text, `"startDate":`) != 3 || strings.Contains(got.text, "nextLink") {
			t.Error(got.text)
		}
	},
	"6": func(t *testing.T, c testClient) {
		c.send("GET", collection+"/call_2019-06-17_2019-06-18/duration/$value", "").want(t, 200, "PT1H")
	},
	"7.1": func(t *testing.T, c testClient) {
		for _, property := range []string{"id+eq+'call_2019-06-17_2019-06-18'", "duration+ne+null", "startDate+eq+2019-06-17", "activity+eq+'Call'", "timeZoneUsed+ne+'x'"} {
			c.send("GET", collection+"?$filter="+property, "").want(t, 200, "call_2019-06-17_2019-06-18")
		}
	},
	"7.2": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$filter=duration+gt+@d&@d=duration'PT5H'&$count=true", "").want(t, 200, `"@odata.count":5`)
	},
	"7.3": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$filter=not(duration+lt+duration'PT6H')+and+(activity+eq+'Call'+or+activity+eq+'Chat')&$count=true", "").want(t, 200, `"@odata.count":2`)
		c.send("GET", collection+"?$filter=activity+has+microsoft.graph.analyticsActivityType'Call'", "").want(t, 501)
	},
	"7.4": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$filter=month(startDate)+eq+6+and+endswith(id,'22')+and+length(id)+gt+3", "").want(t, 200, "call_2019-06-21_2019-06-22")
		c.send("GET", collection+"?$filter=geo.intersects(id,id)", "").want(t, 501)
	},
	"7.5": func(t *testing.T, c testClient) {
		c.send("GET", analytics+"?$expand=activityStatistics($filter=activity+eq+'Focus'+and+duration+gt+duration'PT5H')", "").
			want(t, 200, `"activityStatistics":[{`, "focus_2019-06-22")
	},
	"8": func(t *testing.T, c testClient) { minimal40["13"](t, c) },
	"9": func(t *testing.T, c testClient) { minimal40["2"](t, c) },
	"12": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$skip=34&$orderby=id", "").want(t, 200, `"value":[{`)
	},
	"13": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$count=true&$top=1", "").want(t, 200, `"@odata.count":36`)
		c.send("GET", collection+"?$count=true&$top=0", "").want(t, 200, `"@odata.count":36`, `"value":[]`)
	},
	"14": func(t *testing.T, c testClient) { minimal40["12"](t, c) },
	"16": func(t *testing.T, c testClient) {
		c.send("GET", collection+"/$count?$filter=activity+eq+'Focus'", "").want(t, 200, "7")
	},
	"17": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$orderby=startDate+desc,id+asc&$top=1", "").want(t, 200, "call_2019-06-22")
	},
}

// intermediate401 is section 13.2.2.
var intermediate401 = rules{
	"1": func(t *testing.T, c testClient) {
		for _, number := range []string{"2", "4", "6", "7", "8", "9.1", "9.2", "9.5", "9.6"} {
			minimal401[number](t, c)
		}
	},
	"2": func(t *testing.T, c testClient) {
		for _, number := range []string{"2", "3", "4", "5", "6", "7.1", "7.2", "7.3", "7.4"} {
			intermediate40[number](t, c)
		}
	},
	"3": func(t *testing.T, c testClient) {
		app := c.appToken("Analytics.Read.All")
		for filter, want := range map[string]string{"analytics+ne+null": `"@odata.count":1`, "analytics+eq+null": `"@odata.count":0`} {
			c.do(call{method: "GET", path: "/beta/users?$count=true&$filter=" + filter, token: app}).want(t, 200, want)
		}
	},
	"4": func(t *testing.T, c testClient) { minimal401["9.9"](t, c) },
	"5": nestedSelect,
	"9": nestedSelect,
}

// nestedSelect is the rule that $select can have a $select for a complex property.
func nestedSelect(t *testing.T, c testClient) {
	got := c.send("GET", analytics+"?$select=settings($select=hasOptedOut)", "").want(t, 200, `"hasOptedOut"`)
	if strings.Contains(got.text, "hasLicense") {
		t.Error(got.text)
	}
}
