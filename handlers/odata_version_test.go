package handlers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// TestVersion401 checks a response of OData 4.01: its header, its label, the names of control information, and the context of an expansion
// (OData Protocol 8.2.7 and 10.10, OData JSON 4.6). The client holds the rest against the contract.
func TestVersion401(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		c.fill()
		for path, parts := range map[string][]string{
			"/beta/":                      {`{"@context":"`},
			seedItem:                      {`{"@context":"`, `"@type":"#microsoft.graph.callActivityStatistics"`, `"@etag":"W/`},
			seedItem + "/duration":        {`{"@context":"`},
			"/beta/me/analytics/settings": {`{"@context":"`},
			collection + "?$count=true":   {`{"@context":"`, `"@count":36`, `"@nextLink":"`, `"@type":"#`},
			"/beta/me/analytics?$expand=activityStatistics":                     {`{"@context":"`, `/analytics(activityStatistics())/$entity"`, `"@etag":`},
			"/beta/me/analytics?$expand=activityStatistics($top=1)&$select=id":  {`/analytics(id,activityStatistics())/$entity"`},
			"/beta/me/analytics?$expand=activityStatistics($select=id)":         {`/analytics(activityStatistics(id))/$entity"`},
			"/beta/me?$expand=analytics":                                        {`$metadata#users(analytics())/$entity"`},
			"/beta/me?$expand=analytics($expand=activityStatistics)&$select=id": {`$metadata#users(id,analytics(activityStatistics()))/$entity"`},
			"/beta/me/analytics?$expand=activityStatistics/$count":              {`/analytics/$entity"`},
			seedItem + "/$ref":          {`$metadata#$ref","@id":"http`},
			collection + "/$ref?$top=1": {`$metadata#Collection($ref)"`, `"value":[{"@id":"http`},
		} {
			got := c.send("GET", path, "", "OData-MaxVersion", "4.01", "Prefer", "maxpagesize=2").want(t, 200, parts...)
			if strings.Contains(got.text, "@odata.") || got.header.Get("OData-Version") != "4.01" ||
				got.header.Get("Content-Type") != "application/json;metadata=minimal;streaming=true;IEEE754Compatible=false" {
				t.Errorf("%s: %v %s", path, got.header, got.text)
			}
		}
	})
}

// TestVersion401Full checks the names of types at full metadata: a primitive type has no # in 4.01 (OData JSON 4.6.3).
func TestVersion401Full(t *testing.T) {
	c := newTestClient(t)
	c.send("GET", seedItem, "", "OData-MaxVersion", "4.01", "Accept", "application/json;metadata=full").want(t, 200,
		`"@id":"http`, `"@editLink":"http`, `"duration@type":"Duration"`, `"startDate@type":"Date"`, `"activity@type":"#microsoft.graph.analyticsActivityType"`)
}

// TestSameContentInBothVersions checks that a client of 4.01 reads what one of 4.0 reads, and gets the same entity tag.
func TestSameContentInBothVersions(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	for _, path := range []string{seedItem, collection + "?$count=true", "/beta/me/analytics?$expand=activityStatistics"} {
		old, recent := c.send("GET", path, ""), c.send("GET", path, "", "OData-MaxVersion", "4.01")
		renamed := strings.ReplaceAll(recent.text, `"@`, `"@odata.`)
		renamed = strings.Replace(renamed, "(activityStatistics())", "", 1) // of the context, which has it in 4.01 alone (OData Protocol 10.10)
		var want, got any
		if json.Unmarshal([]byte(old.text), &want) != nil || json.Unmarshal([]byte(renamed), &got) != nil || !sameJSON(got, want) || old.header.Get("ETag") != recent.header.Get("ETag") {
			t.Errorf("%s:\n%s\n%s", path, old.text, recent.text)
		}
	}
}

func sameJSON(a, b any) bool {
	first, _ := json.Marshal(a)
	second, _ := json.Marshal(b)
	return string(first) == string(second)
}

// TestVersionsOnEveryOperation checks which versions and which isolation each operation takes, and that a refused request has
// no effect (OData Protocol 8.1.5, 8.2.6, 8.2.7).
func TestVersionsOnEveryOperation(t *testing.T) {
	for _, op := range checked.Operations(t) {
		c := newTestClient(t)
		one := exampleOf(op)
		before := c.send("GET", collection, "").text
		for _, refused := range [][3]string{
			{"OData-MaxVersion", "3.0", "it must be a version from 4.0 on"}, {"OData-MaxVersion", "4", "4.01"}, {"OData-MaxVersion", "new", "4.01"},
			{"OData-Version", "3.0", "it must be 4.0 or 4.01"}, {"OData-Version", "4.02", "4.0 or 4.01"}, {"OData-Isolation", "other", "left out"},
		} {
			c.sendExample(one, refused[0], refused[1]).wantRefused(t, 400, "BadRequest", refused[0], refused[2])
		}
		for _, name := range []string{"OData-Isolation", "Isolation"} {
			c.sendExample(one, name, "snapshot").wantRefused(t, 412, "resourceModified", name, "leave it out")
		}
		if after := c.send("GET", collection, "").text; after != before {
			t.Errorf("%s changed %s to %s", op.ID, before, after)
		}
		got := c.sendExample(one, "OData-Version", "4.01", "OData-MaxVersion", "5.0")
		if got.status >= 300 || got.header.Get("OData-Version") != "4.01" {
			t.Errorf("%s: %d %v %s", op.ID, got.status, got.header, got.text)
		}
	}
}

// TestVersion40 checks that the response is Graph's, of 4.0, if nothing or nothing newer is asked for.
func TestVersion40(t *testing.T) {
	c := newTestClient(t)
	want := c.send("GET", seedItem, "").want(t, 200, `"@odata.context"`)
	for _, header := range [][]string{{"OData-MaxVersion", "4.0"}, {"OData-Version", "4.0"}, {"OData-Version", "4.01"}, {"OData-MaxVersion", "4.0", "OData-Version", "4.01"}} {
		got := c.send("GET", seedItem, "", header...).want(t, 200)
		if got.text != want.text || got.header.Get("OData-Version") != "4.0" || got.header.Get("Content-Type") != want.header.Get("Content-Type") {
			t.Errorf("%q: %v %s", header, got.header, got.text)
		}
	}
}

// TestControlInformationOfBody checks that control information in a body of 4.01 needs no prefix, and in one of 4.0 does
// (OData JSON 4.6). Without OData-Version, the body has the version that the response has (OData Protocol 8.1.5).
func TestControlInformationOfBody(t *testing.T) {
	const body = `{"@type":"#microsoft.graph.callActivityStatistics","@context":"x","duration@type":"Duration","duration":"PT1H","@my.note":1}`
	c := newTestClient(t)
	c.send("POST", collection, body, "OData-Version", "4.01").want(t, 201, `"@odata.type":"#microsoft.graph.callActivityStatistics"`)
	c.send("POST", collection, body, "OData-MaxVersion", "4.01").want(t, 201, `"@type":"#microsoft.graph.callActivityStatistics"`)
	c.send("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`, "OData-Version", "4.01").want(t, 201)
	c.send("POST", collection, body).want(t, 400, "'@odata.type' is missing")
	c.send("POST", collection, body, "OData-Version", "4.0", "OData-MaxVersion", "4.01").want(t, 400, "'@odata.type' is missing")
	c.send("PATCH", seedItem, `{"@type":"#microsoft.graph.chatActivityStatistics"}`, "OData-Version", "4.01").want(t, 400, "@odata.type")
}

// TestVersionsInBatch checks that a request of a batch has the version of the batch unless it asks for its own.
func TestVersionsInBatch(t *testing.T) {
	c := newTestClient(t)
	const requests = `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/settings"},
		{"id":"2","method":"GET","url":"/me/analytics/settings","headers":{"OData-MaxVersion":"4.0"}},
		{"id":"3","method":"POST","url":"/me/analytics/activityStatistics","body":{"@type":"#microsoft.graph.callActivityStatistics"}},
		{"id":"4","method":"GET","url":"/me/analytics/settings","headers":{"Isolation":"snapshot"}}]}`
	got := c.send("POST", "/beta/$batch", requests, "OData-MaxVersion", "4.01", "OData-Version", "4.01").want(t, 200)
	var answered struct {
		Responses []struct {
			Status  int
			Headers map[string]string
			Body    map[string]any
		}
	}
	if err := json.Unmarshal([]byte(got.text), &answered); err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		status  int
		version string
		context string
	}{{200, "4.01", "@context"}, {200, "4.0", "@odata.context"}, {201, "4.01", "@context"}, {412, "4.01", "error"}} {
		response := answered.Responses[i]
		if response.Status != want.status || response.Headers["OData-Version"] != want.version || response.Body[want.context] == nil {
			t.Errorf("%d: %+v, want %+v", i+1, response, want)
		}
	}
}
