package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// batchAttacks returns attacks by batches that must be refused as a whole.
func batchAttacks(token string) []attack {
	batch := func(name, body, target, part string) attack {
		return attack{"batch: " + name, message(token, "POST /beta/$batch HTTP/1.1", body), http.StatusBadRequest, "BadRequest", target, part, ""}
	}
	remove := func(n int) string {
		return strings.TrimSuffix(members(`{"id":"%d","method":"DELETE","url":"/me/analytics/activityStatistics/`+seedID+`"},`, n), ",")
	}
	one := func(more string) string {
		return `{"requests":[{"id":"1","method":"DELETE","url":"/me/analytics/activityStatistics/` + seedID + `",` + more + `}]}`
	}
	return []attack{
		batch("21 requests", `{"requests":[`+remove(21)+`]}`, "requests", "at most 20"),
		batch("1,000 requests", `{"requests":[`+remove(1000)+`]}`, "requests", "at most 20"),
		batch("300,000 requests", `{"requests":[{}`+strings.Repeat(",{}", 300_000)+`]}`, "", "it has more than 5000 values"),
		batch("100,000 dependencies", one(`"dependsOn":[null`+strings.Repeat(",null", 100_000)+`]`), "", "it has more than 5000 values"),
		batch("4,900 dependencies", one(`"dependsOn":[null`+strings.Repeat(",null", 4900)+`]`), "requests/0/dependsOn", "at most 20"),
		batch("80,000 headers", one(`"headers":{"h":1`+members(`,"h%d":1`, 80_000)+`}`), "", "it has more than 5000 values"),
		batch("4,900 headers", one(`"headers":{"h":1`+members(`,"h%d":1`, 4900)+`}`), "requests/0/headers", "at most 100"),
		batch("itself as a dependency", one(`"dependsOn":["1"]`), "requests/0/dependsOn", ""),
		batch("a ring of dependencies", `{"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":["2"]},{"id":"2","method":"GET","url":"/me","dependsOn":["1"]}]}`, "requests/0/dependsOn", ""),
		batch("an unknown dependency", one(`"dependsOn":["9"]`), "requests/0/dependsOn", ""),
		batch("an id twice", `{"requests":[`+remove(1)+","+remove(1)+`]}`, "requests/1/id", ""),
		batch("no requests", `{}`, "requests", "is required"), batch("null", `{"requests":null}`, "requests", ""), batch("no array", `{"requests":{"length":1}}`, "requests", "must be a JSON array"),
		batch("no objects", `{"requests":[[[[]]]]}`, "requests/0", "must be a JSON object"), batch("depth", `{"requests":[{"id":"1","method":"POST","url":"/me","body":`+strings.Repeat("[", 500000)+`}]}`, "", "Unable to read JSON request payload"),
	}
}

// TestAttacksInABatch checks that a request within a batch is refused as it would be alone. Some
// requests are refused because only a batch can send them. Nothing changes.
func TestAttacksInABatch(t *testing.T) {
	c := newTestClient(t)
	before := c.send("GET", collection, "").text
	item := func(method, url, more string) string {
		return fmt.Sprintf(`{"requests":[{"id":"1","method":%q,"url":%q%s}]}`, method, url, more)
	}
	const typed = `,"headers":{"Content-Type":"application/json"}`
	create := func(id string) string {
		return item("POST", "/me/analytics/activityStatistics", typed+fmt.Sprintf(`,"body":{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q}`, id))
	}
	for name, test := range map[string]struct {
		body   string
		status int
		parts  []string
	}{
		"a batch":                      {item("POST", "/$batch", typed+`,"body":{"requests":[]}`), 400, []string{"must not contain a batch"}},
		"a batch, escaped":             {item("POST", "/%24batch", typed+`,"body":{"requests":[]}`), 400, []string{"must not contain a batch"}},
		"a batch in another case":      {item("POST", "//$BATCH//", typed+`,"body":{"requests":[]}`), 400, []string{"must not contain a batch"}},
		"another host":                 {item("GET", "http://169.254.169.254/latest/meta-data", ""), 400, []string{"the requests of a batch must be for its own host"}},
		"another host by two slashes":  {item("GET", "//169.254.169.254/latest", ""), 404, []string{"ResourceNotFound"}},
		"another scheme":               {item("GET", "file:///etc/passwd", ""), 404, []string{"ResourceNotFound"}},
		"a name before the host":       {item("GET", "http://afterhours@169.254.169.254/", ""), 400, []string{"the requests of a batch must be for its own host"}},
		"beyond the API":               {item("GET", "/../openapi.yaml", ""), 404, []string{"ResourceNotFound"}},
		"an end of line in the url":    {item("GET", "/me/analytics\r\nX: y", ""), 400, []string{"is not a valid url"}},
		"TRACE":                        {item("TRACE", "/me/analytics", ""), 405, []string{"Request_BadRequest"}},
		"a method with a space":        {item("GET / HTTP/1.1\r\n\r\nDELETE", "/me/analytics/activityStatistics/"+seedID, ""), 400, nil},
		"a header with an end of line": {item("DELETE", "/me/analytics/activityStatistics/"+seedID, `,"headers":{"If-Match":"\"x\"\r\nX: y"}`), 400, nil},
		"a token of its own":           {item("GET", "/users/"+lee+"/analytics/settings", `,"headers":{"Authorization":"Bearer x"}`), 400, []string{"Authorization"}},
		"an id with an end of line":    {create("a\r\nb"), 400, []string{`"target":"id"`}},
		"an id of bidi override":       {create("a\u202eb"), 400, []string{`"target":"id"`}},
		"an unknown reference":         {item("DELETE", "$2", ""), 400, []string{"must be named in dependsOn"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.send("POST", "/beta/$batch", test.body)
			if got.status != 200 && got.status != test.status {
				t.Fatalf("%d %s", got.status, got.text)
			}
			if got.status == 200 {
				got.want(t, 200, append(test.parts, fmt.Sprintf(`"status":%d`, test.status))...)
			}
			if after := c.send("GET", collection, "").text; after != before {
				t.Errorf("something changed: %s", after)
			}
		})
	}
}
