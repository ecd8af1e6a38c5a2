package operations

import "testing"

func TestParsePrefer(t *testing.T) {
	for header, want := range map[string]preferences{
		"":                                     {},
		"return=minimal":                       {minimal: true},
		"Return = Minimal":                     {},
		`return="minimal"`:                     {minimal: true},
		"return=representation":                {representation: true},
		"return=representation,return=minimal": {representation: true},
		"respond-async, create-if-missing":     {createIfMissing: true},
		"CREATE-IF-MISSING;x=1":                {createIfMissing: true},
		"odata.maxpagesize=5":                  {maxPageSize: 5, pageSizeName: "odata.maxpagesize"},
		"maxpagesize=7; q=1, return=minimal":   {maxPageSize: 7, pageSizeName: "maxpagesize", minimal: true},
		"omit-values=nulls":                    {omitNulls: true},
		`omit-values="nulls"`:                  {omitNulls: true},
		"omit-values=defaults":                 {},
		"omit-values=other, omit-values=nulls": {},
		"wait=5, odata.allow-entityreferences, odata.include-annotations=\"*\"": {},
		`x="a, return=minimal";b="c, return=minimal"`:                           {},
		"odata.maxpagesize=-1":                   {},
		"odata.maxpagesize=99999999999999999999": {},
		",,=;=,":                                 {},
	} {
		if got := parsePrefer(&header); got != want {
			t.Errorf("%q: got %+v, want %+v", header, got, want)
		}
	}
	if got := parsePrefer(nil); got != (preferences{}) {
		t.Errorf("no header: %+v", got)
	}
}
