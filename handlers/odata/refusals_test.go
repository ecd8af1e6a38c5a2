package odata_test

import (
	"errors"
	"strings"
	"testing"

	"afterhours/handlers/odata"
)

// refusals maps each text to the column and problem of its error.
var refusals = map[string]string{
	// Syntax.
	"":                "1: expected a condition such as activity eq 'Call', found the end",
	" ":               "2: expected a condition such as activity eq 'Call', found the end",
	"id":              "1: expected a condition such as activity eq 'Call', found id",
	"id eq":           "6: expected a property, a literal or a function, found the end",
	"id eq 'a":        "7: expected a closing quote (a quote inside the text is written ''), found 'a",
	"id eq 'it''s":    "7: expected a closing quote (a quote inside the text is written ''), found 'it''s",
	"id eq 'a' and":   "14: expected a property, a literal or a function, found the end",
	"(id eq 'a'":      "11: expected an operator or ), found the end",
	"id eq 'a')":      "10: expected an operator such as eq or and, found )",
	"()":              "2: expected a property, a literal or a function, found )",
	"eq 'a'":          "1: expected a property, a literal or a function, found eq",
	"in":              "1: expected a property, a literal or a function, found in",
	"id in":           "6: expected ( and the values, found the end",
	"id in ()":        "8: expected a literal, found )",
	"id in ('a'":      "11: expected , or ), found the end",
	"id in ('a',)":    "12: expected a literal, found )",
	"id in 'a'":       "7: expected ( and the values, found 'a'",
	"id in (id)":      "8: expected a literal, found id; write 'id' in quotes if it is a literal",
	"id in ('a' 'b')": "12: expected , or ), found 'b'",

	// Comparisons of operands of different kinds.
	"duration gt 'x'":                                         "13: expected a duration such as duration'PT1H' to compare with duration, found 'x'",
	"duration in ('PT1H','x')":                                "21: expected a duration such as duration'PT1H' to compare with duration, found 'x'",
	"startDate eq '16.6.2019'":                                "14: expected a date such as 2019-06-16 to compare with startDate, found '16.6.2019'",
	"startDate eq 2019-02-30":                                 `14: date "2019-02-30": the day must be from 01 to 28 in February 2019`,
	"startDate eq 2019-06-16T07:30:00Z":                       `14: expected a date such as 2019-06-16 to compare with startDate, found 2019-06-16T07:30:00Z; write date(2019-06-16T07:30:00Z) for its date`,
	"startDate eq 2019-06-16T00:00:00+01:00":                  `14: expected a date such as 2019-06-16 to compare with startDate, found 2019-06-16T00:00:00+01:00; write date(2019-06-16T00:00:00+01:00) for its date`,
	"startDate eq -2019-06-16":                                `14: OData has dates before the year 1 and after 9999, but this server does not implement it`,
	"activity eq 'Mail'":                                      "13: expected one of 'Email', 'Meeting', 'Focus', 'Chat', 'Call' to compare with activity, found 'Mail' (did you mean 'Email'?)",
	"activity eq microsoft.graph.analyticsActivityType'Mail'": "50: expected one of 'Email', 'Meeting', 'Focus', 'Chat', 'Call', found 'Mail' (did you mean 'Email'?)",
	"activity gt 'Call'":                                      "10: expected eq or ne, since values of kind activity have no order, found gt",
	"activity eq 5":                                           "13: expected one of 'Email', 'Meeting', 'Focus', 'Chat', 'Call' to compare with activity, found 5",
	"length(id) eq '5'":                                       "15: expected a number such as 1.5 to compare with length(id), found '5'",
	"tolower('CALL') eq activity":                             "20: expected a text such as 'UTC' to compare with tolower('CALL'), found activity",
	"id eq 5":                                                 "7: expected a text such as 'UTC' to compare with id, found 5",
	"id eq duration'PT1H'":                                    "7: expected a text such as 'UTC' to compare with id, found duration'PT1H'",

	// Literals with a prefix.
	"duration eq duration'1h'":            `21: duration "1h": it must be a duration, as in PT1H30M; character 1: expected a P, found '1'`,
	"duration eq duration'PT1H":           "21: expected a closing quote (a quote inside the text is written ''), found 'PT1H",
	"duration eq duration 'PT1H'":         "22: expected an operator such as eq or and, found 'PT1H'",
	"duration eq time'PT1H'":              "13: expected duration or microsoft.graph.analyticsActivityType before the quote, found time",
	"id eq guid'x'":                       "7: expected duration or microsoft.graph.analyticsActivityType before the quote, found guid",
	"duration eq duration'P99999999999D'": `21: duration "P99999999999D": out of range: it must be from -P10675199DT2H48M5.4775808S to P10675199DT2H48M5.4775807S`,

	// Names.
	"name eq 'a'": "1: Could not find a property named 'name' on type 'microsoft.graph.activityStatistics'.",
	"microsoft.graph.focusActivityStatistics/afterHours eq null": "41: Could not find a property named 'afterHours' on type 'microsoft.graph.focusActivityStatistics'.",
	"microsoft.graph.call/afterHours eq null":                    "1: expected a type such as microsoft.graph.callActivityStatistics before the /, found microsoft.graph.call (did you mean 'microsoft.graph.callActivityStatistics'?)",
	"microsoft.graph.callActivityStatistics eq null":             "40: expected / and a property of microsoft.graph.callActivityStatistics, found eq",
	"microsoft.graph.callActivityStatistics/":                    "40: expected a property, found the end",
	"$it eq null": "1: OData has $it without a property, but this server does not implement it",
	"$it/":        "5: expected a property, found the end",
	"$it/microsoft.graph.callActivityStatistics": "43: expected / and a property of microsoft.graph.callActivityStatistics, found the end",
	"startDate/year eq 5":                        "1: expected a type such as microsoft.graph.callActivityStatistics before the /, found startDate",
	"id/$count eq 1":                             "4: expected an operator after id, which is not a collection and has no $count",
	"microsoft.graph.callActivityStatistics/'x'": "40: expected a property, found 'x'",
	"'x'/id": "4: expected an operator such as eq or and, found /",

	// Functions.
	"now() eq null":          "1: OData has the function now in this place, but this server does not implement it",
	"contains(id)":           "12: expected a comma and one more argument, found )",
	"contains(id,'a','b')":   "16: expected an operator or ), found ,",
	"contains(id 'a')":       "13: expected a comma and one more argument, found 'a'",
	"contains(activity,'C')": "10: expected a text such as 'UTC' in contains, found activity; activity is an enumeration: use eq or in",
	"year(null) eq 1":        "6: expected a date such as 2019-06-16 or a time such as 2019-06-16T07:30:00Z in year, found null",
	"year('x') eq 1":         "6: expected a date such as 2019-06-16 or a time such as 2019-06-16T07:30:00Z in year, found 'x'",
	"length(":                "8: expected a property, a literal or a function, found the end",
	"length()":               "8: expected a property, a literal or a function, found )",
	"contains(id,":           "13: expected a property, a literal or a function, found the end",
	"trim(id":                "8: expected an operator or ), found the end",

	// Types.
	"isof()":      "6: expected a type such as microsoft.graph.callActivityStatistics, found )",
	"isof('x')":   "6: expected a type such as microsoft.graph.callActivityStatistics, found 'x'",
	"isof($it)":   "9: expected a comma and a type, found )",
	"isof($it,x)": "10: expected a type such as microsoft.graph.callActivityStatistics, found x",
	"isof(id,microsoft.graph.callActivityStatistics)": "6: expected a type such as microsoft.graph.callActivityStatistics, found id",
	"isof(microsoft.graph.callActivityStatistics":     "44: expected ), found the end",
	"isof":                "1: Could not find a property named 'isof' on type 'microsoft.graph.activityStatistics'.",
	"@odata.type eq 'x'":  "16: expected a derived type such as '#microsoft.graph.callActivityStatistics', found 'x'",
	"@odata.type eq null": "16: expected a derived type such as '#microsoft.graph.callActivityStatistics', found null",
	"@odata.type gt '#microsoft.graph.callActivityStatistics'": "13: expected eq or ne with @odata.type, found gt",
	"@odata.type in ('x')":   "13: expected eq or ne with @odata.type, found in",
	"@odata.type":            "1: expected a condition such as activity eq 'Call', found @odata.type",
	"not @odata.type":        "5: expected a condition after not (put parentheses around a condition with an operator), found @odata.type",
	"@odata.type add 1 eq 2": "13: expected number add number or duration add duration or date add duration or time add duration, found type name add number",
	"@odata.type eq '#microsoft.graph.activityStatistics'": "16: expected a derived type such as '#microsoft.graph.callActivityStatistics', found '#microsoft.graph.activityStatistics'",
	"@odata.type eq @odata.type":                           "1: expected a derived type such as '#microsoft.graph.callActivityStatistics', found @odata.type",
	"@odata.id eq 'x'":                                     "1: OData has annotations in an expression, but this server does not implement it",
	"length(@odata.type) eq 1":                             "8: expected a text such as 'UTC' in length, found @odata.type",

	// Conditions and signs.
	"not id eq 'a'":             "5: expected a condition after not (put parentheses around a condition with an operator), found id",
	"not":                       "4: expected a property, a literal or a function, found the end",
	"id and true":               "1: expected a condition on both sides of and, found id",
	"true or 'x'":               "9: expected a condition on both sides of or, found 'x'",
	"null":                      "1: expected a condition such as activity eq 'Call', found null",
	"1":                         "1: expected a condition such as activity eq 'Call', found 1",
	"duration add duration":     "1: expected a condition such as activity eq 'Call', found duration add duration",
	"'a'":                       "1: expected a condition such as activity eq 'Call', found 'a'",
	"-id eq 'a'":                "2: expected a number or a duration such as duration'PT1H' after the minus, found id",
	"-startDate eq null":        "2: expected a number or a duration such as duration'PT1H' after the minus, found startDate",
	"-'x' eq duration":          "2: expected a number or a duration such as duration'PT1H' after the minus, found 'x'",
	"-null eq null":             "2: expected a number or a duration such as duration'PT1H' after the minus, found null",
	"- 2019-06-16 eq startDate": "3: expected a number or a duration such as duration'PT1H' after the minus, found 2019-06-16",

	// Arithmetic.
	"duration add 'x' eq duration":    "10: expected number add number or duration add duration or date add duration or time add duration, found duration add text",
	"startDate add startDate eq null": "11: expected number add number or duration add duration or date add duration or time add duration, found date add date",
	"duration mul duration eq null":   "10: expected number mul number or duration mul number or number mul duration, found duration mul duration",
	"duration add null eq null":       "10: expected number add number or duration add duration or date add duration or time add duration, found duration add null",
	"duration div 0 eq null":          "14: expected a divisor other than zero, found 0",
	"duration div '2' eq null":        "10: expected number div number or duration div number, found duration div text",
	"startDate mul 2 eq null":         "11: expected number mul number or duration mul number or number mul duration, found date mul number",
	"duration add startDate eq null":  "10: expected number add number or duration add duration or date add duration or time add duration, found duration add date",
	"id add 'P1D' eq 'x'":             "4: expected number add number or duration add duration or date add duration or time add duration, found text add text",
	"'a' add 'b' eq 'c'":              "5: expected number add number or duration add duration or date add duration or time add duration, found text add text",

	// Numbers.
	"1.23456789 eq 1":           "1: OData has numbers with more than 7 decimals, but this server does not implement it",
	"1. eq 1":                   "1: expected a number such as 1.5, or a date such as 2019-06-16, found 1.",
	".5 eq 1":                   "1: expected a property, a literal or a function, found .",
	"5L eq 5":                   "1: expected a number such as 1.5, or a date such as 2019-06-16, found 5L",
	"INF eq 1":                  "1: OData has the number INF, but this server does not implement it",
	"NaN eq 1":                  "1: OData has the number NaN, but this server does not implement it",
	"922337203685.4775808 eq 0": "1: OData has numbers below -922337203685.4775808 and above 922337203685.4775807, but this server does not implement it",
	"99999999999999999999 eq 1": "1: OData has numbers below -922337203685.4775808 and above 922337203685.4775807, but this server does not implement it",
	"- eq 1":                    "3: expected a property, a literal or a function, found eq",
	"+ 1 eq 1":                  "1: expected a property, a literal or a function, found +",
	"1.2.3 eq 1":                "1: expected a number such as 1.5, or a date such as 2019-06-16, found 1.2.3",
	"01234567-89ab-cdef-0123-456789abcdef eq id": `1: OData has literals of the type Edm.Guid, but this server does not implement it`,

	// Characters and operators that are not in the grammar.
	"id has 'a'":                     "4: OData has the operator has, but this server does not implement it",
	"id eq 'a' id eq 'b'":            "11: expected an operator such as eq or and, found id",
	"id eq 'a';":                     "10: expected an operator such as eq or and, found ;",
	"id = 'a'":                       "4: expected an operator such as eq or and, found =; write eq instead of =",
	`id eq "a"`:                      `7: expected a property, a literal or a function, found "; put a text in single quotes, as in 'UTC'`,
	"id mod 5 eq 1":                  "4: expected number mod number, found text mod number",
	"id eq 'a' & id":                 "11: expected an operator such as eq or and, found &; write and instead of &",
	"id eq 'é' x":                    "11: expected an operator such as eq or and, found x",
	"id eq '\xff'":                   "8: expected UTF-8, found the byte 0xff",
	"id eq '\x00'":                   "8: expected any character except U+0000",
	"id\neq 'a'":                     "3: expected an operator such as eq or and, found �",
	"ıd eq 'a'":                      "1: Could not find a property named 'ıd' on type 'microsoft.graph.activityStatistics'.",
	"K eq 1":                         "1: Could not find a property named 'K' on type 'microsoft.graph.activityStatistics'.",
	"id eq [1]":                      "7: OData has arrays and objects in an expression, but this server does not implement it",
	"x:x/y":                          "1: Could not find a property named 'x' on type 'microsoft.graph.activityStatistics'.",
	"Items/any(d:d/Quantity gt 100)": "1: expected a type such as microsoft.graph.callActivityStatistics before the /, found Items",
	"id eq 'a' or or":                "14: expected a property, a literal or a function, found or",

	// Bounds, and the piece of the text in an error.
	strings.Repeat("x", 70) + " eq 1":                            "1: Could not find a property named 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' on type 'microsoft.graph.activityStatistics'.",
	"duration eq '" + strings.Repeat("x", 70) + "'":              "13: expected a duration such as duration'PT1H' to compare with duration, found 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...",
	"duration eq 'a\nb\u202e'":                                   "13: expected a duration such as duration'PT1H' to compare with duration, found 'a�b�'",
	strings.Repeat("(", 33) + "true" + strings.Repeat(")", 33):   "33: expected at most 32 levels of nesting, found more",
	strings.Repeat("not ", 33) + "true":                          "129: expected at most 32 levels of nesting, found more",
	"duration eq " + strings.Repeat("-", 33) + "duration":        "45: expected at most 32 levels of nesting, found more",
	strings.Repeat("id eq 'a' or ", 63) + "not not not not true": "1: expected at most 256 operators, functions and operands, found more",
	"id in (" + strings.Repeat("'a',", 100) + "'a')":             "408: expected at most 100 values, found more",
	strings.Repeat("☃", 4097):                                    "4097: expected at most 4096 characters, found more",
	longestTexts + " or toupper(id) eq ''":                       "217: expected at most 4096 characters of text that concat, tolower and toupper make for a statistic (equal calls count once), found up to 4224",
	strings.Repeat("trim(", 33):                                  "165: expected at most 32 levels of nesting, found more",
}

func TestParseFilterRefuses(t *testing.T) {
	for text, want := range refusals {
		filter, err := model.ParseFilter(text)
		if err == nil || filter != nil || err.Error() != "$filter, column "+want {
			t.Errorf("%s\n got %#v, %v\nwant %s", text, filter, err, want)
		}
	}
}

func TestErrorHasOptionColumnAndProblem(t *testing.T) {
	_, err := model.ParseFilter("id eq 'é' or name eq 1")
	var fault *odata.Error
	if !errors.As(err, &fault) || fault.Option != "$filter" || fault.Column != 14 ||
		fault.Problem != "Could not find a property named 'name' on type 'microsoft.graph.activityStatistics'." {
		t.Errorf("got %#v", err)
	}
}
