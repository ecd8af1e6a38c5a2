package odata_test

import (
	"reflect"
	"strings"
	"testing"

	"afterhours/store"
)

const one = 10_000_000 // the number 1 in a store.Value

var (
	isCall = store.IsOf{Type: store.Call}
	a      = bin(prop("id"), store.Eq, lit(text("a")))
	b      = bin(prop("id"), store.Eq, lit(text("b")))
	c      = bin(prop("id"), store.Eq, lit(text("c")))
)

// filters maps the text of each filter to its tree.
var filters = map[string]store.Expr{
	// Comparisons with a property of each kind.
	"id eq 'a'":                    a,
	"timeZoneUsed ne 'it''s'":      bin(prop("timeZoneUsed"), store.Ne, lit(text("it's"))),
	"id gt ''":                     bin(prop("id"), store.Gt, lit(text(""))),
	"id ge ''''":                   bin(prop("id"), store.Ge, lit(text("'"))),
	"id le 'Ünï\t\n☃'":             bin(prop("id"), store.Le, lit(text("Ünï\t\n☃"))),
	"startDate lt 2019-06-16":      bin(prop("startDate"), store.Lt, lit(date("2019-06-16"))),
	"duration ge duration'PT1H'":   bin(prop("duration"), store.Ge, lit(duration("PT1H"))),
	"afterHours gt duration'PT0S'": bin(prop("afterHours"), store.Gt, lit(duration("PT0S"))),
	"activity eq microsoft.graph.analyticsActivityType'Call'": bin(prop("activity"), store.Eq, lit(activity("Call"))),
	"length(id) eq 5": bin(call(store.Length, prop("id")), store.Eq, lit(number(5*one))),
	"isof(microsoft.graph.callActivityStatistics) eq false": bin(isCall, store.Eq, lit(boolean(false))),

	// String literals that become a value of another kind.
	"activity eq 'Call'":                           bin(prop("activity"), store.Eq, lit(activity("Call"))),
	"'Call' ne activity":                           bin(lit(activity("Call")), store.Ne, prop("activity")),
	"activity eq ('cALL')":                         bin(prop("activity"), store.Eq, lit(activity("Call"))),
	"duration gt 'PT1H'":                           bin(prop("duration"), store.Gt, lit(duration("PT1H"))),
	"'-P1D' lt duration":                           bin(lit(duration("-P1D")), store.Lt, prop("duration")),
	"startDate eq '2019-06-16'":                    bin(prop("startDate"), store.Eq, lit(date("2019-06-16"))),
	"startDate ge 2019-06-16T00:00:00Z":            bin(prop("startDate"), store.Ge, lit(date("2019-06-16"))),
	"startDate in (2019-06-16T00:00Z)":             store.In{X: prop("startDate"), List: []store.Value{date("2019-06-16")}},
	"duration'PT60M' eq 'PT1H'":                    bin(lit(duration("PT1H")), store.Eq, lit(duration("PT1H"))),
	"id eq 'PT1H'":                                 bin(prop("id"), store.Eq, lit(text("PT1H"))),
	"'PT1H' eq 'PT60M'":                            bin(lit(text("PT1H")), store.Eq, lit(text("PT60M"))),
	"startDate add 'P1D' eq '2019-06-17'":          bin(bin(prop("startDate"), store.Add, lit(duration("P1D"))), store.Eq, lit(date("2019-06-17"))),
	"startDate sub 'P1D' eq endDate":               bin(bin(prop("startDate"), store.Sub, lit(duration("P1D"))), store.Eq, prop("endDate")),
	"startDate sub '2019-06-16' eq 'P1D'":          bin(bin(prop("startDate"), store.Sub, lit(date("2019-06-16"))), store.Eq, lit(duration("P1D"))),
	"'2019-06-16' add duration lt endDate":         bin(bin(lit(date("2019-06-16")), store.Add, prop("duration")), store.Lt, prop("endDate")),
	"'PT1H' mul 2 eq 2 mul 'PT1H'":                 bin(bin(lit(duration("PT1H")), store.Mul, lit(number(2*one))), store.Eq, bin(lit(number(2*one)), store.Mul, lit(duration("PT1H")))),
	"duration gt -'PT1H'":                          bin(prop("duration"), store.Gt, neg(lit(duration("PT1H")))),
	"totalseconds('PT1H') eq year('2019-06-16')":   bin(call(store.TotalSeconds, lit(duration("PT1H"))), store.Eq, call(store.Year, lit(date("2019-06-16")))),
	"'PT1H' in (null,duration'PT60M','PT3600.0S')": in(lit(duration("PT1H")), null, duration("PT1H"), duration("PT1H")),

	// Null.
	"afterHours eq null":   bin(prop("afterHours"), store.Eq, lit(null)),
	"null ne timeZoneUsed": bin(lit(null), store.Ne, prop("timeZoneUsed")),
	"startDate gt null":    bin(prop("startDate"), store.Gt, lit(null)),
	"activity le null":     bin(prop("activity"), store.Le, lit(null)),
	"null eq null":         bin(lit(null), store.Eq, lit(null)),
	"null lt 'PT1H'":       bin(lit(null), store.Lt, lit(text("PT1H"))),
	"null and not null":    bin(lit(null), store.And, not(lit(null))),
	"null in (null)":       in(lit(null), null),
	"id eq 'a' or null":    bin(a, store.Or, lit(null)),

	// Literals.
	"true":                             lit(boolean(true)),
	"(False)":                          lit(boolean(false)),
	"1 eq 1.5":                         bin(lit(number(one)), store.Eq, lit(number(one*3/2))),
	"-1 lt +0.0000001":                 bin(lit(number(-one)), store.Lt, lit(number(1))),
	"- 1 lt -(1)":                      bin(neg(lit(number(one))), store.Lt, neg(lit(number(one)))),
	"--1 eq - -1":                      bin(neg(lit(number(-one))), store.Eq, neg(lit(number(-one)))),
	"007.50 eq 7.5":                    bin(lit(number(one*15/2)), store.Eq, lit(number(one*15/2))),
	"-922337203685.4775808 eq -0":      bin(lit(number(-1<<63)), store.Eq, lit(number(0))),
	"922337203685.4775807 ne 0":        bin(lit(number(1<<63-1)), store.Ne, lit(number(0))),
	"0001-01-01 lt 9999-12-31":         bin(lit(date("0001-01-01")), store.Lt, lit(date("9999-12-31"))),
	"DURATION'P1D' eq Duration'PT24H'": bin(lit(duration("P1D")), store.Eq, lit(duration("P1D"))),
	"Microsoft.Graph.AnalyticsActivityType'chat' eq activity": bin(lit(activity("Chat")), store.Eq, prop("activity")),

	// Precedence and parentheses.
	"id eq 'a' or id eq 'b' and id eq 'c'":             bin(a, store.Or, bin(b, store.And, c)),
	"id eq 'a' and id eq 'b' or id eq 'c'":             bin(bin(a, store.And, b), store.Or, c),
	"(id eq 'a' or id eq 'b') and id eq 'c'":           bin(bin(a, store.Or, b), store.And, c),
	"id eq 'a' or id eq 'b' or id eq 'c'":              bin(bin(a, store.Or, b), store.Or, c),
	"id eq 'a' or (id eq 'b' or id eq 'c')":            bin(a, store.Or, bin(b, store.Or, c)),
	"id eq 'a' and id eq 'b' and id eq 'c'":            bin(bin(a, store.And, b), store.And, c),
	"not (id eq 'a') and id eq 'b'":                    bin(not(a), store.And, b),
	"not(id eq 'a' and id eq 'b')":                     not(bin(a, store.And, b)),
	"not not (id eq 'a')":                              not(not(a)),
	"not true eq false":                                bin(not(lit(boolean(true))), store.Eq, lit(boolean(false))),
	"not contains(id,'a')":                             not(call(store.Contains, prop("id"), lit(text("a")))),
	"not id in ('a')":                                  not(in(prop("id"), text("a"))),
	"true eq 1 lt 2":                                   bin(lit(boolean(true)), store.Eq, bin(lit(number(one)), store.Lt, lit(number(2*one)))),
	"1 lt 2 eq true":                                   bin(bin(lit(number(one)), store.Lt, lit(number(2*one))), store.Eq, lit(boolean(true))),
	"true eq true ne false":                            bin(bin(lit(boolean(true)), store.Eq, lit(boolean(true))), store.Ne, lit(boolean(false))),
	"duration add afterHours mul 2 gt long":            bin(bin(prop("duration"), store.Add, bin(prop("afterHours"), store.Mul, lit(number(2*one)))), store.Gt, prop("long")),
	"(duration add afterHours) mul 2 gt long":          bin(bin(bin(prop("duration"), store.Add, prop("afterHours")), store.Mul, lit(number(2*one))), store.Gt, prop("long")),
	"duration sub afterHours sub long eq 'PT0S'":       bin(bin(bin(prop("duration"), store.Sub, prop("afterHours")), store.Sub, prop("long")), store.Eq, lit(duration("PT0S"))),
	"duration div 2 mul 3 eq long":                     bin(bin(bin(prop("duration"), store.Div, lit(number(2*one))), store.Mul, lit(number(3*one))), store.Eq, prop("long")),
	"-duration add long eq - -duration":                bin(bin(neg(prop("duration")), store.Add, prop("long")), store.Eq, neg(neg(prop("duration")))),
	"-duration mul -2 eq long":                         bin(bin(neg(prop("duration")), store.Mul, lit(number(-2*one))), store.Eq, prop("long")),
	"endDate sub startDate ge duration'P1D'":           bin(bin(prop("endDate"), store.Sub, prop("startDate")), store.Ge, lit(duration("P1D"))),
	"endDate sub startDate sub duration eq long":       bin(bin(bin(prop("endDate"), store.Sub, prop("startDate")), store.Sub, prop("duration")), store.Eq, prop("long")),
	"(((id eq ('a'))))":                                a,
	"id in ('a') in (true)":                            in(in(prop("id"), text("a")), boolean(true)),
	"id in ('a','it''s') or activity in ('Call',null)": bin(in(prop("id"), text("a"), text("it's")), store.Or, in(prop("activity"), activity("Call"), null)),
	"startDate in (2019-06-16, '2019-06-17')":          in(prop("startDate"), date("2019-06-16"), date("2019-06-17")),
	"day(startDate) in (-1,+2.5)":                      in(call(store.Day, prop("startDate")), number(-one), number(one*5/2)),

	// Functions.
	"contains(id,'a')":                    call(store.Contains, prop("id"), lit(text("a"))),
	"startsWith( tolower( id ) , 'a' )":   call(store.StartsWith, call(store.ToLower, prop("id")), lit(text("a"))),
	"endswith(toupper(trim(id)),'A')":     call(store.EndsWith, call(store.ToUpper, call(store.Trim, prop("id"))), lit(text("A"))),
	"concat(id,concat('-','x')) eq 'a-x'": bin(call(store.Concat, prop("id"), call(store.Concat, lit(text("-")), lit(text("x")))), store.Eq, lit(text("a-x"))),
	"year(startDate) eq month(endDate)":   bin(call(store.Year, prop("startDate")), store.Eq, call(store.Month, prop("endDate"))),
	"totalseconds(duration) gt -1.5":      bin(call(store.TotalSeconds, prop("duration")), store.Gt, lit(number(-one*3/2))),
	"duration mul length(id) eq long":     bin(bin(prop("duration"), store.Mul, call(store.Length, prop("id"))), store.Eq, prop("long")),

	// Types and derived properties.
	"isof('microsoft.graph.callActivityStatistics')":               isCall,
	"isof(microsoft.graph.callActivityStatistics)":                 isCall,
	"IsOf( $it , MICROSOFT.graph.CallActivityStatistics )":         isCall,
	"isof($it,'microsoft.graph.callActivityStatistics')":           isCall,
	"isof(microsoft.graph.activityStatistics)":                     lit(boolean(true)),
	"@odata.type eq '#microsoft.graph.callActivityStatistics'":     isCall,
	"'microsoft.graph.callActivityStatistics' eq @odata.type":      isCall,
	"@odata.type ne '#Microsoft.Graph.callActivityStatistics'":     not(isCall),
	"microsoft.graph.callActivityStatistics/afterHours gt 'PT0S'":  bin(cast(store.Call, "afterHours"), store.Gt, lit(duration("PT0S"))),
	"Microsoft.Graph.CALLactivityStatistics / AFTERHOURS gt 'P1D'": bin(cast(store.Call, "afterHours"), store.Gt, lit(duration("P1D"))),
	"microsoft.graph.focusActivityStatistics/duration eq null":     bin(cast(store.Focus, "duration"), store.Eq, lit(null)),
	"microsoft.graph.activityStatistics/id eq 'a'":                 a,
	"$it/id eq 'a'": a,
	"$it/microsoft.graph.emailActivityStatistics/readEmail eq sentEmail": bin(cast(store.Email, "readEmail"), store.Eq, prop("sentEmail")),

	// Case and space.
	"ID EQ 'a' OR Id Eq 'b'":           bin(a, store.Or, b),
	"\t id\teq  'a' ":                  a,
	"NOT(TRUE)":                        not(lit(boolean(true))),
	"NULL EQ NULL":                     bin(lit(null), store.Eq, lit(null)),
	"CONTAINS(TIMEZONEUSED,'Pacific')": call(store.Contains, prop("timeZoneUsed"), lit(text("Pacific"))),
}

func TestParseFilter(t *testing.T) {
	for text, want := range filters {
		got, err := model.ParseFilter(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %#v, %v\nwant %#v", text, got, err, want)
		}
		if kind, err := kindOf(want); kind != store.KindBool || err != nil {
			t.Errorf("%s: the tree is of kind %d, %v", text, kind, err)
		}
	}
}

func TestEveryPropertyByItsNameAndByACast(t *testing.T) {
	for derived, own := range properties {
		for name := range own {
			for text, want := range map[string]store.Expr{
				string(name) + " eq null":                            prop(name),
				strings.ToUpper(string(name)) + " eq null":           prop(name),
				typeNames[derived] + "/" + string(name) + " eq null": cast(derived, name),
			} {
				got, err := model.ParseFilter(text)
				if want := bin(want, store.Eq, lit(null)); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s is %#v, %v", text, got, err)
				}
			}
		}
	}
}

// longestTexts makes as much text as a filter may: 128 characters of an id times 2, 4, 8, 16
// and 2.
var longestTexts = func() string {
	doubled := func(text string) string { return "concat(" + text + "," + text + ")" }
	return "length(" + doubled(doubled(doubled(doubled("id")))) + ") gt 0 or tolower(" + doubled("id") + ") eq ''"
}()

// TestFilterAtItsBounds has the largest filters. refusals has filters that are one larger.
func TestFilterAtItsBounds(t *testing.T) {
	for name, text := range map[string]string{
		"characters": "id eq '" + strings.Repeat("☃", 4096-8) + "'",
		"nesting":    strings.Repeat("(", 32) + "true" + strings.Repeat(")", 32),
		"not":        strings.Repeat("not ", 32) + "true",
		"minus":      "duration eq " + strings.Repeat("-", 32) + "duration",
		"functions":  strings.Repeat("trim(", 32) + "id" + strings.Repeat(")", 32) + " eq ''",
		"nodes":      strings.Repeat("id eq 'a' or ", 63) + "not not not true", // 63 × 4 + 4
		"texts":      longestTexts + " or " + longestTexts + " or tolower(concat('A','B')) eq 'ab'",
		"values":     strings.Repeat("id in ("+strings.Repeat("'a',", 99)+"'a') or ", 9) + "true",
	} {
		if _, err := model.ParseFilter(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
