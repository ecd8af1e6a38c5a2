package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"afterhours/contract/bounded"
)

// FuzzQuery checks that a GET with any query gets a response of the contract and changes nothing.
func FuzzQuery(f *testing.F) {
	for path := range uint8(len(fuzzPaths)) {
		for _, query := range []string{
			"", "$top=1&$count=true", "TOP=1&orderby=duration%20desc,id", "$select=id,duration&%24skip=2", "$filter=activity eq 'Call';", "$expand=activityStatistics", "$expand=activityStatistics($filter=id ne 'a';$top=1;$count=true)&$select=settings/hasLicense",
			"$skiptoken=WyJjYWxsIl0&$top=2", "$apply=groupby((startDate,activity),aggregate(duration with sum as t))&$orderby=t&$top=1",
			"apply=filter(id ne 'a')/compute(month(startDate) as m)/groupby((m),aggregate($count as n))&$filter=n gt 1", "$skiptoken=WyJjYWxsIiwzNjAwXQ&$orderby=duration", "$filter=year(startDate) eq 2000&$filter=x", "$top=99999999999999999999", "$top=0&$skip=-1&$count=1",
			"$filter=contains(timeZoneUsed,'%C3%A9')", "a=b&&=&%zz", "$search=x", "$top=1&TOP=2", "$select=id&%24SELECT=id", "$format=json&$top", "$orderby=microsoft.graph.emailActivityStatistics/readEmail",
		} {
			f.Add(path, query)
		}
	}
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, path uint8, query string) {
		defer bounded.Input(t)()
		z.restore(t)
		stored := z.state(t)
		address, err := url.ParseRequestURI(fuzzPaths[int(path)%len(fuzzPaths)] + "?" + query)
		if err != nil {
			return // net/http refuses it
		}
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.URL = address
		got := z.send(t, request)
		z.unchanged(t, stored, got)
		if twice := optionTwice(query); twice != "" && got.status != http.StatusBadRequest {
			t.Errorf("%s: %s stands twice: %d %s", query, twice, got.status, got.text)
		}
		if next := linkOf(t, got); next != "" {
			if got := z.ask(t, http.MethodGet, next, nil); got.status != http.StatusOK {
				t.Errorf("%s: the next page, %s: %d %s", query, next, got.status, got.text)
			}
		}
	})
}

// optionTwice returns a system query option that a query has twice, in any spelling, or "".
func optionTwice(query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	seen := map[string]int{}
	for name, all := range values {
		seen[strings.TrimPrefix(strings.ToLower(name), "$")] += len(all)
	}
	for _, name := range []string{"apply", "filter", "orderby", "select", "top", "skip", "skiptoken", "count", "expand"} {
		if seen[name] > 1 {
			return name
		}
	}
	return ""
}

var fuzzPaths = []string{
	collection, collection + "/$count", fuzzItem("call"), collection + fuzzCast, fuzzItem("call") + "/duration", fuzzItem("call") + "/duration/$value",
	"/beta/me/analytics/settings", "/beta/me/analytics", "/v1.0/", "/beta/$metadata",
}

// FuzzOptions checks that the pages of a list hold the same statistics in the same order as the whole
// list, for any filter and order. $skip leaves out the first ones, and both forms of $count count all
// of them.
func FuzzOptions(f *testing.F) {
	for i, filter := range sameFilters {
		f.Add(filter, sameOrders[i%len(sameOrders)], sameSelects[i%len(sameSelects)], uint8(i), uint8(i/4))
	}
	f.Add("", "", "", uint8(0), uint8(1))
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, filter, order, selected string, top, skip uint8) {
		defer bounded.Input(t)()
		z.restore(t)
		options := ""
		for _, option := range []struct{ name, value string }{{"$filter", filter}, {"$orderby", order}, {"$select", selected}} {
			if option.value != "" {
				options += "&" + strings.TrimPrefix(asQuery(option.name, option.value), "?")
			}
		}
		whole := z.walk(t, collection+"?$top=1000"+options)
		if whole == nil {
			return
		}
		if pages := z.walk(t, fmt.Sprintf("%s?$top=%d%s", collection, top%6+1, options)); !reflect.DeepEqual(pages, whole) {
			t.Errorf("%s: in pages of %d\n%q, at once\n%q", options, top%6+1, pages, whole)
		}
		skipped := min(int(skip), len(whole))
		if rest := z.walk(t, fmt.Sprintf("%s?$top=2&$skip=%d%s", collection, skip, options)); !reflect.DeepEqual(rest, whole[skipped:]) {
			t.Errorf("%s: after %d\n%q of\n%q", options, skip, rest, whole)
		}
		path := collection + "/$count"
		if filter != "" {
			path += asQuery("$filter", filter)
		}
		count, page := z.ask(t, http.MethodGet, path, nil), z.ask(t, http.MethodGet, collection+"?$count=true&$top=1"+options, nil)
		if want := strconv.Itoa(len(whole)); count.text != want || !strings.Contains(page.text, `"@odata.count":`+want+",") {
			t.Errorf("%s: %s counted, %s found, and a page says %s", options, count.text, want, page.text)
		}
	})
}

// walk returns the statistics of a page and of all pages after it, as their JSON. The result is nil
// if the first page is refused, and an empty slice if there are none.
func (z *fuzzServer) walk(t fuzzTest, path string) []string {
	t.Helper()
	found := []string{}
	for first := true; path != ""; first = false {
		got := z.ask(t, http.MethodGet, path, nil)
		if first && got.status == http.StatusBadRequest {
			return nil
		}
		var page struct{ Value []json.RawMessage }
		if err := json.Unmarshal([]byte(got.text), &page); err != nil || got.status != http.StatusOK {
			t.Fatalf("GET %s: %d %s: %v", path, got.status, got.text, err)
		}
		for _, one := range page.Value {
			found = append(found, string(one))
		}
		if len(found) > len(fuzzRecords) {
			t.Fatalf("GET %s: more than are stored: %q", path, found)
		}
		path = linkOf(t, got)
	}
	return found
}

// linkOf returns the path and query of the next page, "" for none.
func linkOf(t fuzzTest, got testResponse) string {
	t.Helper()
	found := nextLinks.FindStringSubmatch(got.text)
	if found == nil {
		return ""
	}
	path, isOurs := strings.CutPrefix(found[1], "http://example.com")
	if !isOurs {
		t.Fatalf("the next page is at %s", found[1])
	}
	return path
}
