package odata_test

import (
	"reflect"
	"strings"
	"testing"

	"afterhours/store"
)

// These tests have texts that the OData ABNF derives, and texts that it does not derive.
// The properties in them are those of statistics.

func TestDurationLiterals(t *testing.T) {
	for text, want := range map[string]string{
		"P6DT23H59M59.9999S":        "P6DT23H59M59.9999S",
		"-P6DT23H59M59.9999S":       "-P6DT23H59M59.9999S",
		"P6DT23H59M59.999990S":      "P6DT23H59M59.99999S",
		"P6D":                       "P6D",
		"PT23H":                     "PT23H",
		"PT59M":                     "PT59M",
		"PT59S":                     "PT59S",
		"PT59.99S":                  "PT59.99S",
		"P6DT59S":                   "P6DT59S",
		"PT23H59S":                  "PT23H59S",
		"P0D":                       "PT0S",
		"-PT0S":                     "PT0S",
		"PT90M":                     "PT1H30M",
		"P12DT23H59M59.9999999000S": "P12DT23H59M59.9999999S",
	} {
		wanted := bin(prop("duration"), store.Eq, lit(duration(want)))
		for _, literal := range []string{"duration'" + text + "'", "DURATION'" + text + "'", "'" + text + "'"} {
			if got, err := model.ParseFilter("duration eq " + literal); err != nil || !reflect.DeepEqual(got, wanted) {
				t.Errorf("%s is %v, %v", literal, got, err)
			}
		}
	}
	for _, text := range []string{
		"", "P", "PT", "-P", "-PT", "P1DT", "+P6D", "+P6DT23H59M59.9999S", "P1Y", "P1Y6DT23H", "P1M6D", "P1M6DT23H59M", "P1W", "PT1.5H", "PT1H1D", "P-1D", "PT.5S", "PT5.S",
		"p1d", "1D", "P1", "PT1S1M", " P1D", "P1D ", "PT1H 30M", "P1D''", "P12DT23H59M59.999999999999S", "P10675200D",
	} {
		for _, literal := range []string{"duration'" + text + "'", "'" + text + "'"} {
			if got, err := model.ParseFilter("duration eq " + literal); err == nil {
				t.Errorf("%s is %v", literal, got)
			}
		}
	}
}

func TestDateLiterals(t *testing.T) {
	for _, text := range []string{"2012-09-03", "2012-12-03", "0001-01-01", "9999-12-31", "2020-02-29"} {
		want := bin(prop("startDate"), store.Eq, lit(date(text)))
		for _, literal := range []string{text, "'" + text + "'"} {
			if got, err := model.ParseFilter("startDate eq " + literal); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s is %v, %v", literal, got, err)
			}
		}
	}
	// The ABNF allows years before 1 and after 9999. This package does not.
	for _, text := range []string{
		"2012-9-03", "2012-09-3", "12-09-03", "2012-13-01", "2012-00-01", "2012-02-30", "2019-02-29", "2012-09-31", "2012-10-32", "2012-09", "20120903",
		"2012-09-03Z", "2012-09-03T00:00", "2012-09-03T13:52Z", "0000-01-01", "-10000-04-01", "10000-01-01", "2012--09-03", "2012-09-03-",
	} {
		for _, literal := range []string{text, "'" + text + "'"} {
			if got, err := model.ParseFilter("startDate eq " + literal); err == nil {
				t.Errorf("%s is %v", literal, got)
			}
		}
	}
}

func TestFiltersOfTheABNF(t *testing.T) {
	for _, text := range []string{
		"true", "false", "(true)", "not true", "not(true)", "null eq null", "not null",
		"true and false", "true or false", "true and (false or true)",
		"contains(id,'x')", "contains( id , 'x' )", "contains('x',id)", "startswith(id,'x') eq true", "endswith(id,'x') and true",
		"length(id) eq 0", "tolower(id) eq 'x'", "toupper(id) eq 'X'", "trim(id) eq 'x'", "concat(concat(id,', '),timeZoneUsed) eq 'x, y'",
		"year(startDate) eq 2019", "month(startDate) lt 7", "day(startDate) ge 31", "totalseconds(duration'PT1M') eq 60", "totalseconds(endDate sub startDate) gt 0",
		"id in ('x')", "id in ('x', 'y')", "id in( 'x' ,'y' )", "length(id) in (1,2,3)", "startDate in (2019-06-16,null)",
		"startDate add duration'P1D' le endDate", "duration mul 2 ge afterHours", "duration div 2.5 lt afterHours", "-duration le afterHours", "- duration le afterHours", "-(duration) le afterHours",
		"startDate ge 2019-06-16 and startDate le 2019-06-22", "id eq 'O''Neil'", "id eq ''''''", "id eq '%20'", "id eq ' '",
		"$it/id eq 'x'", "isof(microsoft.graph.callActivityStatistics)", "isof($it,microsoft.graph.callActivityStatistics)",
		"microsoft.graph.callActivityStatistics/afterHours gt duration'PT1H'",
		"activity eq microsoft.graph.analyticsActivityType'Call'", "activity eq 'Call'",
		// OData 4.01 allows operators and functions in any case.
		"TRUE", "Not True", "NULL EQ NULL", "CONTAINS(id,'x') OR StartsWith(id,'y')", "id IN ('x')", "duration MUL 2 GE duration",
	} {
		if _, err := model.ParseFilter(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{
		"truefalse", "not", "and", "true and", "or true", "(true", "true)", "()", "true false", "nottrue", "true andfalse", "trueandfalse",
		"contains(id)", "contains(id,)", "contains id,'x'", "contains(id;'x')", "contains()", "length(id,id) eq 0",
		"id in", "id in ()", "id in ('x',)", "id in (,'x')", "id in ['x']", "in (1)",
		"id eq 'O'Neil'", "id eq 'x", "id eq x'", "id eq \"x\"", "id == 'x'", "id eq", "eq 'x'", "id 'x'",
		"isof()", "isof(,microsoft.graph.callActivityStatistics)", "isof(callActivityStatistics)", "isof microsoft.graph.callActivityStatistics",
		"$it", "$it/", "/id eq 'x'", "id/ eq 'x'", "$root/id eq 'x'", "@p", "@1 eq 'x'", "id eq @",
		"duration add add duration eq duration", "duration mul eq duration", "duration+duration eq duration", "1-1 eq 0",
		"any(d:d eq 1)", "id/any()", "id/all(d:d eq 'x')", "geo.distance(id,id) lt 1", "cast(id,Edm.String) eq 'x'", "case(true:true)",
	} {
		if got, err := model.ParseFilter(text); err == nil {
			t.Errorf("%s is %#v", text, got)
		}
	}
}

// TestNamesMatchOnlyInASCII has letters that only Unicode folding takes for ASCII letters.
func TestNamesMatchOnlyInASCII(t *testing.T) {
	for _, text := range []string{"ıd eq 'x'", "\u017ftartDate eq null", "activity eq 'Fo\u0441us'", "true or\u00a0true", strings.ToUpper("ı") + "D\u0307 eq 'x'"} {
		if got, err := model.ParseFilter(text); err == nil {
			t.Errorf("%s is %#v", text, got)
		}
	}
}
