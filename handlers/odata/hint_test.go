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
	"duration gt PT1H":              "13: Could not find a property named 'PT1H' on type 'microsoft.graph.activityStatistics'; write duration'PT1H' if it is a duration.",
	"duration gt -PT1H":             "14: Could not find a property named 'PT1H' on type 'microsoft.graph.activityStatistics'; write duration'-PT1H' if it is a duration.",
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

// suggestions maps a text with a mistyped name to the column and problem of its error.
var suggestions = map[string]string{
	"durtion gt 'PT1H'":                                         "1: Could not find a property named 'durtion' on type 'microsoft.graph.activityStatistics' (did you mean 'duration'?).",
	"duration gt afterHour":                                     "13: Could not find a property named 'afterHour' on type 'microsoft.graph.activityStatistics' (did you mean 'afterHours'?); write 'afterHour' in quotes if it is a literal.",
	"contians(id,'a')":                                          "1: expected one of the functions ceiling, concat, contains, date, day, endswith, floor, fractionalseconds, hour, indexof, isof, length, matchespattern, maxdatetime, mindatetime, minute, month, now, round, second, startswith, substring, time, tolower, totaloffsetminutes, totalseconds, toupper, trim, year, found contians (did you mean 'contains'?)",
	"activity eq 'Cal'":                                         "13: expected one of 'Email', 'Meeting', 'Focus', 'Chat', 'Call' to compare with activity, found 'Cal' (did you mean 'Call'?)",
	"activity in ('Call','Metting')":                            "21: expected one of 'Email', 'Meeting', 'Focus', 'Chat', 'Call' to compare with activity, found 'Metting' (did you mean 'Meeting'?)",
	"duration gte 'PT1H'":                                       "10: expected an operator such as eq or and, found gte (did you mean 'ge'?)",
	"(duration gte 'PT1H')":                                     "11: expected an operator or ), found gte (did you mean 'ge'?)",
	"isof('microsoft.graph.callActivityStatistic')":             "6: expected a type such as microsoft.graph.callActivityStatistics, found 'microsoft.graph.callActivityStatistic' (did you mean 'microsoft.graph.callActivityStatistics'?)",
	"@odata.type eq '#microsoft.graph.chatActivityStatistic'":   "16: expected a derived type such as '#microsoft.graph.callActivityStatistics', found '#microsoft.graph.chatActivityStatistic' (did you mean 'microsoft.graph.chatActivityStatistics'?)",
	"microsoft.graph.callActivityStatistic/afterHours eq null":  "1: expected a type such as microsoft.graph.callActivityStatistics before the /, found microsoft.graph.callActivityStatistic (did you mean 'microsoft.graph.callActivityStatistics'?)",
	"microsoft.graph.focusActivityStatistics/durations eq null": "41: Could not find a property named 'durations' on type 'microsoft.graph.focusActivityStatistics' (did you mean 'duration'?).",
	"activity eq microsoft.graph.analyticsActivityType'Mail'":   "50: expected one of 'Email', 'Meeting', 'Focus', 'Chat', 'Call', found 'Mail' (did you mean 'Email'?)",
}

// TestFilterSuggestions checks that a mistyped name gets the nearest one, and only if one is near.
func TestFilterSuggestions(t *testing.T) {
	for text, want := range suggestions {
		if _, err := model.ParseFilter(text); err == nil || err.Error() != "$filter, column "+want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
	_, err := model.ParseOrderBy("durtion")
	if want := "$orderby, column 1: Could not find a property named 'durtion' on type 'microsoft.graph.activityStatistics' (did you mean 'duration'?)."; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = model.ParseOrderBy("id dsc")
	if want := "$orderby, column 4: expected asc, desc or a comma, found dsc (did you mean 'desc'?)"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = model.ParseSelect("id,startDat")
	if want := "$select, column 4: Could not find a property named 'startDat' on type 'microsoft.graph.activityStatistics' (did you mean 'startDate'?)."; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestNoHintsElsewhere checks that the advice is that of $filter alone.
func TestNoHintsElsewhere(t *testing.T) {
	if _, err := model.ParseOrderBy("id=desc"); err == nil || err.Error() != "$orderby, column 3: expected asc, desc or a comma, found =" {
		t.Errorf("%v", err)
	}
}
