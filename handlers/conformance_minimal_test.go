package handlers_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const metadata = "/beta/$metadata"

// minimal40 is section 13.1.1 of the OData Protocol 4.01.
var minimal40 = rules{
	"1": func(t *testing.T, c testClient) {
		c.send("GET", "/beta/", "").want(t, 200, `"@odata.context"`, `"name":"me"`, `"name":"users"`)
	},
	"2": func(t *testing.T, c testClient) {
		got := c.send("GET", collection, "").want(t, 200, `"@odata.context"`, `"value":[`)
		if !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
			t.Error(got.header)
		}
	},
	"3": func(t *testing.T, c testClient) {
		if ids := c.everyPage(t, collection, "Prefer", "odata.maxpagesize=10"); len(ids) != 36 {
			t.Errorf("%d ids, want 36: %q", len(ids), ids)
		}
	},
	"4": func(t *testing.T, c testClient) {
		for path, status := range map[string]int{collection: 200, seedItem: 200, metadata: 200, collection + "/nothing": 404} {
			if got := c.send("GET", path, "").want(t, status).header.Get("OData-Version"); got != "4.0" {
				t.Errorf("%s has the version %q", path, got)
			}
		}
	},
	"5.1": func(t *testing.T, c testClient) {
		c.send("GET", collection, "", "Accept", "application/xml").want(t, 406)
		c.send("GET", collection, "", "Accept", "application/xml, application/json;q=0.1").want(t, 200)
	},
	"5.2": func(t *testing.T, c testClient) {
		c.send("GET", collection, "", "OData-MaxVersion", "3.0").want(t, 400, "OData-MaxVersion")
		c.send("GET", collection, "", "OData-MaxVersion", "4.0").want(t, 200)
	},
	"6": func(t *testing.T, c testClient) {
		c.send("PATCH", seedItem, `{"@example.note":"x","duration@example.source":"y","duration":"PT1H"}`).want(t, 200, `"PT1H"`)
		c.send("GET", collection+"?$unknown=1", "").want(t, 400, "$unknown")
	},
	"7": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$filter=duration+gt", "").want(t, 400)
		c.send("GET", collection+"?$orderby=duration+upwards", "").want(t, 400)
		c.send("GET", collection+"?$search=call", "").want(t, 501)
	},
	"8": func(t *testing.T, c testClient) {
		for _, kind := range valuesOf(c.send("GET", metadata, "").want(t, 200).text, ` Type="`) {
			kind = strings.TrimSuffix(strings.TrimPrefix(kind, "Collection("), ")")
			if !strings.HasPrefix(kind, "microsoft.graph.") && !strings.Contains(" Edm.Boolean Edm.Date Edm.Duration Edm.String ", " "+kind+" ") {
				t.Errorf("$metadata has the type %s", kind)
			}
		}
	},
	"9": func(t *testing.T, c testClient) {
		none := c.send("GET", seedItem, "", "Accept", "application/json;odata.metadata=none").want(t, 200, `"duration"`)
		if strings.Contains(none.text, "@odata") {
			t.Error(none.text)
		}
	},
	"10": func(t *testing.T, c testClient) {
		before := c.send("GET", seedItem, "").want(t, 200)
		c.send("PATCH", seedItem, `{"duration":"PT11H"}`).want(t, 200, `"afterHours":"`+textOf(t, before, "afterHours")+`"`)
		c.send("PATCH", seedItem, `{"duration":"PT2H"}`, "If-Match", before.header.Get("ETag")).want(t, 412)
		c.send("GET", seedItem, "").want(t, 200, `"duration":"PT11H"`)
	},
	"12": func(t *testing.T, c testClient) {
		c.send("GET", "/beta/me/analytics?$expand=activityStatistics", "").want(t, 200, `"activityStatistics":[{`)
	},
	"13": func(t *testing.T, c testClient) {
		c.send("GET", metadata, "").want(t, 200, "<edmx:Edmx", `EntityType Name="callActivityStatistics"`)
	},
	"14": func(t *testing.T, c testClient) {
		got := c.send("PATCH", seedItem, `{"duration":"PT11H"}`, "Prefer", "odata.continue-on-error, return=minimal").want(t, 204)
		if got.header.Get("Preference-Applied") != "return=minimal" {
			t.Error(got.header)
		}
	},
	"15": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$filter=duration+eq+duration'PT1H'+and+activity+eq+microsoft.graph.analyticsActivityType'Call'", "").
			want(t, 200, `call_2019-06-17`)
	},
	"18": func(t *testing.T, c testClient) {
		c.send("GET", seedItem, "", "Accept", "application/json;odata.metadata=full").want(t, 200, `"@odata.editLink"`)
	},
	"19": create,
	"20": create,
	"23": func(t *testing.T, c testClient) {
		link := textOf(t, c.send("GET", seedItem, "", "Accept", "application/json;odata.metadata=full"), "@odata.editLink")
		link = strings.TrimPrefix(link, c.url)
		if !strings.HasPrefix(link, "/") {
			link = "/beta/" + link
		}
		got := c.do(call{method: "PATCH", path: link, as: seedItem, token: c.token, body: `{"duration":"PT3H"}`})
		got.want(t, 200, `"PT3H"`)
	},
	"24": func(t *testing.T, c testClient) {
		c.send("DELETE", seedItem, "").want(t, 204)
		c.send("GET", seedItem, "").want(t, 404)
	},
	"26": func(t *testing.T, c testClient) {
		tag := c.send("GET", seedItem, "").header.Get("ETag")
		c.send("PATCH", seedItem, `{"duration":"PT11H"}`, "If-Match", tag).want(t, 200)
		c.send("PATCH", seedItem, `{"duration":"PT2H"}`, "If-Match", tag).want(t, 412)
		c.send("DELETE", seedItem, "", "If-Match", tag).want(t, 412)
	},
	"27": func(t *testing.T, c testClient) {
		location := strings.TrimPrefix(c.send("POST", collection, newCall).want(t, 201).header.Get("Location"), c.url)
		c.send("GET", location, "").want(t, 200, `"id":"new"`)
	},
	"28": func(t *testing.T, c testClient) {
		for _, got := range []testResponse{
			c.send("POST", collection, newCall, "Prefer", "return=minimal"),
			c.send("PATCH", collection+"/other", strings.Replace(newCall, `"id":"new"`, `"id":"other"`, 1), "Prefer", "create-if-missing, return=minimal"),
		} {
			if id := got.want(t, 204).header.Get("OData-EntityId"); id == "" {
				t.Errorf("no OData-EntityId: %v", got.header)
			}
		}
	},
	"29": func(t *testing.T, c testClient) {
		c.send("PUT", collection+"/new", newCall).want(t, 201)
		c.send("PATCH", collection+"/newer", strings.Replace(newCall, `"id":"new"`, `"id":"newer"`, 1), "OData-MaxVersion", "4.01").want(t, 201)
		c.send("PATCH", collection+"/newest", strings.Replace(newCall, `"id":"new"`, `"id":"newest"`, 1), "Prefer", "create-if-missing").want(t, 201)
	},
	"30": func(t *testing.T, c testClient) {
		c.send("PUT", seedItem+"/duration", `{"value":"PT4H"}`).want(t, 204)
		c.send("GET", seedItem+"/duration", "").want(t, 200, `"PT4H"`)
		c.send("PATCH", "/beta/me/analytics/settings", `{"hasLicense":true}`).want(t, 200)
	},
	"31": func(t *testing.T, c testClient) {
		c.send("DELETE", seedItem+"/duration", "").want(t, 204)
		c.send("GET", seedItem+"/duration", "").want(t, 204)
	},
}

// minimal401 is section 13.2.1.
var minimal401 = rules{
	"1": func(t *testing.T, c testClient) {
		for _, number := range []string{"1", "2", "4", "5.1", "7", "13"} {
			minimal40[number](t, c)
		}
	},
	"2": func(t *testing.T, c testClient) {
		got := c.send("GET", seedItem, "", "OData-MaxVersion", "4.01").want(t, 200, `"@context"`, `"@etag"`)
		if got.header.Get("OData-Version") != "4.01" || strings.Contains(got.text, "@odata.") {
			t.Error(got.header, got.text)
		}
	},
	"4": func(t *testing.T, c testClient) {
		for _, preference := range []string{"odata.maxpagesize=5", "maxpagesize=5"} {
			c.send("GET", collection, "", "Prefer", preference).want(t, 200, "nextLink")
		}
		for _, header := range []string{"OData-Isolation", "Isolation"} {
			c.send("GET", collection, "", header, "snapshot").want(t, 412)
		}
	},
	"6": func(t *testing.T, c testClient) {
		for _, top := range []string{"$top", "top"} {
			c.send("GET", collection+"?"+top+"=1", "").want(t, 200, "nextLink")
		}
	},
	"7": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$FILTER=StartsWith(id,'call')+AND+duration+GT+duration'PT5H'&$TOP=9", "").want(t, 200, `call_2019-06-22`)
	},
	"8": func(t *testing.T, c testClient) {
		c.do(call{method: "GET", path: "/beta/ME/Analytics/ActivityStatistics?$select=DURATION&$top=1", as: collection, token: c.token}).
			want(t, 200, `"duration"`)
	},
	"9.1": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$filter=duration+eq+'PT1H'+and+startDate+eq+'2019-06-17'", "").want(t, 200, `call_2019-06-17`)
	},
	"9.2": func(t *testing.T, c testClient) {
		for _, filter := range []string{"duration+eq+duration'PT1H'+and+activity+eq+'Call'", "duration+eq+'PT1H'+and+activity+eq+microsoft.graph.analyticsActivityType'Call'"} {
			for _, version := range []string{"4.0", "4.01"} {
				c.send("GET", collection+"?$filter="+filter, "", "OData-MaxVersion", version).want(t, 200, `call_2019-06-17`)
			}
		}
	},
	"9.5": func(t *testing.T, c testClient) {
		for _, name := range []string{"delta", "delta()", "microsoft.graph.delta()"} {
			c.do(call{method: "GET", path: collection + "/" + name, as: collection + "/delta()", token: c.token}).want(t, 200, "deltaLink")
		}
	},
	"9.6": func(t *testing.T, c testClient) {
		c.do(call{method: "GET", path: collection + "(@k)?@k='" + seedID + "'", as: seedItem, token: c.token}).want(t, 200, seedID)
	},
	"9.9": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$filter=activity+in+('Call','Chat')&$count=true", "").want(t, 200, `"@odata.count":15`)
	},
	"9.10": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$filter=7+divby+2+eq+3.5&$count=true&$top=1", "").want(t, 200, `"@odata.count":36`)
	},
	"9.11": func(t *testing.T, c testClient) {
		c.send("GET", collection+"?$filter=substring(id,-2)+eq+'22'&$count=true", "").want(t, 200, `"@odata.count":`)
	},
	"9.12": func(t *testing.T, c testClient) {
		c.send("GET", seedItem, "").want(t, 200)
		c.do(call{method: "GET", path: collection + "('" + seedID + "')", as: seedItem, token: c.token}).want(t, 200)
	},
	"10": func(t *testing.T, c testClient) {
		c.send("GET", metadata, "").want(t, 200, "<edmx:Edmx")
		var document map[string]any
		if err := json.Unmarshal([]byte(c.send("GET", metadata, "", "Accept", "application/json").want(t, 200).text), &document); err != nil || document["microsoft.graph"] == nil {
			t.Errorf("%v: %v", err, document)
		}
	},
	"11": func(t *testing.T, c testClient) {
		for _, scope := range strings.Split(c.send("GET", metadata, "").text, "</EntityType>") {
			seen := map[string]bool{}
			for _, name := range valuesOf(scope, `Property Name="`) {
				if lower := strings.ToLower(name); seen[lower] {
					t.Errorf("%s differs from another name by case alone", name)
				} else {
					seen[lower] = true
				}
			}
		}
	},
	"12": func(t *testing.T, c testClient) {
		c.send("GET", metadata, "").want(t, 200, "Org.OData.Core.V1.ODataVersions", "4.01")
	},
	"13": func(t *testing.T, c testClient) {
		c.send("GET", metadata, "").want(t, 200, "Org.OData.Capabilities.V1.ConformanceLevel", "BatchSupport")
	},
	"18": func(t *testing.T, c testClient) {
		for _, number := range []string{"18", "19", "23", "24", "27", "28", "29"} {
			fresh := newTestClient(t)
			minimal40[number](t, fresh)
		}
	},
	"27": func(t *testing.T, c testClient) {
		c.send("PATCH", seedItem+"?$select=duration", `{"duration":"PT9H"}`).want(t, 200, `"duration":"PT9H"`)
	},
}

// newCall is the body of a call that is not stored yet.
const newCall = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"new","activity":"Call","duration":"PT1H"}`

// create is the rule that entities can be created in the collection.
func create(t *testing.T, c testClient) {
	c.send("POST", collection, newCall).want(t, 201)
	c.send("POST", collection, newCall).want(t, 409)
	c.send("GET", collection+"/new", "").want(t, 200, `"PT1H"`)
}

// everyPage returns the ids of all pages, by their links.
func (c testClient) everyPage(t *testing.T, path string, header ...string) []string {
	t.Helper()
	var ids []string
	for path != "" {
		var page struct {
			Value []struct{ ID string }
			Next  string `json:"@odata.nextLink"`
		}
		if err := json.Unmarshal([]byte(c.send("GET", path, "", header...).want(t, http.StatusOK).text), &page); err != nil {
			t.Fatal(err)
		}
		for _, one := range page.Value {
			ids = append(ids, one.ID)
		}
		path = strings.TrimPrefix(page.Next, c.url)
	}
	return ids
}

// textOf returns a member of the response that is a text.
func textOf(t *testing.T, got testResponse, member string) string {
	t.Helper()
	text, ok := got.object(t)[member].(string)
	if !ok {
		t.Fatalf("no text %s in %s", member, got.text)
	}
	return text
}

// valuesOf returns what follows each occurrence of the prefix, as far as the next quote.
func valuesOf(text, prefix string) []string {
	var values []string
	for _, part := range strings.Split(text, prefix)[1:] {
		value, _, _ := strings.Cut(part, `"`)
		values = append(values, value)
	}
	return values
}
