package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

const analyticsPath = "/beta/me/analytics"

// fillMore stores 75 calls of megan, more than a page has.
func (c testClient) fillMore() {
	c.t.Helper()
	var changes []store.Change
	for i := range 75 {
		changes = append(changes, store.Change{
			Key:      store.Key{Owner: store.Owner{Tenant: tenant, User: megan}, ID: fmt.Sprintf("more-%02d", i)},
			Revision: store.NewRevision(),
			Record:   store.Record{Type: store.Call, Activity: "Call", Duration: store.Of(edm.Duration(i%9) * edm.Hour)},
		})
	}
	if err := c.store.Apply(c.t.Context(), changes); err != nil {
		c.t.Fatal(err)
	}
}

// TestExpandedLinkStandsBeforeItsProperty checks on the raw bytes that the annotations of a property
// stand directly before it: Content-Type says odata.streaming=true (OData JSON 4.4).
func TestExpandedLinkStandsBeforeItsProperty(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fillMore()
		for query, want := range map[string]string{
			"?$expand=activityStatistics":                              `"hasOptedOut":false},"activityStatistics@odata.nextLink":"`,
			"?$expand=activityStatistics($filter=id%20ne%20@x)&@x='x'": `"hasOptedOut":false},"activityStatistics@odata.nextLink":"`,
			"?$expand=activityStatistics($count=true)":                 `"hasOptedOut":false},"activityStatistics@odata.count":75,"activityStatistics@odata.nextLink":"`,
		} {
			got := c.send("GET", analyticsPath+query, "").want(t, 200)
			_, rest, found := strings.Cut(got.text, want)
			link, rest, _ := strings.Cut(rest, `"`)
			if !found || !strings.HasPrefix(rest, `,"activityStatistics":[{"@odata.type":`) {
				t.Fatalf("%s: %.600s", query, got.text)
			}
			if !strings.Contains(got.header.Get("Content-Type"), "odata.streaming=true") {
				t.Errorf("%s: %v", query, got.header)
			}
			next := c.send("GET", strings.TrimPrefix(decodeJSON(t, link), c.url), "").want(t, 200).object(t)
			if rest := next["value"].([]any); len(rest) != 5 || next["@odata.nextLink"] != nil {
				t.Errorf("%s: the next page has %d", query, len(rest))
			}
		}
	})
}

// decodeJSON returns the text that a JSON string without its quotes stands for.
func decodeJSON(t *testing.T, text string) string {
	t.Helper()
	var decoded string
	if err := json.Unmarshal([]byte(`"`+text+`"`), &decoded); err != nil {
		t.Fatal(err)
	}
	return decoded
}

// expandOptions are options in the order of a list's nextLink, each separated by &.
var expandOptions = []string{
	"", "$top=3", "$top=3&$count=true", "$top=0&$count=true", "$filter=duration gt duration'PT3H'", "$top=2&$count=true&$filter=contains(id,'5;')",
	"$top=7&$count=true&$filter=duration lt duration'PT3H' and startswith(id,'more')&$orderby=duration desc,id&$select=id,duration&$skip=2",
	"$orderby=duration&$skip=70", "$select=duration", "$count=false&$top=1",
}

// TestExpandIsAList checks that the statistics of an expansion, their number and the link to the next
// page are those of the list with the same options (OData Protocol 11.2.5.2).
func TestExpandIsAList(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		c.fillMore()
		for _, cast := range []string{"", "/microsoft.graph.callActivityStatistics"} {
			for _, options := range expandOptions {
				escaped := strings.NewReplacer(" ", "%20", ";", "%3B").Replace(options)
				list := c.do(call{method: "GET", path: collection + cast + "?" + escaped, as: collection, token: c.token}).want(t, 200).object(t)
				expand := "activityStatistics" + cast
				if options != "" {
					expand += "(" + strings.ReplaceAll(options, "&", ";") + ")"
				}
				got := c.send("GET", analyticsPath+"?$expand="+url.QueryEscape(expand), "").want(t, 200).object(t)
				for member, of := range map[string]string{"": "value", "@odata.count": "@odata.count", "@odata.nextLink": "@odata.nextLink"} {
					if !reflect.DeepEqual(got["activityStatistics"+member], list[of]) {
						t.Errorf("%s: %s of the expansion\n%v, of the list\n%v", expand, of, got["activityStatistics"+member], list[of])
					}
				}
				if next, _ := got["activityStatistics@odata.nextLink"].(string); next != "" {
					c.do(call{method: "GET", path: strings.TrimPrefix(next, c.url), as: "/beta/users/" + megan + "/analytics/activityStatistics", token: c.token}).want(t, 200)
				}
			}
		}
	})
}

// TestShapeOfAnalytics checks the whole response for $select and $expand (OData Protocol 11.2.5.1 and
// 11.2.5.2), with its context URL (10.8 and 10.10).
func TestShapeOfAnalytics(t *testing.T) {
	c := newTestClient(t)
	const settings = `"settings":{"hasGraphMailbox":true,"hasLicense":true,"hasOptedOut":false}`
	for query, want := range map[string][2]string{ // the suffix of the context, and what follows the id
		"":                                   {"", "," + settings},
		"?$select=id":                        {"(id)", ""},
		"?$select=settings":                  {"(settings)", "," + settings},
		"?$select=id,settings":               {"(id,settings)", "," + settings},
		"?$select=*":                         {"(*)", "," + settings},
		"?$select=settings/hasOptedOut":      {"(settings/hasOptedOut)", `,"settings":{"hasOptedOut":false}`},
		"?SELECT=Settings/HASOPTEDOUT,ID":    {"(settings/hasOptedOut,id)", `,"settings":{"hasOptedOut":false}`},
		"?$select=activityStatistics":        {"(activityStatistics)", ""},
		"?$expand=activityStatistics/$count": {"", "," + settings + `,"activityStatistics@odata.count":1`},
		"?$expand=activityStatistics/$count($filter=duration%20eq%20null)":          {"", "," + settings + `,"activityStatistics@odata.count":0`},
		"?$expand=activityStatistics/microsoft.graph.chatActivityStatistics/$count": {"", "," + settings + `,"activityStatistics@odata.count":0`},
		"?$select=id&$expand=activityStatistics($top=0)":                            {"(id)", `,"activityStatistics":[]`},
		"?$select=id&$expand=activityStatistics($top=0;$select=id,duration)":        {"(id,activityStatistics(id,duration))", `,"activityStatistics":[]`},
		"?$expand=activityStatistics($levels=1;$filter=id%20eq%20null;$count=true)": {"", "," + settings + `,"activityStatistics@odata.count":0,"activityStatistics":[]`},
	} {
		got := c.send("GET", analyticsPath+query, "")
		whole := `{"@odata.context":"` + c.url + `/beta/$metadata#users('` + megan + `')/analytics` + want[0] + `/$entity","id":"` + megan + `"` + want[1] + "}"
		if got.status != 200 || got.text != whole {
			t.Errorf("%s: %d\n got %s\nwant %s", query, got.status, got.text, whole)
		}
	}
	c.send("GET", analyticsPath+"?$expand=*&$select=id", "").want(t, 200, `"activityStatistics":[{"@odata.type":"#microsoft.graph.callActivityStatistics"`)
}

// TestExpandRefusals checks the status of an $expand or $select that cannot be answered: 501 for what
// the standard has (OData Protocol 9.3.1), otherwise 400. The message names the option and the column.
func TestExpandRefusals(t *testing.T) {
	c := newTestClient(t)
	for query, want := range map[string]struct {
		status int
		part   string
	}{
		"$expand=colour":                                  {400, "$expand, column 1: Could not find a property named 'colour'"},
		"$expand=settings":                                {400, "$expand, column 1: expected a navigation property such as activityStatistics"},
		"$expand=activityStatistics($top=1001)":           {400, "'$top' of activityStatistics is 1001; it must be at most 1000."},
		"$expand=activityStatistics($skip=1000001)":       {400, "'$skip' of activityStatistics is 1000001; it must be at most 1000000."},
		"$expand=activityStatistics($filter=duration)":    {400, "$expand, column 28: $filter: expected a condition"},
		"$select=colour&$expand=activityStatistics($a=1)": {400, "in 2 places"},
		"$select=settings/colour":                         {400, "$select, column 10: Could not find a property named 'colour' on type 'settings'"},
		"$expand=activityStatistics/$ref":                 {501, "OData has $ref in $expand, but this server does not implement it"},
		"$expand=activityStatistics($search=a)":           {501, "OData has $search in $expand"},
		"$expand=activityStatistics($levels=2)":           {501, "more than one level of activityStatistics"},
		"$select=settings($top=1)":                        {501, "OData has the option $top of a selected property"},
		"$expand=activityStatistics($search=a)&colour=1":  {400, "colour"},
		"$select=colour&colour=1":                         {400, "in 2 places"},
		"$expand=" + strings.Repeat("a", 4097):            {400, "'$expand'"},
	} {
		c.send("GET", analyticsPath+"?"+query, "").want(t, want.status, want.part)
	}
}

// TestFullMetadataOfAnalytics checks the links at odata.metadata=full (OData JSON 3.1.2, 4.5.8 to 4.5.10
// and 8.1). Those of a property stand before it.
func TestFullMetadataOfAnalytics(t *testing.T) {
	c := newTestClient(t)
	self := c.url + "/beta/users/" + megan + "/analytics"
	head := `{"@odata.context":"` + c.url + `/beta/$metadata#users('` + megan + `')/analytics%s/$entity","@odata.type":"#microsoft.graph.userAnalytics","@odata.id":"` + self + `","@odata.editLink":"` + self + `","id":"` + megan + `",`
	const settings = `"settings":{"@odata.type":"#microsoft.graph.settings","hasGraphMailbox":true,"hasLicense":true,"hasOptedOut":false}`
	links := `,"activityStatistics@odata.associationLink":"` + self + `/activityStatistics/$ref","activityStatistics@odata.navigationLink":"` + self + `/activityStatistics"`
	for query, want := range map[string]string{
		"":                  fmt.Sprintf(head, "") + settings + links + "}",
		"?$select=settings": fmt.Sprintf(head, "(settings)") + settings + "}",
		"?$expand=activityStatistics($top=0;$count=true)": fmt.Sprintf(head, "") + settings + links + `,"activityStatistics@odata.count":1,"activityStatistics":[]}`,
	} {
		if got := c.send("GET", analyticsPath+query, "", "Accept", "application/json;odata.metadata=full").want(t, 200); got.text != want {
			t.Errorf("%s\n got %s\nwant %s", query, got.text, want)
		}
	}
	c.send("GET", strings.TrimPrefix(self, c.url), "").want(t, 200)
	c.send("GET", strings.TrimPrefix(self, c.url)+"/activityStatistics", "").want(t, 200)
	c.send("GET", analyticsPath+"?$expand=activityStatistics", "", "Accept", "application/json;odata.metadata=none").want(t, 200, `{"id":"`)
}
