package odata_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"afterhours/contract/bounded"
	"afterhours/handlers/odata"
	"afterhours/store"
)

// applies has texts of $apply and how print prints what they mean.
var applies = map[string]string{
	"aggregate($count as n)":                                                      "",
	"AGGREGATE( DURATION WITH SUM as total , $count AS n )":                       "aggregate(duration with sum as total,$count as n)",
	"aggregate(microsoft.graph.callActivityStatistics/afterHours with max as x)":  "",
	"aggregate(duration mul 2 with sum as twice,length(id) with min as shortest)": "",
	"groupby((activity))": "",
	"groupby((activity,startDate,activity),aggregate(duration with average as mean))":                                                         "groupby((activity,startDate),aggregate(duration with average as mean))",
	"filter(activity eq 'Meeting')/groupby((startDate),aggregate(duration with sum as total))":                                                "filter(activity eq microsoft.graph.analyticsActivityType'Meeting')/groupby((startDate),aggregate(duration with sum as total))",
	"identity/filter(isof(microsoft.graph.callActivityStatistics))/filter(long ne null)/identity/groupby((id))":                               "filter(isof(microsoft.graph.callActivityStatistics) and long ne null)/groupby((id))",
	"compute(month(startDate) as Month,year(startDate) as Year)/groupby((YEAR,month),aggregate(duration with sum as total))":                  "compute(year(startDate) as Year,month(startDate) as Month)/groupby((Year,Month),aggregate(duration with sum as total))",
	"compute(month(startDate) as m)/filter(m eq 6)/compute(totalseconds(duration) as s)/aggregate(s with sum as seconds)":                     "filter(month(startDate) eq 6)/aggregate(totalseconds(duration) with sum as seconds)",
	"compute(year(startDate) add 1 as y)/filter(y div 2 eq 1013)/aggregate(substring(id,y) with max as x)":                                    "filter((year(startDate) add 1) div 2 eq 1013)/aggregate(substring(id,year(startDate) add 1) with max as x)",
	"groupby((startDate,activity),aggregate(duration with sum as t))/filter(t gt duration'PT1H')/groupby((startDate),aggregate($count as n))": "",
	"groupby((startDate),aggregate(duration with sum as t))/compute(totalseconds(t) as s,t as u)/aggregate(s with max as most)":               "",
	"groupby((activity),aggregate(duration with sum as Total))/filter(total eq null)":                                                         "groupby((activity),aggregate(duration with sum as Total))/filter(Total eq null)",
}

// applyRefusals has texts of $apply that are refused, each with the column and the problem.
var applyRefusals = map[string]string{
	"":                                                      "1: expected one of the transformations aggregate, compute, filter, groupby, identity, found the end",
	"agregate($count as n)":                                 "1: expected one of the transformations aggregate, compute, filter, groupby, identity, found agregate (did you mean 'aggregate'?)",
	"aggregate":                                             "10: expected ( after aggregate, found the end",
	"aggregate()":                                           "11: expected a property, a literal or a function, found )",
	"aggregate($count as n":                                 "22: expected , or ), found the end",
	"aggregate($count)":                                     "17: expected as and a name for the value, found )",
	"aggregate($count as n)x":                               "23: expected / and a transformation, or the end, found x",
	"aggregate($count as n)/":                               "24: expected one of the transformations aggregate, compute, filter, groupby, identity, found the end",
	"aggregate(duration as n)":                              "20: expected with and one of the methods average, countdistinct, max, min, sum, found as",
	"aggregate(duration with total as n)":                   "25: expected one of the methods average, countdistinct, max, min, sum, found total",
	"aggregate(duration with averge as n)":                  "25: expected one of the methods average, countdistinct, max, min, sum, found averge (did you mean 'average'?)",
	"aggregate(activity with sum as n)":                     "11: expected a value that has a sum, found activity, of kind activity",
	"aggregate(activity with max as n)":                     "11: expected a value that has a max, found activity, of kind activity",
	"aggregate(null with countdistinct as n)":               "11: expected a value that has a countdistinct, found null, of kind null",
	"aggregate(@odata.type with countdistinct as n)":        "11: expected a value that has a countdistinct, found @odata.type, of kind type name",
	"aggregate(colour with sum as n)":                       "11: Could not find a property named 'colour' on type 'microsoft.graph.activityStatistics'.",
	"aggregate(duration with sum as DURATION)":              "32: expected a name that no property and no other value has, found DURATION",
	"aggregate($count as n,$count as N)":                    "33: expected a name that no property and no other value has, found N",
	"aggregate($count as a.b)":                              "21: expected a name of at most 128 letters, digits and underscores, found a.b",
	"aggregate($count as 'n')":                              "21: expected a name of at most 128 letters, digits and underscores, found 'n'",
	"aggregate($count as " + strings.Repeat("n", 129) + ")": "21: expected a name of at most 128 letters, digits and underscores, found " + strings.Repeat("n", 60) + "...",
	"groupby(activity)":                                     "9: expected ( and the properties to group by, found activity",
	"groupby(())":                                           "10: expected a property, found )",
	"groupby((activity)":                                    "19: expected , or ), found the end",
	"groupby((month(startDate)))":                           "10: Could not find a property named 'month' on type 'microsoft.graph.activityStatistics'.",
	"groupby((activity),$count as n)":                       "20: expected one of the transformations aggregate, compute, filter, groupby, identity, found $count",
	"filter(duration)":                                      "8: expected a condition such as activity eq 'Call', found duration",
	"filter(n eq 1)/aggregate($count as n)":                 "8: Could not find a property named 'n' on type 'microsoft.graph.activityStatistics'.",
	"compute(null as n)/groupby((n))":                       "9: expected an expression of a certain type, found null",
	"compute(month(startDate) as n,n mul duration as x)":    "31: Could not find a property named 'n' on type 'microsoft.graph.activityStatistics'.",
	"groupby((activity))/groupby((startDate))":              "30: Could not find a property named 'startDate' on type 'the result of $apply'.",
	"groupby((activity))/aggregate($count as duration)":     "41: expected a name that no property and no other value has, found duration",
	strings.Repeat("identity/", 16) + "identity":            "145: expected at most 16 transformations, found more",
	// Each alias stands for twice as much as the one before.
	"compute(concat(id,id) as a)/compute(concat(a,a) as b)/compute(concat(b,b) as c)/compute(concat(c,c) as d)/compute(concat(d,d) as e)/compute(concat(e,e) as f)/groupby((f))": "115: expected at most 4096 characters of text that concat, tolower and toupper make for a statistic (equal calls count once), found up to 7936",
	"compute(-duration as a0)" + doubled(7) + "/groupby((a7))": "159: expected at most 256 operators, functions and operands with those of the aliases, found 317",

	"topcount(2,duration)":                                          "1: OData has the transformation topcount, but this server does not implement it",
	"concat(identity,aggregate($count as n))":                       "1: OData has the transformation concat, but this server does not implement it",
	"Custom.transformation()/aggregate($count as n)":                "1: OData has functions as transformations, but this server does not implement it",
	"aggregate(duration with Custom.concat as n)":                   "25: OData has methods of a service's own, but this server does not implement it",
	"aggregate(duration with sum from startDate with max as n)":     "29: OData has the keyword from, but this server does not implement it",
	"aggregate(microsoft.graph.callActivityStatistics/$count as n)": "50: OData has a path before $count, but this server does not implement it",
	"groupby((rollup(activity,startDate)))":                         "10: OData has rollup within groupby, but this server does not implement it",
	"groupby((microsoft.graph.callActivityStatistics/afterHours))":  "10: OData has a type in a path of groupby, but this server does not implement it",
	"groupby((activity),filter(id eq 'a'))":                         "20: OData has filter within groupby, but this server does not implement it",
	"groupby((activity),topcount(1,duration))":                      "20: OData has the transformation topcount, but this server does not implement it",
	"groupby((activity),aggregate($count as n)/identity)":           "42: OData has several transformations within groupby, but this server does not implement it",
	"filter(activity eq 'Call')":                                    "27: OData has $apply without aggregate or groupby, but this server does not implement it",
}

// doubled computes a1 to an, each of which is twice as long as the one before.
func doubled(n int) (text string) {
	for i := range n {
		text += fmt.Sprintf("/compute(a%d sub a%d as a%d)", i, i, i+1)
	}
	return text
}

func TestParseApply(t *testing.T) {
	for text, want := range applies {
		if want == "" {
			want = text
		}
		applied, err := model.ParseApply(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := applyText(applied); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestParseApplyRefuses(t *testing.T) {
	for text, want := range applyRefusals {
		applied, err := model.ParseApply(text)
		if err == nil || applied != nil || err.Error() != "$apply, column "+want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

// TestNamesOfTheResult checks which names $filter, $orderby and $select may use after $apply.
func TestNamesOfTheResult(t *testing.T) {
	applied, err := model.ParseApply("compute(month(startDate) as month,year(startDate) add 1 as next)/groupby((activity,month,next),aggregate(duration with sum as total,timeZoneUsed with min as zone,next with sum as years))")
	if err != nil {
		t.Fatal(err)
	}
	want := []odata.Column{
		{Name: "activity", Kind: store.KindActivity, IsDeclared: true}, {Name: "month", Kind: store.KindNumber, IsInteger: true, IsSmall: true},
		{Name: "next", Kind: store.KindNumber, IsInteger: true}, {Name: "total", Kind: store.KindDuration}, {Name: "zone", Kind: store.KindText},
		{Name: "years", Kind: store.KindNumber},
	}
	for i, column := range applied.Columns {
		if column.Name != want[i].Name || column.Kind != want[i].Kind || column.IsDeclared != want[i].IsDeclared || column.IsInteger != want[i].IsInteger || column.IsSmall != want[i].IsSmall {
			t.Errorf("column %d is %+v, want %+v", i, column, want[i])
		}
	}
	if _, err := applied.Model.ParseFilter("total gt duration'PT1H' and month eq 6 and tolower(zone) eq 'utc' and activity eq 'Call'"); err != nil {
		t.Error(err)
	}
	filter, err := applied.Model.ParseFilter("month div 2 eq 3") // month is whole by its type
	if want := bin(bin(prop("month"), store.Div, lit(number(2*one))), store.Eq, lit(number(3*one))); err != nil || !reflect.DeepEqual(filter, want) {
		t.Errorf("%#v, %v", filter, err)
	}
	if order, err := applied.Model.ParseOrderBy("TOTAL desc,month"); err != nil || len(order) != 2 || order[0].By != prop("total") {
		t.Errorf("%v, %v", order, err)
	}
	if names, err := applied.Model.ParseSelect("Total,zone"); err != nil || !reflect.DeepEqual(names, []string{"total", "zone"}) {
		t.Errorf("%v, %v", names, err)
	}
	for _, name := range []string{"duration", "id", "startDate"} {
		if _, err := applied.Model.ParseSelect(name); err == nil {
			t.Errorf("$select=%s is accepted", name)
		}
	}
}

// FuzzApply checks the errors of refused texts. An accepted one must stay the same after it is
// printed and parsed again.
func FuzzApply(f *testing.F) {
	for text := range applies {
		f.Add(text)
	}
	for text := range applyRefusals {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		applied, err := model.ParseApply(text)
		if err != nil {
			checkError(t, "$apply", text, err)
			return
		}
		again := applyText(applied)
		if utf8.RuneCountInString(again) > 4096 || strings.Contains(strings.ToLower(text), "@odata.type") {
			return // the printed text may exceed a bound, as in FuzzParseFilter
		}
		got, err := model.ParseApply(again)
		if err != nil {
			checkError(t, "$apply", again, err)
			if problem := err.Error(); !strings.Contains(problem, "at most") && !strings.Contains(problem, "no other value") {
				t.Fatalf("%q is printed as %q: %v", text, again, err)
			}
			return
		}
		if !reflect.DeepEqual(got.Aggregation, applied.Aggregation) || !reflect.DeepEqual(got.Then, applied.Then) || !reflect.DeepEqual(got.Columns, applied.Columns) {
			t.Fatalf("%q is printed as %q, which is %+v, want %+v", text, again, got, applied)
		}
	})
}

// applyText prints a parsed $apply. A key that is no property of statistics is computed first.
func applyText(applied *odata.Applied) string {
	var all []string
	add := func(text string) { all = append(all, text) }
	last := make([]store.PropertyName, len(applied.Columns))
	for i, column := range applied.Columns {
		last[i] = column.Name
	}
	namesAfter := func(stage int) []store.PropertyName {
		if stage < len(applied.Then) {
			return applied.Then[stage].Names
		}
		return last
	}
	if filter := applied.Aggregation.Filter; filter != nil {
		add("filter(" + printer{}.expr(filter, 0) + ")")
	}
	var computed []string
	for i, key := range applied.Aggregation.Keys {
		name := namesAfter(0)[i]
		if key != (store.Expr)(store.Property{Name: name}) {
			computed = append(computed, printer{}.expr(key, 0)+" as "+string(name))
		}
	}
	if len(computed) > 0 {
		add("compute(" + strings.Join(computed, ",") + ")")
	}
	add(aggregationText(&applied.Aggregation, namesAfter(0)))
	for i, then := range applied.Then {
		switch names := namesAfter(i + 1); {
		case then.Filter != nil:
			add("filter(" + printer{}.expr(then.Filter, 0) + ")")
		case then.Aggregation != nil:
			add(aggregationText(then.Aggregation, names))
		default:
			var computed []string
			for at, expr := range then.Compute {
				computed = append(computed, printer{}.expr(expr, 0)+" as "+string(names[len(then.Names)+at]))
			}
			add("compute(" + strings.Join(computed, ",") + ")")
		}
	}
	return strings.Join(all, "/")
}

func aggregationText(a *store.Aggregation, names []store.PropertyName) string {
	var keys, values []string
	for i := range a.Keys {
		keys = append(keys, string(names[i]))
	}
	for i, aggregate := range a.Aggregates {
		text := "$count"
		if aggregate.Method != store.CountAll {
			text = printer{}.expr(aggregate.Of, 0) + " with " + string(aggregate.Method)
		}
		values = append(values, text+" as "+string(names[len(keys)+i]))
	}
	aggregate := "aggregate(" + strings.Join(values, ",") + ")"
	switch {
	case len(keys) == 0:
		return aggregate
	case len(values) == 0:
		return "groupby((" + strings.Join(keys, ",") + "))"
	}
	return "groupby((" + strings.Join(keys, ",") + ")," + aggregate + ")"
}
