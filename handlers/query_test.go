package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestFilters checks how many statistics of a week each kind of filter keeps.
func TestFilters(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		for filter, want := range map[string]int{
			"activity eq 'Call'": 7,
			"activity eq microsoft.graph.analyticsActivityType'Call'":   7,
			"activity ne 'Call' and not (activity eq 'Chat')":           21,
			"activity in ('Call','Focus')":                              14,
			"startDate ge 2019-06-20":                                   15,
			"startDate gt 2019-06-16 and startDate lt 2019-06-18":       5,
			"duration gt duration'PT4H' or duration eq 'PT0S'":          15,
			"afterHours eq null":                                        35,
			"microsoft.graph.callActivityStatistics/afterHours ne null": 0,
			"isof('microsoft.graph.emailActivityStatistics')":           7,
			"startswith(id,'call_2019-06-1')":                           4,
			"contains(timeZoneUsed,'1') and endswith(id,'2019-06-18')":  5,
			"tolower(timeZoneUsed) eq 'zone 0'":                         20,
			"length(id) lt 25":                                          0,
			"year(startDate) eq 2019 and day(startDate) le 17":          10,
			"duration add duration'PT1H' gt duration'PT6H'":             5,
			"startDate add duration'P1D' eq endDate":                    35,
			"totalseconds(duration) ge 18000":                           10,
			"concat(trim(' x '),timeZoneUsed) eq 'xZone 1'":             15,
			"not (duration gt null)":                                    35,
			"id eq 'it''s'":                                             0,
		} {
			query := "$filter=" + strings.NewReplacer(" ", "%20", "'", "%27").Replace(filter)
			if got := c.send("GET", collection+"/$count?"+query, ""); got.text != fmt.Sprint(want) {
				t.Errorf("%s: $count is %s, want %d", filter, got.text, want)
			}
			page := c.send("GET", collection+"?$top=1000&$count=true&"+query, "").object(t)
			if len(page["value"].([]any)) != want || page["@odata.count"] != float64(want) {
				t.Errorf("%s: %d of %v, want %d", filter, len(page["value"].([]any)), page["@odata.count"], want)
			}
		}
	})
}

// TestInvalidQueryOptions checks that the error names the option and what was expected.
func TestInvalidQueryOptions(t *testing.T) {
	c := newTestClient(t)
	for query, part := range map[string]string{
		"$filter=activity eq":                  "$filter, column 12",
		"$filter=duration gt 'x'":              "$filter, column 13",
		"$filter=colour eq 'red'":              "Could not find a property named 'colour'",
		"$filter=activity eq 'Calls'":          "expected one of 'Email', 'Meeting', 'Focus', 'Chat', 'Call'",
		"$filter=" + strings.Repeat("(", 40):   "$filter, column",
		"$orderby=colour":                      "$orderby, column 1",
		"$orderby=duration down":               "$orderby, column 10",
		"$select=colour":                       "$select, column 1",
		"$top=1&top=2":                         "given 2 times",
		"$skip=-1":                             "'$skip'",
		"$skiptoken=WzFd":                      "one of this server",
		"$filter=" + strings.Repeat("a", 5000): "longer than 4096",
	} {
		got := c.send("GET", collection+"?"+strings.ReplaceAll(query, " ", "%20"), "")
		if got.status != http.StatusBadRequest || !strings.Contains(strings.ReplaceAll(got.text, `\"`, `"`), part) {
			t.Errorf("%.60s: %d %s, want %s", query, got.status, got.text, part)
		}
	}
}

// TestOrder checks $orderby with one and several properties, together with $skip and casts.
func TestOrder(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		for query, want := range map[string]string{
			"$orderby=startDate desc,activity&$top=2": "email_2019-06-22_2019-06-23 meeting_2019-06-22_2019-06-23",
			"$orderby=duration,id desc&$top=2":        "meeting_2019-06-16_2019-06-17 focus_2019-06-16_2019-06-17",
			"orderby=STARTDATE&skip=34":               "meeting_2019-06-22_2019-06-23",
			"$filter=startDate eq 2019-06-18&$skip=3": "focus_2019-06-18_2019-06-19 meeting_2019-06-18_2019-06-19",
		} {
			got := c.send("GET", collection+"?$select=id&"+strings.ReplaceAll(query, " ", "%20"), "").object(t)
			var ids []string
			for _, one := range got["value"].([]any) {
				ids = append(ids, one.(map[string]any)["id"].(string))
			}
			if strings.Join(ids, " ") != want {
				t.Errorf("%s: %v, want %s", query, ids, want)
			}
		}
		cast := collection + "/microsoft.graph.chatActivityStatistics"
		got := c.do(call{method: "GET", path: cast + "?$top=5", as: collection, token: c.token}).object(t)
		if len(got["value"].([]any)) != 5 || !strings.Contains(got["@odata.nextLink"].(string), "/microsoft.graph.chatActivityStatistics?") ||
			!strings.HasSuffix(got["@odata.context"].(string), "/activityStatistics/microsoft.graph.chatActivityStatistics") {
			t.Errorf("cast: %v", got)
		}
		c.do(call{method: "GET", path: cast + "/$count", as: collection + "/$count", token: c.token}).want(t, 200, "7")
	})
}

// TestSelect checks $select on statistics and writes. The id and the annotations are always there.
func TestSelect(t *testing.T) {
	c := newTestClient(t)
	got := c.send("GET", seedItem+"?$select=duration,microsoft.graph.callActivityStatistics/afterHours", "")
	object := got.object(t)
	if len(object) != 6 || object["afterHours"] != "PT30M" || object["id"] != seedID ||
		!strings.HasSuffix(object["@odata.context"].(string), "/microsoft.graph.callActivityStatistics(duration,microsoft.graph.callActivityStatistics/afterHours)/$entity") {
		t.Errorf("%s", got.text)
	}
	patched := c.send("PATCH", seedItem+"?$select=activity", `{"duration":"PT9S"}`, "Prefer", "return=minimal")
	if object := patched.want(t, 200).object(t); object["duration"] != nil || object["activity"] != "Call" {
		t.Errorf("%s", patched.text)
	}
	c.send("GET", seedItem+"?$select=*", "").want(t, 200, `"duration":"PT9S"`, `"endDate"`)
	c.send("GET", seedItem+"?$select=readEmail", "").want(t, 200, seedID)
}

// TestSemicolonInFilter checks that a query may have an unescaped semicolon (RFC 3986).
func TestSemicolonInFilter(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		c.send("GET", collection+"?$filter=timeZoneUsed%20eq%20'a;b'&$top=1", "").want(t, 200, `"value":[]`)
		c.send("GET", collection+"?$filter=timeZoneUsed%20ne%20'a;b'&$top=1", "").want(t, 200, seedID)
	})
}

// TestSelectOverridesMinimal checks that $select gets a body despite return=minimal, and that
// Preference-Applied is then absent.
func TestSelectOverridesMinimal(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		got := c.send("PATCH", seedItem+"?$select=duration", `{"duration":"PT1H"}`, "Prefer", "return=minimal").want(t, 200, "PT1H")
		if applied := got.header.Get("Preference-Applied"); applied != "" {
			t.Errorf("Preference-Applied: %s, on a response that is not minimal", applied)
		}
	})
}

// TestLongFilterInBatch checks that a URL in a batch may have a filter of thousands of characters.
func TestLongFilterInBatch(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		filter := "timeZoneUsed ne '" + strings.Repeat("\u65e5", 2000) + "'"
		c.send("POST", "/beta/$batch", `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/activityStatistics?$filter=`+url.QueryEscape(filter)+`"}]}`).
			want(t, 200, `"status":200`, seedID)
	})
}

// TestErrorsNameTheLimit checks that the error for a value out of range names the limit.
func TestErrorsNameTheLimit(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$skip=99999999", "").want(t, 400, "at most 1000000.")
		c.send("GET", collection+"?$top=-1", "").want(t, 400, "at least 0.")
		c.send("POST", "/beta/$batch", `{"requests":{}}`).want(t, 400, "is an object; it must be a JSON array")
	})
}
