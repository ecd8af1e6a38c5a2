package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestNotImplemented checks that a construct of OData that the server lacks is 501 with its name
// (OData Protocol 9.3.1), in any spelling of an option's name, in batches too. It is 400 if another
// part of the query is wrong.
func TestNotImplemented(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.createSeed()
		for query, part := range map[string]string{
			"?$search=call":                            "the query option '$search'",
			"?SEARCH=call":                             "the query option '$search'",
			"/$count?$search=call":                     "the query option '$search'",
			"?$compute=duration mul 2 as twice":        "the query option '$compute'",
			"/" + seedID + "?$compute=duration as d":   "the query option '$compute'",
			"?$filter=geo.length(id) eq 1":             "the function geo.length",
			"?$filter=activity has 'Call'":             "the operator has",
			"?$filter=id has 'a'&$search=call&$top=1":  "in 2 places",
			"/$count?$filter=hassubset(id,id) eq true": "the function hassubset",
		} {
			got := c.send("GET", collection+strings.ReplaceAll(query, " ", "%20"), "").want(t, http.StatusNotImplemented, part)
			if code := got.failure(t).Code; code != "notImplemented" {
				t.Errorf("%s: the code is %s", query, code)
			}
		}
		for query, part := range map[string]string{
			"?$search=call&$top=x":                "'$top'",
			"?$search=call&$filter=colour eq 1":   "2 places",
			"?$filter=colour.length(id) eq 1":     "expected one of the functions",
			"/" + seedID + "?$search=call":        "There is no query option '$search'",
			"/" + seedID + "/duration?$compute=a": "There is no query option '$compute'",
		} {
			c.send("GET", collection+strings.ReplaceAll(query, " ", "%20"), "").want(t, http.StatusBadRequest, part)
		}
	})
}
