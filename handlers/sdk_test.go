package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestSDKRequests checks requests that official Microsoft Graph SDKs were seen to send. Each subtest
// is one finding, by its number.
func TestSDKRequests(t *testing.T) {
	const batch = "/beta/$batch"
	for name, test := range map[string]func(*testing.T, testClient){
		"01 gzip bodies": func(t *testing.T, c testClient) {
			c.send("PATCH", seedItem, gzipped(t, `{"duration":"PT2S"}`), "Content-Encoding", "gzip").want(t, 200, `"PT2S"`)
			c.send("POST", collection, gzipped(t, `{"@odata.type":"#microsoft.graph.focusActivityStatistics"}`), "Content-Encoding", "gzip").want(t, 201)
			c.send("POST", batch, gzipped(t, `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/settings"}]}`), "Content-Encoding", "gzip").want(t, 200, `"status":200`)
		},
		"02 bodies labelled gzip that are plain, or compressed again at each retry": func(t *testing.T, c testClient) {
			plain := `{"duration":"PT2S"}`
			once := gzipped(t, plain)
			for _, body := range []string{plain, once, gzipped(t, once), gzipped(t, gzipped(t, once))} {
				c.send("PATCH", seedItem, body, "Content-Encoding", "gzip").want(t, 200, `"PT2S"`)
			}
		},
		"03 chunked bodies": func(t *testing.T, c testClient) {
			request, err := http.NewRequestWithContext(t.Context(), "PATCH", c.url+seedItem, struct{ *strings.Reader }{strings.NewReader(`{"duration":"PT2S"}`)})
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+c.token)
			request.Header.Set("Content-Type", "application/json")
			response, err := c.client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if request.ContentLength != 0 || response.StatusCode != 200 {
				t.Errorf("%s", response.Status)
			}
		},
		"04 GET labelled gzip without a body": func(t *testing.T, c testClient) {
			c.send("GET", seedItem, "", "Content-Encoding", "gzip").want(t, 200)
		},
		"05 read-only members and annotations in a PATCH": func(t *testing.T, c testClient) {
			c.send("PATCH", seedItem, `{"@odata.context":"x","@odata.etag":"W/\"x\"","duration@odata.type":"#Duration","id":"`+seedID+`","duration":"PT2S","@odata.type":"#microsoft.graph.callActivityStatistics"}`).want(t, 200, `"PT2S"`)
			c.send("PATCH", seedItem, `{"duration":"PT3S"}`).want(t, 200, `"PT3S"`)
		},
		"06 a PATCH without changes": func(t *testing.T, c testClient) {
			before := c.send("GET", seedItem, "").text
			c.send("PATCH", seedItem, `{}`).want(t, 200, before)
			c.send("PATCH", seedItem, `{"@odata.context":"x","@odata.etag":"y"}`).want(t, 200, before)
		},
		"07 members that stand twice": func(t *testing.T, c testClient) {
			c.send("PATCH", seedItem, `{"duration":"PT1S","duration":"PT2S","timeZoneUsed":null,"timeZoneUsed":null}`).want(t, 200, `"duration":"PT2S"`, `"timeZoneUsed":null`)
		},
		"08 nulls": func(t *testing.T, c testClient) {
			c.send("PATCH", seedItem, `{"timeZoneUsed":null}`).want(t, 200, `"timeZoneUsed":null`)
			c.send("PATCH", seedItem, `{"activity":null}`).want(t, 400, `"target":"activity"`)
			c.send("PATCH", seedItem, `{"activity":"null"}`).want(t, 400, `"target":"activity"`)
			c.send("PATCH", seedItem, `{"odataType":null,"duration":"PT2S"}`).want(t, 200, `"PT2S"`)
		},
		"09 names of query options": func(t *testing.T, c testClient) {
			for _, name := range []string{"$filter", "%24filter", "filter", "$FILTER", "Filter"} {
				c.send("GET", collection+"?"+name+"=id%20eq%20%27none%27", "").want(t, 200, `"value":[]`)
			}
			c.send("GET", collection+"?$select=activity,duration&$orderby=startDate%20desc,duration", "").want(t, 200, `"duration":"PT1H"`)
			c.send("POST", batch, `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/activityStatistics?%24filter=id%20eq%20%27none%27"}]}`).want(t, 200, `"value":[]`)
		},
		"10 enum literals as users write them": func(t *testing.T, c testClient) {
			c.send("GET", collection+"?$filter=activity%20eq%20'Call'", "").want(t, 200, seedID)
		},
		"11 any Accept": func(t *testing.T, c testClient) {
			for _, accept := range []string{"", "*/*", "application/json"} {
				c.send("GET", collection, "", "Accept", accept).want(t, 200)
				c.send("GET", collection+"/$count", "", "Accept", accept).want(t, 200, "1")
			}
			c.send("GET", collection+"/$count", "", "Accept", "text/plain;q=0.9").want(t, 200, "1")
		},
		"12 two slashes": func(t *testing.T, c testClient) {
			got := c.do(call{method: "GET", path: "/beta//me/analytics/activityStatistics/" + seedID, as: seedItem, token: c.token})
			got.want(t, 200, seedID)
		},
		"13 nothing is redirected": func(t *testing.T, c testClient) {
			for _, path := range []string{seedItem + "/", "/beta/me/analytics/../analytics/activityStatistics/" + seedID, "//beta/ME/analytics/activitystatistics/" + seedID} {
				if got := c.do(call{method: "PATCH", path: path, as: seedItem, token: c.token, body: `{"duration":"PT2S"}`}); got.status >= 300 && got.status < 400 {
					t.Errorf("%s: %d", path, got.status)
				}
			}
		},
		"14 served under /beta": func(t *testing.T, c testClient) {
			c.send("GET", "/beta/me/analytics/activityStatistics", "").want(t, 200)
		},
		"33 forms of batch requests": func(t *testing.T, c testClient) {
			for _, request := range []string{
				`{"id":"1","method":"GET","url":"/me/analytics/settings","body":null,"dependsOn":[],"headers":{}}`,
				`{"id":"1","method":"get","url":"/beta/me/analytics/settings"}`,
				`{"id":"1","method":"GET","url":"` + c.url + `/beta/me/analytics/settings","depends_on":[]}`,
				`{"id":"1","method":"PATCH","url":"/me/analytics/settings","headers":{"content-type":"application/json"},"body":{"hasLicense":true}}`,
				`{"id":"1","method":"PATCH","url":"/me/analytics/settings","headers":{"content-type":"application/json","Content-Type":"application/json"},"body":{"hasLicense":true}}`,
				`{"id":"1","method":"PATCH","url":"/me/analytics/settings","body":"eyJoYXNMaWNlbnNlIjp0cnVlfQ=="}`,
			} {
				c.send("POST", batch, `{"requests":[`+request+`]}`).want(t, 200, `"id":"1","status":200`, `"hasLicense":true`)
			}
			c.send("POST", batch, `{"requests":[`+strings.Repeat(`{"id":"1","method":"GET","url":"/me"},`, 20)+`{"id":"2","method":"GET","url":"/me"}]}`).want(t, 400)
		},
		"35 ids": func(t *testing.T, c testClient) {
			for _, id := range []string{"945f7e0b-7e0b-945f-0b7e-5f940b7e5f95", "a.b_c~d-e"} {
				c.send("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"`+id+`"}`).want(t, 201)
				c.send("GET", collection+"/"+id, "").want(t, 200)
			}
			for _, id := range []string{"a/b", "a+b"} {
				c.send("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"`+id+`"}`).want(t, 400, `"target":"id"`)
			}
		},
		"durations as SDKs write them": func(t *testing.T, c testClient) {
			for text, canonical := range map[string]string{"P": "PT0S", "P1W1DT1H": "P8DT1H", "PT-1M-55.0810357S": "-PT1M55.0810357S", "-1 day, 23:58:04.918964": "-PT1M55.081036S"} {
				c.send("PATCH", seedItem, `{"duration":"`+text+`"}`).want(t, 200, `"duration":"`+canonical+`"`)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, newTestClient(t)) })
	}
}

// TestSDKResponses checks what official Microsoft Graph SDKs were seen to need of responses. Each
// subtest is one finding, by its number.
func TestSDKResponses(t *testing.T) {
	const batch = "/beta/$batch"
	typed := `"@odata.type":"#microsoft.graph.callActivityStatistics"`
	for name, test := range map[string]func(*testing.T, testClient){
		"15 the type of every entity": func(t *testing.T, c testClient) {
			for _, path := range []string{seedItem, collection, collection + "?$select=duration", seedItem + "?$select=duration", "/beta/me/analytics?$expand=activityStatistics"} {
				for _, accept := range []string{"", "application/json", "application/json;odata.metadata=full"} {
					c.send("GET", path, "", "Accept", accept).want(t, 200, typed)
				}
			}
		},
		"16 enum values": func(t *testing.T, c testClient) { c.send("GET", seedItem, "").want(t, 200, `"activity":"Call"`) },
		"17 dates": func(t *testing.T, c testClient) {
			c.send("GET", seedItem, "").want(t, 200, `"startDate":"2019-06-16"`)
			c.send("PATCH", seedItem, `{"startDate":null}`).want(t, 200, `"startDate":null`)
		},
		"18 durations": func(t *testing.T, c testClient) {
			for text, canonical := range map[string]string{`"-PT1M55.0810357S"`: `"-PT1M55.0810357S"`, `"PT0M"`: `"PT0S"`, `"PT168H"`: `"P7D"`, `null`: `null`} {
				c.send("PATCH", seedItem, `{"duration":`+text+`}`).want(t, 200, `"duration":`+canonical)
			}
			go30 := c.send("PATCH", seedItem, `{"duration":"PT30S"}`, "SdkVersion", "graph-go-beta/0.135.0, graph-go-core/1.3.2 (hostOS=linux)")
			go30.want(t, 200, `"duration":"PT30.0S"`) // that SDK reads PT30S as zero
			c.send("GET", seedItem, "", "SdkVersion", "graph-js/3.0.7").want(t, 200, `"duration":"PT30S"`)
		},
		"19 property names by their case": func(t *testing.T, c testClient) {
			c.send("GET", seedItem, "").want(t, 200, `"timeZoneUsed"`, `"afterHours"`)
		},
		"20 statuses and bodies of writes": func(t *testing.T, c testClient) {
			c.send("PATCH", seedItem, `{"duration":"PT2S"}`).want(t, 200, typed)
			c.send("POST", collection, `{`+typed+`}`).want(t, 201, typed)
			if got := c.send("DELETE", seedItem, ""); got.status != 204 || got.text != "" {
				t.Errorf("DELETE: %d %s", got.status, got.text)
			}
		},
		"21 Content-Type": func(t *testing.T, c testClient) {
			for _, got := range []testResponse{c.send("GET", seedItem, ""), c.send("GET", "/beta/nowhere", ""), c.send("PATCH", seedItem, "[]")} {
				if !strings.HasPrefix(got.header.Get("Content-Type"), "application/json;") || got.text == "null" {
					t.Errorf("%v %s", got.header, got.text)
				}
			}
		},
		"22 $count": func(t *testing.T, c testClient) {
			got := c.send("GET", collection+"/$count?$filter=activity%20eq%20'Call'", "")
			if got.text != "1" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
				t.Errorf("%q %v", got.text, got.header)
			}
		},
		"23 lists": func(t *testing.T, c testClient) {
			c.send("GET", collection+"?$count=true&$filter=id%20eq%20'none'", "").want(t, 200, `"@odata.count":0,"value":[]`)
		},
		"24 next links": func(t *testing.T, c testClient) {
			for i := range 5 {
				c.send("POST", collection, fmt.Sprintf(`{`+typed+`,"id":"n%d","timeZoneUsed":"a b+c{d}&e"}`, i)).want(t, 201)
			}
			path := collection + "?$top=2&$filter=timeZoneUsed%20eq%20'a%20b%2Bc%7Bd%7D%26e'&$orderby=id%20desc&$select=timeZoneUsed&$count=true"
			seen := map[string]bool{}
			ids := 0
			for path != "" {
				got := c.send("GET", path, "").want(t, 200, `"@odata.count":5`).object(t)
				ids += len(got["value"].([]any))
				next, _ := got["@odata.nextLink"].(string)
				if next != "" && !strings.HasPrefix(next, c.url+"/beta/") || seen[next] || strings.ContainsAny(next, "{} ") {
					t.Fatalf("next link %q", next)
				}
				seen[next] = true
				path = strings.TrimPrefix(next, c.url)
			}
			if ids != 5 || len(seen) != 3 {
				t.Errorf("%d statistics on %d pages", ids, len(seen))
			}
		},
		"25 errors are JSON on every path": func(t *testing.T, c testClient) {
			for path, status := range map[string]int{"/": 404, "/beta/nowhere": 404, collection + "/none": 404, collection + "?$top=x": 400, "/beta/$metadata?x=1": 400} {
				if got := c.send("GET", path, "").want(t, status).failure(t); got.Code == "" || got.Message == "" {
					t.Errorf("%s: %+v", path, got)
				}
			}
			c.send("POST", seedItem, "{}").want(t, 405, `"message":"`)
			c.do(call{method: "GET", path: seedItem}).want(t, 401, `"message":"`)
		},
		"26 innerError": func(t *testing.T, c testClient) {
			got := c.send("GET", collection+"/none", "", "client-request-id", "mine")
			if !regexp.MustCompile(`"innerError":\{"client-request-id":"mine","date":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d","request-id":"[0-9a-f-]{36}"\}`).MatchString(got.text) {
				t.Error(got.text)
			}
		},
		"27 conditions": func(t *testing.T, c testClient) {
			tag := c.send("GET", seedItem, "").header.Get("ETag")
			c.send("GET", seedItem, "", "If-None-Match", tag).want(t, 304)
			c.send("PATCH", seedItem, `{}`, "If-Match", `"x"`).want(t, 412, `"code":"resourceModified"`)
			c.send("POST", collection, `{`+typed+`,"id":"`+seedID+`"}`).want(t, 409, `"code":"nameAlreadyExists"`)
		},
		"28 no claims in a challenge": func(t *testing.T, c testClient) {
			if got := c.do(call{method: "GET", path: seedItem, token: "x.y.z"}); strings.Contains(got.header.Get("WWW-Authenticate"), "claims=") {
				t.Errorf("%v", got.header)
			}
		},
		"29 Retry-After in seconds": func(t *testing.T, c testClient) {
			if err := c.store.Close(); err != nil {
				t.Fatal(err)
			}
			if got := c.send("GET", seedItem, "").want(t, 503); got.header.Get("Retry-After") != "1" {
				t.Errorf("%v", got.header)
			}
		},
		"30 the entity tag in header and body": func(t *testing.T, c testClient) {
			if got := c.send("GET", seedItem, ""); got.object(t)["@odata.etag"] != got.header.Get("ETag") {
				t.Errorf("%v %s", got.header, got.text)
			}
		},
		"31 responses have no encoding that was not asked for": func(t *testing.T, c testClient) {
			if got := c.send("GET", seedItem, "", "Accept-Encoding", "identity"); got.header.Get("Content-Encoding") != "" {
				t.Errorf("%v", got.header)
			}
		},
		"32 responses of a batch": func(t *testing.T, c testClient) {
			got := c.send("POST", batch, `{"requests":[{"id":"A b","method":"DELETE","url":"/me/analytics/activityStatistics/`+seedID+`"},
				{"id":"c","method":"GET","url":"/me/analytics/activityStatistics/none"}]}`).want(t, 200)
			var response struct {
				Responses []struct {
					ID      string
					Status  int
					Headers map[string]string
					Body    map[string]any
				}
			}
			if err := json.Unmarshal([]byte(got.text), &response); err != nil {
				t.Fatal(err)
			}
			first, second := response.Responses[0], response.Responses[1]
			if first.ID != "A b" || first.Status != 204 || first.Body != nil || strings.Count(got.text, `"body"`) != 1 {
				t.Errorf("%+v", first)
			}
			if second.ID != "c" || second.Status != 404 || !strings.HasPrefix(second.Headers["Content-Type"], "application/json") || second.Body["error"] == nil {
				t.Errorf("%+v", second)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, newTestClient(t)) })
	}
}
