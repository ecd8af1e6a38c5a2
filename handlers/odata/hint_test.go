package odata_test

import "testing"

// hints maps a text that another language would take to the column and problem of its error.
var hints = map[string]string{
	"duration = 'PT1H'":             "10: expected an operator such as eq or and, found =; write eq instead of =",
	"duration=='PT1H'":              "9: expected an operator such as eq or and, found =; write eq instead of ==",
	"duration != null":              "10: expected an operator such as eq or and, found !; write ne instead of !=",
	"duration <> null":              "10: expected an operator such as eq or and, found <; write ne instead of <>",
	"duration >= 'PT1H'":            "10: expected an operator such as eq or and, found >; write ge instead of >=",
	"duration < 'PT1H'":             "10: expected an operator such as eq or and, found <; write lt instead of <",
	"id eq 'a' && id eq 'b'":        "11: expected an operator such as eq or and, found &; write and instead of &&",
	"id eq 'a' || id eq 'b'":        "11: expected an operator such as eq or and, found |; write or instead of ||",
	"!contains(id,'a')":             "1: expected a property, a literal or a function, found !; write not instead of !",
	"(id = 'a')":                    "5: expected an operator or ), found =; write eq instead of =",
	`id eq "a"`:                     `7: expected a property, a literal or a function, found "; put a text in single quotes, as in 'UTC'`,
	`id in ("a")`:                   `8: expected a literal, found "; put a text in single quotes, as in 'UTC'`,
	"duration gt PT1H":              "13: Could not find a property named 'PT1H' on type 'microsoft.graph.activityStatistics'; write 'PT1H' in quotes if it is a literal.",
	"duration gt -PT1H":             "14: Could not find a property named 'PT1H' on type 'microsoft.graph.activityStatistics'; write '-PT1H' in quotes if it is a literal.",
	"activity eq Call and true":     "13: Could not find a property named 'Call' on type 'microsoft.graph.activityStatistics'; write 'Call' in quotes if it is a literal.",
	"id eq call_2019-06-16":         "7: Could not find a property named 'call_2019' on type 'microsoft.graph.activityStatistics'; write 'call_2019-06-16' in quotes if it is a literal.",
	"contains(id,abc)":              "13: Could not find a property named 'abc' on type 'microsoft.graph.activityStatistics'; write 'abc' in quotes if it is a literal.",
	"activity in (Call,Chat)":       "14: expected a literal, found Call; write 'Call' in quotes if it is a literal",
	"name eq 'a'":                   "1: Could not find a property named 'name' on type 'microsoft.graph.activityStatistics'.",
	"id eq 'a' and name":            "15: Could not find a property named 'name' on type 'microsoft.graph.activityStatistics'.",
	"contains(activity,'C')":        "10: expected a text such as 'UTC' in contains, found activity; activity is an enumeration: use eq or in",
	"tolower(activity) eq 'call'":   "9: expected a text such as 'UTC' in tolower, found activity; activity is an enumeration: use eq or in",
	"length(id) eq 1 and concat(id": "30: expected a comma and one more argument, found the end",
	"":                              "1: expected a condition such as activity eq 'Call', found the end",
	"\t ":                           "3: expected a condition such as activity eq 'Call', found the end",
}

// TestFilterHints checks the advice for what other languages write.
func TestFilterHints(t *testing.T) {
	for text, want := range hints {
		if _, err := model.ParseFilter(text); err == nil || err.Error() != "$filter, column "+want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

// TestNoHintsElsewhere checks that the advice is that of $filter alone.
func TestNoHintsElsewhere(t *testing.T) {
	if _, err := model.ParseOrderBy("id=desc"); err == nil || err.Error() != "$orderby, column 3: expected asc, desc or a comma, found =" {
		t.Errorf("%v", err)
	}
}
