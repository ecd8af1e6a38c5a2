package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

const queryPath = collection + "/$query"

// TestBodyQuery checks that POST on $query answers what GET answers, wherever the options are, and that
// its next page is a GET (OData URL 4.17).
func TestBodyQuery(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		for _, row := range []struct{ inURL, inBody string }{
			{"", ""},
			{"", "$filter=activity%20eq%20'Call'&$orderby=startDate%20desc&$count=true&$top=3"},
			{"?$count=true&$top=3", "filter=activity%20eq%20@a&@a='Call'"},
			{"?@a='Call'", "%24filter=activity+eq+@a&$select=activity\r\n"},
			{"?$top=0", "$count=true"},
			{"", "$format=application/json;odata.metadata=full&$top=1"},
			{"?$filter=id%20eq%20'none'", "&"},
		} {
			query := strings.TrimPrefix(row.inURL, "?") + "&" + strings.TrimSpace(row.inBody)
			want := c.send("GET", collection+"?"+strings.Trim(query, "&"), "").want(t, 200)
			for _, media := range []string{"text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded"} {
				got := c.send("POST", queryPath+row.inURL, row.inBody, "Content-Type", media).want(t, 200)
				if got.text != want.text || got.header.Get("Content-Type") != want.header.Get("Content-Type") {
					t.Errorf("%s: %s %s: got %s, want %s", media, row.inURL, row.inBody, got.text, want.text)
				}
			}
		}
		first := c.send("POST", queryPath, "$filter=activity%20eq%20@a&@a='Call'&$top=4", "Content-Type", "text/plain", "Prefer", "odata.maxpagesize=2").want(t, 200).object(t)
		rest := c.idsOf(t, strings.TrimPrefix(first["@odata.nextLink"].(string), c.url), "id")
		if len(rest) != 5 {
			t.Errorf("%d statistics after the first two: %v", len(rest), rest)
		}
	})
}

// TestBodyQueryRefusals checks what $query refuses.
func TestBodyQueryRefusals(t *testing.T) {
	c := newTestClient(t)
	post := func(query, body string) testResponse {
		return c.send("POST", queryPath+query, body, "Content-Type", "text/plain")
	}
	post("?$top=1", "$top=1").want(t, 400, "The query option '$top' is given 2 times; give it once.")
	post("", "top=1&$top=1").want(t, 400, "given 2 times")
	post("", "$filter=duration%20gt%20x&colour=red").want(t, 400, `"target":"$filter"`, "There is no query option 'colour' here")
	post("", "$filter=activity%20eq%20'Call'\n$top=1").want(t, 400, "The query in the body has a line break")
	post("", "$apply=aggregate(x)").want(t, 501, "$apply")
	post("", "$format=xml").want(t, 406)
	post("", "$top=%zz").want(t, 400, "hexadecimal")
	post("", "$filter="+strings.Repeat("x", 40<<10)).want(t, 413, "32768")
	post("", strings.Repeat("@a=1&", 70)).want(t, 400, "send 64 at most")
	c.send("POST", queryPath, `{"$top":1}`).want(t, 415, "text/plain")
	c.send("GET", queryPath, "").want(t, 405)
	c.send("POST", collection+"/$count/$query", "$top=1", "Content-Type", "text/plain").want(t, 404)
	c.do(call{method: "POST", path: queryPath}).want(t, 401)
}

// TestBodyQueryOfNextLink checks that a query is as long as a request for the next page may be: the
// longest one that is taken has a next page that can be read, and a longer one is refused.
func TestBodyQueryOfNextLink(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	for _, row := range []struct{ aliases, status int }{{5, 200}, {7, 400}} {
		body := "$top=1&$filter=" + url.QueryEscape("timeZoneUsed ne '"+strings.Repeat("x", 3900)+"'")
		for i := range row.aliases {
			body += fmt.Sprintf("&@a%d=%s", i, strings.Repeat("'", 1200))
		}
		got := c.send("POST", queryPath, body, "Content-Type", "text/plain").want(t, row.status)
		if row.status == 400 {
			got.want(t, 400, "The query is too long: the URL of its next page would have ")
			continue
		}
		next, _ := got.object(t)["@odata.nextLink"].(string)
		if len(next) < 20<<10 {
			t.Errorf("a next link of %d bytes", len(next))
		}
		c.send("GET", strings.TrimPrefix(next, c.url), "").want(t, 200)
	}
}

// TestBodyQueryPermissions checks that $query needs the permission of a read, and that the settings
// forbid it as they forbid reading.
func TestBodyQueryPermissions(t *testing.T) {
	c := newTestClient(t)
	of := "/beta/users/" + megan + "/analytics/activityStatistics/$query"
	text := map[string]string{"Content-Type": "text/plain"}
	ask := func(path, token string) testResponse {
		return c.do(call{method: "POST", path: path, token: token, body: "$count=true", header: text})
	}
	ask(queryPath, c.userToken(megan, "Analytics.Read")).want(t, 200, `"@odata.count":1`)
	ask(of, c.appToken("Analytics.Read.All")).want(t, 200, `"@odata.count":1`)
	ask(of, c.userToken(lee, "Analytics.Read")).want(t, 403)
	ask(queryPath, c.userToken(megan, "User.Read")).want(t, 403)
	batch := c.send("POST", "/beta/$batch", `{"requests":[{"id":"1","method":"POST","url":"/me/analytics/activityStatistics/$query?$count=true",
		"headers":{"Content-Type":"text/plain"},"body":"$filter=activity%20eq%20'Call'"}]}`)
	batch.want(t, 200, `"id":"1","status":200`, `"@odata.count":1`)
	c.send("PATCH", "/beta/me/analytics/settings", `{"hasOptedOut":true}`).want(t, 200)
	ask(queryPath, c.token).want(t, 403)
}
