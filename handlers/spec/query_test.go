package spec_test

import "testing"

func TestCanonicalQuery(t *testing.T) {
	c := load(t)
	for given, want := range map[string]string{
		"":                                  "",
		"FILTER=a&top=1":                    "$filter=a&$top=1",
		"%24select=id":                      "$select=id",
		"$filter=contains(x,';')":           "$filter=contains(x,'%3B')",
		"other=1&$Top":                      "other=1&$Top",
		"%zz=1&$COUNT=true":                 "%zz=1&$count=true",
		"$expand=%zz&$orderby=StartDate%20": "$expand=%zz&$orderby=StartDate%20",
	} {
		if got := c.CanonicalQuery(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
