package handlers_test

import "testing"

// TestFaultsComeTogether checks that one response names the faults of the parameters, of the query options
// and of the body, each with its target.
func TestFaultsComeTogether(t *testing.T) {
	c := newTestClient(t)
	for _, test := range []struct {
		got     testResponse
		targets []string
	}{
		{c.send("GET", collection+"?$top=x&$fitler=a&$filter=durtion%20eq%20null&$orderby=activty&$select=ide", ""), []string{"$top", "$fitler", "$filter", "$orderby", "$select"}},
		{c.send("GET", collection+"?$filter=durtion%20eq%20null&$orderby=activty", ""), []string{"$filter", "$orderby"}},
		{c.send("GET", collection+"?$filter=&$select=ide", ""), []string{"$filter", "$select"}},
		{c.send("PATCH", seedItem+"?$select=ide", `{'a':1}`, "If-Match", "abc"), []string{"$select", "If-Match", ""}},
		{c.send("PATCH", seedItem+"?$select=ide", `{"durtion":1,"activity":"Cal"}`), []string{"$select", "durtion", "activity"}},
		{c.send("PATCH", seedItem, `{"id":"b","readEmail":"PT1H"}`), []string{"id", "readEmail"}},
	} {
		details := test.got.want(t, 400).failure(t).Details
		named := map[string]int{}
		for _, detail := range details {
			named[detail.Target]++
		}
		for _, target := range test.targets {
			if named[target] != 1 {
				t.Errorf("%d faults of %q in %s", named[target], target, test.got.text)
			}
		}
		if len(details) != len(test.targets) {
			t.Errorf("%d faults, want %q: %s", len(details), test.targets, test.got.text)
		}
	}
}
