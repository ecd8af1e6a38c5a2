package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// applied returns the address of the collection with the options, which may have spaces.
func applied(options string) string {
	return collection + "?" + strings.NewReplacer(" ", "%20", "'", "%27", "+", "%2B").Replace(options)
}

// valueOf returns the value of a collection, as the server wrote it.
func (r testResponse) valueOf(t *testing.T) string {
	t.Helper()
	var body struct{ Value json.RawMessage }
	if err := json.Unmarshal([]byte(r.text), &body); err != nil {
		t.Fatalf("%v: %s", err, r.text)
	}
	return string(body.Value)
}

// TestApply checks the groups of a week on each store, in the whole text of the response.
func TestApply(t *testing.T) {
	const month = `"month@odata.type":"#Int32","month":6`
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		c.send("POST", collection, `{"@odata.type":"#microsoft.graph.meetingActivityStatistics","id":"july","startDate":"2019-07-01","duration":"PT90M","long":"PT30M"}`).want(t, 201)
		for options, want := range map[string]string{
			"$apply=filter(activity eq 'Meeting')/compute(month(startDate) as month,year(startDate) as year)/groupby((year,month),aggregate(duration with sum as total))": `[{"year@odata.type":"#Int32","year":2019,` + month + `,"total@odata.type":"#Duration","total":"PT21H"},` +
				`{"year@odata.type":"#Int32","year":2019,"month@odata.type":"#Int32","month":7,"total@odata.type":"#Duration","total":"PT1H30M"}]`,
			"$apply=groupby((activity),aggregate($count as n))": `[{"activity":"Email","n@odata.type":"#Decimal","n":7},{"activity":"Meeting","n@odata.type":"#Decimal","n":8},` +
				`{"activity":"Focus","n@odata.type":"#Decimal","n":7},{"activity":"Chat","n@odata.type":"#Decimal","n":7},{"activity":"Call","n@odata.type":"#Decimal","n":7}]`,
			"$apply=groupby((timeZoneUsed))": `[{"timeZoneUsed":null},{"timeZoneUsed":"Zone 0"},{"timeZoneUsed":"Zone 1"}]`,
			"$apply=aggregate(duration with average as mean,startDate with max as last,timeZoneUsed with countdistinct as zones,long with sum as long1)": `[{"mean@odata.type":"#Duration","mean":"PT2H57M30S",` +
				`"last@odata.type":"#Date","last":"2019-07-01","zones@odata.type":"#Decimal","zones":2,"long1@odata.type":"#Duration","long1":"PT30M"}]`,
			"$apply=filter(id eq 'none')/aggregate(duration with sum as total,duration with min as least,$count as n,id with countdistinct as ids)":                `[{"total@odata.type":"#Duration","total":null,"least@odata.type":"#Duration","least":null,"n@odata.type":"#Decimal","n":0,"ids@odata.type":"#Decimal","ids":0}]`,
			"$apply=filter(id eq 'none')/groupby((activity),aggregate($count as n))":                                                                               `[]`,
			"$apply=compute(totalseconds(duration) as s,duration gt duration'PT5H' as isLong)/groupby((isLong),aggregate(s with average as mean))":                 `[{"isLong":false,"mean@odata.type":"#Decimal","mean":8883.8709677},{"isLong":true,"mean@odata.type":"#Decimal","mean":21600}]`,
			"$apply=groupby((startDate,activity),aggregate(duration with sum as t))/groupby((startDate),aggregate(t with max as most,$count as n))/filter(n lt 5)": `[{"startDate":"2019-07-01","most@odata.type":"#Duration","most":"PT1H30M","n@odata.type":"#Decimal","n":1}]`,
			// A whole number stays one by an alias: div has no rest.
			"$apply=compute(year(startDate) add 1 as y)/compute(y div 2 as half)/groupby((half))": `[{"half@odata.type":"#Int64","half":1010}]`,
			// Other options are about the groups.
			"$apply=groupby((activity),aggregate(duration with sum as t))&$filter=t gt duration'PT21H' or activity eq 'Call'&$orderby=t desc,activity desc&$select=t": `[{"t@odata.type":"#Duration","t":"PT22H30M"},{"t@odata.type":"#Duration","t":"PT21H"}]`,
			"$apply=filter(activity eq @a)/aggregate($count as n)&$filter=n gt @n&@a='Call'&@n=5":                                                                     `[{"n@odata.type":"#Decimal","n":7}]`,
			"$apply=groupby((activity))&$skip=1&$top=2": `[{"activity":"Meeting"},{"activity":"Focus"}]`,
			"$apply=groupby((activity))&$skip=9":        `[]`,
			"$apply=groupby((activity))&$top=0":         `[]`,
			"APPLY=GroupBy((ACTIVITY))&top=1":           `[{"activity":"Email"}]`,
			"$apply=groupby((activity,startDate),aggregate($count as n))&$top=1&$format=application/json;odata.metadata=full": `[{"activity@odata.type":"#microsoft.graph.analyticsActivityType","activity":"Email",` +
				`"startDate@odata.type":"#Date","startDate":"2019-06-16","n@odata.type":"#Decimal","n":1}]`,
			"$apply=groupby((activity),aggregate($count as n))&$top=1&$format=application/json;odata.metadata=none": `[{"activity":"Email","n":7}]`,
		} {
			got := c.send("GET", applied(options), "").want(t, http.StatusOK)
			if value := got.valueOf(t); value != want {
				t.Errorf("%s\n got %s\nwant %s", options, value, want)
			}
		}
	})
}

// TestApplyAtEveryAddress checks that $apply works wherever the collection is, and what the response says of
// itself.
func TestApplyAtEveryAddress(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	const query = "$apply=groupby((activity),aggregate(duration%20with%20sum%20as%20total))&$count=true&$top=1"
	const ofUser = "users('" + megan + "')/analytics/activityStatistics"
	for path, context := range map[string]string{
		collection: "(activity,total)",
		"/v1.0/users/" + megan + "/analytics/activityStatistics":                             "(activity,total)",
		"/beta/ME/Analytics/activitystatistics/":                                             "(activity,total)",
		collection + "/$apply":                                                               "(activity,total)",
		collection + "/microsoft.graph.callActivityStatistics":                               "/microsoft.graph.callActivityStatistics(activity,total)",
		"/localtest/me/analytics/activityStatistics/microsoft.graph.CALLactivityStatistics/": "/microsoft.graph.callActivityStatistics(activity,total)",
	} {
		got := c.do(call{method: "GET", path: path + "?" + query, token: c.token, as: collection + "/$apply"})
		page := got.want(t, http.StatusOK).object(t)
		if text := fmt.Sprint(page["@odata.context"]); !strings.HasSuffix(text, "/$metadata#"+ofUser+context) {
			t.Errorf("%s: the context is %s", path, text)
		}
		if wantCount := 5.0; strings.Contains(context, "call") != (page["@odata.count"] != wantCount) {
			t.Errorf("%s: the count is %v", path, page["@odata.count"])
		}
	}
	c.send("HEAD", collection+"?"+query, "").want(t, http.StatusOK)
	c.send("GET", collection+"?"+query, "", "Accept", "application/json;odata.metadata=none").want(t, http.StatusOK, `{"@odata.count":5,`)
	c.send("POST", collection+"?"+query, `{}`).want(t, http.StatusBadRequest, "There is no query option")
	c.send("GET", collection+"/$count?"+query, "").want(t, http.StatusBadRequest)
	c.send("GET", collection+"/$count?$apply=identity", "").want(t, http.StatusNotImplemented, "the query option '$apply'")
	c.send("GET", collection+"/$apply", "").want(t, http.StatusBadRequest, "'$apply'")
	batch := fmt.Sprintf(`{"requests":[{"id":"1","method":"GET","url":%q}]}`, "/me/analytics/activityStatistics?"+query)
	c.send("POST", "/beta/$batch", batch).want(t, http.StatusOK, `"status":200`, `"total":"PT21H"`)
	grouped := fmt.Sprintf(`{"requests":[{"id":"1","atomicityGroup":"g","method":"GET","url":%q}]}`, "/me/analytics/activityStatistics?"+query)
	c.send("POST", "/beta/$batch", grouped).want(t, http.StatusOK, `"status":400`)
	c.send("PATCH", "/beta/me/analytics/settings", `{"hasOptedOut":true}`).want(t, http.StatusOK)
	c.send("GET", collection+"?"+query, "").want(t, http.StatusForbidden)
}

// TestPagesOfGroups follows the next links to the end: each group comes once, in the order asked for.
func TestPagesOfGroups(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		for _, options := range []string{"", "&$orderby=t desc", "&$filter=activity ne @a&@a='Call'", "&$orderby=activity desc&$filter=t gt duration'PT0S'&$count=true"} {
			query := "$apply=groupby((startDate,activity),aggregate(duration with sum as t))" + options
			all := c.send("GET", applied(query+"&$top=1000"), "").valueOf(t)
			next := applied(query)
			var walked []json.RawMessage
			for range 100 {
				got := c.send("GET", next, "", "Prefer", "odata.maxpagesize=4").want(t, http.StatusOK)
				var page struct {
					Next  string `json:"@odata.nextLink"`
					Value []json.RawMessage
				}
				if err := json.Unmarshal([]byte(got.text), &page); err != nil {
					t.Fatal(err)
				}
				walked = append(walked, page.Value...)
				if page.Next == "" {
					break
				}
				address, err := url.Parse(page.Next)
				if err != nil {
					t.Fatal(err)
				}
				next = address.RequestURI()
			}
			text, _ := json.Marshal(walked)
			if string(text) != all {
				t.Errorf("%q: the pages have\n%s\nwant\n%s", options, text, all)
			}
		}
	})
}

// TestApplyRefused checks that an error names the option, the column and what was expected. Other options
// have the names of the result.
func TestApplyRefused(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		for id, duration := range map[string]string{"a": "P10675199DT2H48M5.4775807S", "b": "PT0.0000001S"} {
			c.send("POST", collection, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":%q,"duration":%q}`, id, duration)).want(t, 201)
		}
		for options, part := range map[string]string{
			"$apply=":                                                                               "'$apply' is empty",
			"$apply=agregate($count as n)":                                                          "$apply, column 1: expected one of the transformations",
			"$apply=aggregate(colour with sum as n)":                                                "$apply, column 11: Could not find a property named 'colour'",
			"$apply=aggregate($count as n)&$filter=duration gt 1":                                   "$filter, column 1: Could not find a property named 'duration' on type 'the result of $apply'",
			"$apply=aggregate($count as n)&$orderby=id":                                             "$orderby, column 1: Could not find a property named 'id'",
			"$apply=aggregate($count as n)&$select=id&$filter=x":                                    "in 2 places",
			"$apply=aggregate($count as n)&$top=x&$filter=n gt 1":                                   "'$top' is 'x'",
			"$apply=aggregate($count as n)&$top=x&$filter=id eq '1'":                                "in 2 places",
			"$apply=aggregate($count as n)&$apply=identity":                                         "given 2 times",
			"$apply=aggregate(duration with sum as total)":                                          "A sum is out of the range of its type",
			"$apply=groupby((id),aggregate(duration with sum as t))/aggregate(t with sum as total)": "A sum is out of the range of its type",
		} {
			c.send("GET", applied(options), "").want(t, http.StatusBadRequest, part)
		}
		for options, part := range map[string]string{
			"$apply=topcount(1,duration)":                              "the transformation topcount",
			"$apply=filter(id eq 'a')":                                 "$apply without aggregate or groupby",
			"$apply=aggregate($count as n)&$search=call":               "the query option '$search'",
			"$apply=aggregate($count as n)&$compute=n as m":            "the query option '$compute'",
			"$apply=aggregate($count as n)&$filter=geo.length(n) eq 1": "the function geo.length",
		} {
			c.send("GET", applied(options), "").want(t, http.StatusNotImplemented, part)
		}
		c.send("GET", applied("$apply=filter(id ne 'a')/aggregate(duration with sum as total)"), "").want(t, http.StatusOK, `"total":"PT1H0.0000001S"`)
	})
}
