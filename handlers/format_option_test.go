package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// spaced escapes the spaces of a query.
func spaced(query string) string { return strings.ReplaceAll(query, " ", "%20") }

// formatOf returns the query option $format with the value.
func formatOf(value string) string { return "?$format=" + url.QueryEscape(value) }

// TestFormatOnEveryOperation checks that each operation with a JSON response takes $format=json, and a bare value
// $format=text/plain, that they refuse any other format, and that no other operation takes $format. $metadata, which is also XML, has a test of its own.
func TestFormatOnEveryOperation(t *testing.T) {
	bodies := map[string]string{"POST": `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`, "PATCH": `{}`, "PUT": `{"value":null}`}
	for _, op := range checked.Operations(t) {
		c := newTestClient(t)
		if op.Template == "/$metadata" {
			continue
		}
		path, body := op.Path("{user-id}", megan, "{activityStatistics-id}", seedID, "{property}", "duration", "{settings-property}", "hasLicense"), bodies[op.Method]
		if op.ID == "listUsers" {
			c.token = c.appToken("Analytics.Read.All")
		}
		more := ""
		if strings.HasSuffix(op.Template, "/$apply") {
			more = spaced("&$apply=aggregate($count as n)")
		}
		if op.ID == "replaceMyStatistic" || op.ID == "replaceUserStatistic" {
			body = `{}`
		}
		if strings.HasSuffix(path, "$batch") {
			body = `{"requests":[{"id":"1","method":"GET","url":"/me/analytics?$format=json"},{"id":"2","method":"GET","url":"/me/analytics?$format=xml"}]}`
		}
		var media []string
		if op.RequestBody != nil && op.RequestBody.Value.Content["text/plain"] != nil {
			media = []string{"Content-Type", "text/plain"}
		}
		if strings.HasSuffix(path, "$query") {
			body = "$top=1"
		}
		ok := op.Responses.Status(http.StatusOK)
		if op.Method == "POST" && ok == nil {
			ok = op.Responses.Status(http.StatusCreated)
		}
		if op.Method == "GET" && strings.HasSuffix(path, "$value") {
			c.send("GET", path+"?$format=json", "", "Accept", "text/plain").wantRefused(t, 406, "NotAcceptable", "$format", "it must be text/plain, as in $format=text/plain.")
			c.send("GET", path+formatOf("text/plain"), "", "Accept", "application/json").want(t, 200)
			c.send("GET", path+formatOf("text/plain;charset=utf-8"), "").want(t, 200)
			continue
		}
		if ok == nil || ok.Value.Content["application/json"] == nil || strings.HasSuffix(path, "$value") {
			c.send(op.Method, path+"?$format=json", body, media...).want(t, 400, "There is no query option '$format' here")
			continue
		}
		c.send(op.Method, path+"?$format=xml"+more, body, media...).wantRefused(t, 406, "NotAcceptable", "$format", "'$format' is 'xml'; it must be json")
		if got := c.send(op.Method, path+"?$format=json"+more, body, media...); got.status != http.StatusOK && got.status != http.StatusCreated ||
			!strings.HasPrefix(got.header.Get("Content-Type"), "application/json;odata.metadata=minimal") {
			t.Errorf("%s %s: %d %s", op.Method, path, got.status, got.text)
		}
	}
}

// TestFormatValues checks which values $format may have, and that it counts before Accept.
func TestFormatValues(t *testing.T) {
	c := newTestClient(t)
	for value, level := range map[string]string{
		"json": "minimal", "JSON": "minimal", "application/json": "minimal", "application/json;odata.metadata=none": "none",
		"application/json; odata.metadata=full; charset=utf-8": "full", "application/json;metadata=none": "none",
	} {
		got := c.send("GET", seedItem+formatOf(value), "", "Accept", "application/json;odata.metadata=full").want(t, 200)
		if !strings.Contains(got.header.Get("Content-Type"), "odata.metadata="+level+";") {
			t.Errorf("%s: %v", value, got.header)
		}
	}
	if got := c.send("GET", seedItem+"?format=application/json;odata.metadata=none", "").want(t, 200); strings.Contains(got.text, "@odata.context") {
		t.Errorf("without $ and escapes: %s", got.text)
	}
	for _, value := range []string{"xml", "atom", "application/xml", "text/html", "*/*", "json,xml", "application/json,application/xml", "<b>", "application/jsonx"} {
		c.send("GET", seedItem+formatOf(value), "").want(t, 406)
	}
	c.send("GET", seedItem+"?$format=", "").want(t, 400)
	c.send("GET", seedItem+"?$format=json&$format=json", "").want(t, 400, "give it once")
}

// TestFormatRefusesBeforeItWrites checks that a 406 has no effect.
func TestFormatRefusesBeforeItWrites(t *testing.T) {
	c := newTestClient(t)
	before := c.send("GET", seedItem, "").text
	c.send("PATCH", seedItem+"?$format=atom", `{"duration":"PT5H"}`).want(t, 406)
	if after := c.send("GET", seedItem, "").text; after != before {
		t.Errorf("%s, before: %s", after, before)
	}
}

// TestFormatOfNextLink checks that the next page has the format of the first.
func TestFormatOfNextLink(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	first := c.send("GET", collection+formatOf("application/json;odata.metadata=full")+"&$top=2", "").want(t, 200).object(t)
	next, _ := first["@odata.nextLink"].(string)
	second := c.send("GET", strings.TrimPrefix(next, c.url), "").want(t, 200)
	if !strings.Contains(second.header.Get("Content-Type"), "odata.metadata=full") {
		t.Errorf("%s: %v", next, second.header)
	}
}
