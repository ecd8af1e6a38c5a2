package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// TestKeyForms reads and writes one statistic by every form of its key (OData URL 4.3.1 and 5.3.2).
func TestKeyForms(t *testing.T) {
	c := newTestClient(t)
	for _, key := range []string{"('KEY')", "(id='KEY')", "(ID='KEY')", "%28id%3D%27KEY%27%29", "(@k)?@k='KEY'", "(id=@k)?%40k=%27KEY%27", "(@k)?@unused=1&@k='KEY'"} {
		path := collection + strings.ReplaceAll(key, "KEY", seedID)
		as := func(method string, body string, header ...string) testResponse {
			one := call{method: method, path: path, as: seedItem, token: c.token, body: body}
			if header != nil {
				one.header = map[string]string{header[0]: header[1]}
			}
			return c.do(one)
		}
		tag := as("GET", "").want(t, 200, `"id":"`+seedID+`"`).header.Get("ETag")
		as("PATCH", `{"duration":"PT3H"}`, "If-Match", tag).want(t, 200)
		as("PATCH", `{"duration":"PT1H"}`, "If-Match", tag).want(t, 412)
		as("PATCH", `{"duration":"PT1H"}`).want(t, 200)
	}
	of := strings.Replace(seedItem, "/me/", "/users(id=@u)/", 1)
	c.do(call{method: "GET", path: of + "/duration?@u='" + megan + "'", as: seedItem + "/duration", token: c.token}).want(t, 200, "PT1H")
}

// TestKeyRefusals checks what is said about a key that cannot be read.
func TestKeyRefusals(t *testing.T) {
	c := newTestClient(t)
	for path, message := range map[string]string{
		collection + "(name='x')":              "A key is the id alone: activityStatistics(id='...').",
		collection + "(id='x',id='y')":         "A key is the id alone",
		collection + "(x)":                     "Put a key in parentheses in single quotes: activityStatistics('x').",
		collection + "(id=x)":                  "Put a key in parentheses in single quotes: activityStatistics('x').",
		collection + "(@k)":                    "Give the key a text in the query: ?@k='...'.",
		collection + "(id=@k)?@k=5":            "Give the key a text in the query: ?@k='...'.",
		collection + "(@k)?@k=@j&@j='x'":       "Give the key a text in the query: ?@k='...'.",
		"/beta/users(@u)/analytics?@U='megan'": "Give the key a text in the query: ?@u='...'.",
	} {
		c.send("GET", path, "").want(t, 404, message)
	}
	c.send("GET", collection+"(@k)?@k='"+seedID+"'&@k='x'", "").want(t, 400, "'@k' is given 2 times")
	c.send("GET", seedItem+"?@1=x", "").want(t, 400, "There is no query option '@1' here")
}

// TestKeyFormsInBatch checks that a batch takes every form of a key, and counts its lists with it.
func TestKeyFormsInBatch(t *testing.T) {
	w := newTestServer(t, memory.New())
	w.createSeed()
	got := w.do(call{method: http.MethodPost, path: "/beta/$batch", token: w.userToken(megan, "Analytics.ReadWrite"), body: `{"requests":[
		{"id":"1","method":"GET","url":"/me/analytics/activityStatistics(id='` + seedID + `')"},
		{"id":"2","method":"PATCH","url":"/me/analytics/activityStatistics(@k)?@k='` + seedID + `'","body":{"duration":"PT2H"},
			"headers":{"If-Match":"$1"},"dependsOn":["1"]},
		{"id":"3","method":"GET","url":"/users(@u)/analytics/activityStatistics?@u='` + megan + `'","dependsOn":["2"]}]}`})
	got.want(t, 200, `"duration":"PT2H"`, `"id":"3","status":200`)
}
