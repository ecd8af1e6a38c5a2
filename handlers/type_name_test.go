package handlers_test

import "testing"

// TestTypeNames checks each way to name the type of a statistic in a write (OData JSON 4.6.3): by the cast
// in the URL, with and without #, and by the URL of $metadata.
func TestTypeNames(t *testing.T) {
	c := newTestClient(t)
	for i, name := range []string{
		"#microsoft.graph.callActivityStatistics", "microsoft.graph.callActivityStatistics", c.url + "/beta/$metadata#microsoft.graph.callActivityStatistics",
		"$metadata#microsoft.graph.callActivityStatistics", "../../../$metadata#microsoft.graph.callActivityStatistics",
	} {
		body := `{"@odata.type":"` + name + `"}`
		c.send("POST", collection, body).want(t, 201, callType)
		c.send("PATCH", seedItem, body).want(t, 200, callType)
		c.send("PUT", collection+"/new"+string(rune('a'+i)), body, "If-None-Match", "*").want(t, 201, callType)
		c.send("PATCH", seedItem, `{"@odata.type":"`+name+`x"}`).wantRefused(t, 400, "BadRequest", "@odata.type", "it must be one of")
	}
	c.send("PATCH", "/beta/me/analytics", `{"@odata.type":"microsoft.graph.userAnalytics"}`).want(t, 200)
	for _, name := range []string{"https://example.com/x#microsoft.graph.callActivityStatistics", "callActivityStatistics", "##microsoft.graph.callActivityStatistics", "#microsoft.graph.callActivityStatistics#", ""} {
		c.send("POST", collection, `{"@odata.type":"`+name+`"}`).wantRefused(t, 400, "BadRequest", "@odata.type", "it must be one of")
	}
}

// TestCastGivesType checks that the type in the URL is that of a creation without @odata.type, and that
// another one in the body is refused.
func TestCastGivesType(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		post := func(cast, body string) testResponse {
			return c.do(call{method: "POST", path: collection + "/microsoft.graph." + cast + "ActivityStatistics", as: collection, token: c.token, body: body})
		}
		post("email", `{"readEmail":"PT1H"}`).want(t, 201, `"@odata.type":"#microsoft.graph.emailActivityStatistics"`, `"readEmail":"PT1H"`)
		post("CALL", `{"@odata.type":"microsoft.graph.callActivityStatistics"}`).want(t, 201, callType)
		post("call", `{"readEmail":"PT1H"}`).wantRefused(t, 400, "BadRequest", "readEmail", "There is no property 'readEmail' here")
		post("call", `{"@odata.type":"#microsoft.graph.chatActivityStatistics"}`).wantRefused(t, 400, "BadRequest", "@odata.type", "which is the type in the URL")
		post("call", `{"@odata.type":null}`).wantRefused(t, 400, "BadRequest", "@odata.type", "it must be")
		c.send("POST", collection, `{}`).wantRefused(t, 400, "BadRequest", "@odata.type", "is missing")
	})
}
