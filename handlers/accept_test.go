package handlers_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// example is a request to an operation that succeeds.
type example struct{ method, path, body, contentType string }

// exampleOf returns the request to an operation that its probe has.
func exampleOf(op checked.Operation) example {
	probe := probes[strings.NewReplacer("My", "", "User", "").Replace(op.ID)]
	one := example{method: op.Method, contentType: "application/json", body: strings.ReplaceAll(probe.body, "{id}", "new"),
		path: op.Path("{user-id}", megan, "{activityStatistics-id}", seedID, "{property}", "timeZoneUsed", "{settings-property}", "hasLicense")}
	if len(probe.queries) > 0 {
		one.path += probe.queries[0]
	}
	if probe.isText {
		one.contentType = "text/plain"
	}
	if op.ID == "runBatch" {
		one.body = `{"requests":[{"id":"1","method":"GET","url":"/me/analytics"}]}`
	}
	return one
}

// sendExample sends an example with more headers.
func (c testClient) sendExample(one example, header ...string) testResponse {
	c.t.Helper()
	if strings.HasPrefix(one.path, "/beta/users") && !strings.HasPrefix(one.path, "/beta/users/") { // for applications alone
		c.token = c.appToken("Analytics.Read.All")
	}
	return c.send(one.method, one.path, one.body, append(header, "Content-Type", one.contentType)...)
}

// successMedia returns the media types of the successful responses of an operation.
func successMedia(op checked.Operation) []string {
	media := map[string]bool{}
	for status, response := range op.Responses.Map() {
		for name := range response.Value.Content {
			if status < "300" {
				media[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(media))
}

// TestAcceptOnEveryOperation checks that each operation with a body in its response accepts the media types that the
// contract gives it, and that any other Accept is 406 and has no effect (OData Protocol 8.2.1).
func TestAcceptOnEveryOperation(t *testing.T) {
	for _, op := range checked.Operations(t) {
		c := newTestClient(t)
		one := exampleOf(op)
		media := successMedia(op)
		if len(media) == 0 {
			c.sendExample(one, "Accept", "image/png").want(t, 204)
			continue
		}
		before := c.send("GET", collection, "").text
		for _, accept := range []string{"image/png", "*/*;q=0", strings.Join(media, ";q=0,") + ";q=0", strings.Join(media, ";x=1,") + ";x=1"} {
			c.sendExample(one, "Accept", accept).wantRefused(t, 406, "NotAcceptable", "Accept", "excludes the response: it is ")
		}
		if after := c.send("GET", collection, "").text; after != before {
			t.Errorf("%s changed %s to %s", op.ID, before, after)
		}
		if got := c.sendExample(one, "Accept", "image/png, "+media[0]); got.status >= 300 || !strings.HasPrefix(got.header.Get("Content-Type"), media[0]) {
			t.Errorf("%s: %d %s %s", op.ID, got.status, got.header.Get("Content-Type"), got.text)
		}
	}
}

// TestAcceptOfCount checks that $count is text for clients that accept JSON everywhere, as UI5 does (OData URL 4.8).
func TestAcceptOfCount(t *testing.T) {
	c := newTestClient(t)
	for _, accept := range []string{"application/json;odata.metadata=minimal;IEEE754Compatible=true", "text/plain", "text/plain;q=0.9", ""} {
		if got := c.send("GET", collection+"/$count", "", "Accept", accept).want(t, 200, "1"); got.header.Get("Content-Type") != "text/plain" {
			t.Errorf("%s: %v", accept, got.header)
		}
	}
	c.send("GET", collection+"/$count", "", "Accept", "application/xml").want(t, 406, "text/plain")
	c.send("GET", seedItem+"/duration/$value", "", "Accept", "application/json").want(t, 406, "text/plain")
}

// TestAcceptInBatch checks that each request of a batch has its own Accept, and not that of the batch.
func TestAcceptInBatch(t *testing.T) {
	c := newTestClient(t)
	got := c.send("POST", "/beta/$batch", `{"requests":[
		{"id":"1","method":"GET","url":"/me/analytics/activityStatistics/$count"},
		{"id":"2","method":"GET","url":"/me/analytics","headers":{"Accept":"text/html"}},
		{"id":"3","method":"GET","url":"/me/analytics","headers":{"Accept":"application/json;odata.metadata=none"}}]}`, "Accept", "application/json")
	got.want(t, 200, `"id":"1","status":200`, `"id":"2","status":406`, `"id":"3","status":200`, "odata.metadata=none")
}

// TestIEEE754Compatible checks that counts are text if numbers must fit into 53 bits (OData JSON 3.2).
func TestIEEE754Compatible(t *testing.T) {
	c := newTestClient(t)
	got := c.send("GET", collection+"?$count=true", "", "Accept", "application/json;odata.metadata=minimal;IEEE754Compatible=true").want(t, 200, `"@odata.count":"1"`)
	if label := got.header.Get("Content-Type"); label != "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=true;charset=utf-8" {
		t.Error(label)
	}
	const average = collection + "?$apply=compute(year(startDate)%20as%20year)/aggregate(year%20with%20average%20as%20mean,$count%20as%20n)"
	c.send("GET", average, "", "Accept", "application/json;IEEE754Compatible=true").want(t, 200, `"mean":"2019"`, `"n":"1"`)
	c.send("GET", average, "").want(t, 200, `"mean":2019`)
	c.send("GET", collection+"?$count=true", "", "Accept", "application/json;IEEE754Compatible=false").want(t, 200, `"@odata.count":1`)
	c.send("GET", collection+"?$count=true&$format=application/json;IEEE754Compatible=true", "").want(t, 200, `"@odata.count":"1"`)
}

// TestNoMetadata checks that only the count and the next link are left without metadata (OData JSON 3.1.3), and that the
// header ETag stays.
func TestNoMetadata(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	const none = "application/json;odata.metadata=none"
	for _, path := range []string{"/beta/", "/beta/me/analytics", "/beta/me/analytics/settings", seedItem, seedItem + "/duration", collection} {
		if got := c.send("GET", path, "", "Accept", none).want(t, 200); strings.Contains(got.text, "@") {
			t.Errorf("%s: %s", path, got.text)
		}
	}
	page := c.send("GET", collection+"?$top=2&$count=true", "", "Accept", none).want(t, 200, `"@odata.count":36`, `"@odata.nextLink":"`)
	if strings.Count(page.text, "@odata.") != 2 {
		t.Error(page.text)
	}
	got := c.send("GET", seedItem, "", "Accept", none).want(t, 200)
	c.send("PATCH", seedItem, `{"duration":"PT7H"}`, "If-Match", got.header.Get("ETag"), "Accept", none).want(t, 200, `"duration":"PT7H"`)
}

// TestMetadataFormats checks which of its two formats $metadata has (OData Protocol 11.1.2).
func TestMetadataFormats(t *testing.T) {
	c := newTestClient(t)
	for accept, want := range map[string]string{
		"": "application/xml", "*/*": "application/xml", "application/xml": "application/xml", "application/json": "application/json",
		"application/json;q=0.9, application/xml;q=0.8": "application/json", "application/*": "application/xml",
	} {
		if got := c.send("GET", "/beta/$metadata", "", "Accept", accept).want(t, 200); got.header.Get("Content-Type") != want {
			t.Errorf("%q: %v", accept, got.header)
		}
	}
	for format, want := range map[string]string{"json": "application/json", "application/json": "application/json", "xml": "application/xml", "application/xml": "application/xml"} {
		if got := c.send("GET", "/beta/$metadata"+formatOf(format), "", "Accept", "text/html").want(t, 200); got.header.Get("Content-Type") != want {
			t.Errorf("%q: %v", format, got.header)
		}
	}
	if got := c.send("GET", "/beta/$metadata?$format=json", "").object(t); got["$EntityContainer"] != "microsoft.graph.GraphService" {
		t.Errorf("%v", got)
	}
	c.send("GET", "/beta/$metadata?$format=atom", "").wantRefused(t, 406, "NotAcceptable", "$format", "it must be xml or application/xml or json or application/json")
}

// TestVary checks that caches know which headers the form of a response depends on (RFC 9110, 12.5.5).
func TestVary(t *testing.T) {
	c := newTestClient(t)
	const vary = "Accept, Prefer, OData-MaxVersion, SdkVersion"
	for path, want := range map[string]string{collection: vary, seedItem: vary, "/beta/me/analytics": vary, "/beta/$metadata": vary + ", Accept-Encoding", collection + "/$count": vary} {
		if got := c.send("GET", path, "").want(t, 200).header.Get("Vary"); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
}
