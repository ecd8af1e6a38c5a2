package handlers_test

import (
	"strings"
	"testing"
)

// TestAliases checks that parameter aliases work in the options of every operation that reads many, and
// that the next page has them (OData URL 5.3.2).
func TestAliases(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		c.fill()
		query := spaced(`?$filter=activity in @list and timeZoneUsed ne @none&$orderby=@by desc,id&@list=["Call","Chat"]&@by=duration&@unused=(((`)
		plain := spaced("?$filter=activity in ('Call','Chat') and timeZoneUsed ne null&$orderby=duration desc,id")
		want := c.send("GET", collection+plain, "").want(t, 200).object(t)["value"].([]any)
		var got []any
		for path, pages := collection+query+"&$top=3", 0; path != ""; pages++ {
			if pages > len(want) {
				t.Fatalf("endless pages: %s", path)
			}
			page := c.send("GET", path, "").want(t, 200).object(t)
			got = append(got, page["value"].([]any)...)
			next, _ := page["@odata.nextLink"].(string)
			path = strings.TrimPrefix(next, c.url)
		}
		if len(got) != len(want) || len(want) != 14 {
			t.Fatalf("%d statistics by alias, %d without", len(got), len(want))
		}
		for i := range want {
			if got[i].(map[string]any)["id"] != want[i].(map[string]any)["id"] {
				t.Errorf("%d: %v, want %v", i, got[i], want[i])
			}
		}
		if got := c.send("GET", collection+"/$count"+spaced("?$filter=@c&@c=activity eq 'Call'"), "").want(t, 200).text; got != "7" {
			t.Errorf("count: %s", got)
		}
	})
}

// TestAliasRefusals checks that an error names the alias, also together with other faults.
func TestAliasRefusals(t *testing.T) {
	c := newTestClient(t)
	c.send("GET", collection+spaced("?$filter=duration gt @d&@d=colour"), "").want(t, 400, "@d, column 1: Could not find a property named 'colour'", `"target":"@d"`)
	c.send("GET", collection+spaced("?$filter=duration gt @d&@d=colour&$top=x"), "").want(t, 400, `"target":"@d"`, `"target":"$top"`)
	c.send("GET", collection+spaced("?$filter=duration gt @d&@d=1&@d=2"), "").want(t, 400, "The query option '@d' is given 2 times; give it once.")
	c.send("GET", collection+spaced("?$filter=duration gt @d&@d=@e"), "").want(t, 501, "an alias in the value of another alias")
	c.send("GET", seedItem+"?@unused=x", "").want(t, 200)
	c.send("GET", seedItem+"?@odata.type=x", "").want(t, 400, "There is no query option '@odata.type' here")
}

// TestAliasesInExpand checks that the options of an expansion take aliases, and that its next page has them.
func TestAliasesInExpand(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	path := spaced("/beta/me/analytics?$expand=activityStatistics($filter=activity eq @a;$orderby=@by;$top=2;$select=id)&@a='Chat'&@by=startDate desc")
	c.send("GET", path, "").want(t, 400, "@by, column 11")
	expanded := c.send("GET", strings.TrimSuffix(path, "%20desc"), "").want(t, 200).object(t)
	next, _ := expanded["activityStatistics@odata.nextLink"].(string)
	rest := c.idsOf(t, strings.TrimPrefix(next, c.url), "id")
	if found := expanded["activityStatistics"].([]any); len(found) != 2 || len(rest) != 5 || rest[0] != "chat_2019-06-18_2019-06-19" {
		t.Errorf("%v, and then %v", found, rest)
	}
}

// TestAliasesInApply checks that $apply takes aliases, and that its next page has them.
func TestAliasesInApply(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	groups, path := 0, collection+spaced("?$apply=filter(activity eq @a)/groupby((startDate),aggregate(duration with sum as total))&@a='Call'&$top=3")
	for pages := 0; path != "" && pages < 5; pages++ {
		page := c.do(call{method: "GET", path: path, as: collection + "/$apply", token: c.token}).want(t, 200).object(t)
		groups += len(page["value"].([]any))
		next, _ := page["@odata.nextLink"].(string)
		path = strings.TrimPrefix(next, c.url)
	}
	if groups != 7 || path != "" {
		t.Errorf("%d groups, and then %s", groups, path)
	}
}
