package handlers_test

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// entityType is one of $metadata.
type entityType struct {
	Name     string `xml:",attr"`
	BaseType string `xml:",attr"`
	Key      struct {
		Name string `xml:",attr"`
	} `xml:"Key>PropertyRef"`
	Properties []struct {
		Name, Type, Precision string `xml:",attr"`
	} `xml:"Property"`
}

// TestMetadataDocument checks that $metadata and the service document need no token, and that
// $metadata is well formed and has the types and durations of the contract.
func TestMetadataDocument(t *testing.T) {
	ts := newTestServer(t, memory.New())
	got := ts.do(call{method: "GET", path: "/beta/$metadata"}).want(t, 200)
	var model struct {
		Schema struct {
			Entities []entityType `xml:"EntityType"`
		} `xml:"DataServices>Schema"`
	}
	if err := xml.Unmarshal([]byte(got.text), &model); err != nil {
		t.Fatal(err)
	}
	durations := 0
	for _, entity := range model.Schema.Entities {
		for _, property := range entity.Properties {
			if property.Type == "Edm.Duration" {
				durations++
				if property.Precision != "7" {
					t.Errorf("%s of %s has precision %q", property.Name, entity.Name, property.Precision)
				}
			}
		}
	}
	inTable := 1 // duration, which the base type has
	for _, names := range fuzzTypes {
		inTable += len(names) - 1
	}
	if len(model.Schema.Entities) != 9 || durations != inTable {
		t.Errorf("%d entity types, %d durations", len(model.Schema.Entities), durations)
	}
	// OpenUI5 looks for the key and its property in the type of a collection, and not in base types.
	for _, name := range []string{"user", "userAnalytics", "activityStatistics"} {
		at := slices.IndexFunc(model.Schema.Entities, func(e entityType) bool { return e.Name == name })
		if entity := model.Schema.Entities[at]; entity.Key.Name != "id" || entity.BaseType != "microsoft.graph.entity" || entity.Properties[0].Name != "id" {
			t.Errorf("%s has the key %+v, the base %q and %+v", name, entity.Key, entity.BaseType, entity.Properties)
		}
	}
	for _, path := range []string{"/beta", "/beta/", "/v1.0/"} {
		ts.do(call{method: "GET", path: path, as: "/beta/"}).want(t, 200, `"name":"me"`, `"name":"users"`)
	}
}

// TestMetadataLevels checks that the response has the level of metadata that Accept asks for.
func TestMetadataLevels(t *testing.T) {
	c := newTestClient(t)
	for level, parts := range map[string][]string{
		"minimal": {`"@odata.context"`}, "none": {`{"id":"` + seedID},
		"full": {`"@odata.context"`, `"@odata.editLink":"` + c.url + "/beta/users/" + megan, `"duration@odata.type":"#Duration"`, `"activity@odata.type":"#microsoft.graph.analyticsActivityType"`},
	} {
		got := c.send("GET", seedItem, "", "Accept", "text/html, application/json;odata.metadata="+level).want(t, 200, parts...)
		if !strings.Contains(got.header.Get("Content-Type"), "odata.metadata="+level) {
			t.Errorf("%s: %v", level, got.header)
		}
	}
}

// TestNoContextWithoutMetadata checks that @odata.context is absent with odata.metadata=none (OData
// JSON 4.5.1).
func TestNoContextWithoutMetadata(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		for _, path := range []string{"/beta/", "/beta/me/analytics", "/beta/me/analytics/settings", "/beta/me/analytics?$expand=ActivityStatistics", collection, seedItem} {
			if got := c.send("GET", path, "", "Accept", "application/json;odata.metadata=none").want(t, 200); strings.Contains(got.text, "@odata.context") {
				t.Errorf("%s: %s", path, got.text)
			}
		}
	})
}
