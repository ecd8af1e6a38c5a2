package handlers_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/contract/checked"
)

// TestPatternsHaveWords checks that each pattern that a request can break has words in the contract.
func TestPatternsHaveWords(t *testing.T) {
	seen := map[*openapi3.Schema]bool{}
	var check func(where string, ref *openapi3.SchemaRef)
	check = func(where string, ref *openapi3.SchemaRef) {
		if ref == nil || seen[ref.Value] {
			return
		}
		seen[ref.Value] = true
		if words, _ := ref.Value.Extensions["x-form"].(string); (ref.Value.Pattern == "") != (words == "") || strings.Contains(words, "[") {
			t.Errorf("%s: pattern %q, x-form %q", where, ref.Value.Pattern, words)
		}
		for name, property := range ref.Value.Properties {
			check(where+"/"+name, property)
		}
		check(where+"/items", ref.Value.Items)
		for _, member := range ref.Value.OneOf {
			check(where, member)
		}
	}
	for _, op := range checked.Operations(t) {
		for _, parameter := range op.Parameters {
			check(op.ID+" "+parameter.Value.Name, parameter.Value.Schema)
		}
		if op.RequestBody != nil {
			for media, content := range op.RequestBody.Value.Content {
				check(op.ID+" body as "+media, content.Schema)
			}
		}
	}
}

// TestNoMessageHasAPattern checks the words for each kind of text that has a form.
func TestNoMessageHasAPattern(t *testing.T) {
	c := newTestClient(t)
	header := func(name, value string) testResponse {
		return c.send("PATCH", seedItem, `{"duration":"PT1H"}`, name, value)
	}
	for want, got := range map[string]testResponse{
		`'If-Match' is 'abc'; it must be an entity tag. Put the entity tag in quotes, as W/\"kH3nq0Vb2rE\" has`: header("If-Match", "abc"),
		`'If-None-Match' is 'W/abc'; it must be an entity tag. Put the entity tag in quotes`:                    header("If-None-Match", "W/abc"),
		`'activityStatistics-id' is 'a b'; it must be an id. Begin it with a letter or a digit`:                 c.send("GET", collection+"/a%20b", ""),
		`'user-id' is 'a b'; it must be the id or the name of a user. Write an object id, or a user principal`:  c.do(call{method: "GET", path: "/beta/users/a%20b/analytics", token: c.token}),
		`'$skiptoken' is 'x.y'; it must be a skip token. Take the whole @odata.nextLink`:                        c.send("GET", collection+"?$skiptoken=x.y", ""),
		`it must be a time zone. Leave out control characters`:                                                  c.send("PATCH", seedItem, `{"timeZoneUsed":"a\tb"}`),
		`'id' is 'c 1'; it must be an id. `:                                                                     c.send("POST", collection, `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"c 1"}`),
		`'duration' is '1h'; it must be a duration, as in PT1H30M; character 1`:                                 c.send("PATCH", seedItem, `{"duration":"1h"}`),
		`'$filter' is empty; give it a value or leave it out.`:                                                  c.send("GET", collection+"?$filter=", ""),
		`'$select' is empty; give it a value or leave it out.`:                                                  c.send("GET", collection+"?$select=", ""),
	} {
		got.want(t, 400, want)
		for pattern := range maps.Keys(map[string]bool{`^[`: true, `]+`: true, `]*`: true, `\\x`: true, `(?`: true, `)$`: true, "regular expression": true}) {
			if strings.Contains(got.text, pattern) {
				t.Errorf("%s in %s", pattern, got.text)
			}
		}
	}
	preferred := header("Prefer", `return=[a-z]+; "`)
	if preferred.status != 200 {
		t.Errorf("Prefer that cannot be read is ignored (RFC 7240, 2): %d %s", preferred.status, preferred.text)
	}
}
