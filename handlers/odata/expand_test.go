package odata_test

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"afterhours/contract/bounded"
	"afterhours/handlers/odata"
	"afterhours/store"
)

var (
	analytics = &odata.Resource{
		Name:       "microsoft.graph.userAnalytics",
		Properties: map[string][]string{"id": nil, "settings": {"hasGraphMailbox", "hasLicense", "hasOptedOut"}},
		Navigation: map[string]*odata.Resource{"activityStatistics": nil},
	}
	user = &odata.Resource{
		Name:       "microsoft.graph.user",
		Properties: map[string][]string{"id": nil, "userPrincipalName": nil},
		Navigation: map[string]*odata.Resource{"analytics": analytics},
	}
)

// statistics returns an expansion of the statistics.
func statistics(change func(*odata.Expansion)) odata.Expansion {
	one := odata.Expansion{Property: "activityStatistics", Top: -1}
	change(&one)
	return one
}

var expansions = map[string]odata.Expansion{
	"activityStatistics":   statistics(func(*odata.Expansion) {}),
	" ACTIVITYstatistics ": statistics(func(*odata.Expansion) {}),
	"*":                    statistics(func(*odata.Expansion) {}),
	"microsoft.graph.userAnalytics/activityStatistics": statistics(func(*odata.Expansion) {}),
	"activityStatistics/$count":                        statistics(func(e *odata.Expansion) { e.CountOnly = true }),
	"activityStatistics/microsoft.graph.callActivityStatistics/$count": statistics(func(e *odata.Expansion) {
		e.CountOnly, e.Cast = true, store.Call
	}),
	"activityStatistics($levels=1)": statistics(func(e *odata.Expansion) { e.Texts = map[string]string{"$levels": "1"} }),
	"activityStatistics($filter=id eq 'a;)''(' ; $top=0)": statistics(func(e *odata.Expansion) {
		e.Top, e.Texts = 0, map[string]string{"$filter": "id eq 'a;)''('", "$top": "0"}
	}),
	"activityStatistics(FILTER=(length(id) eq 1);orderby=startDate desc,id;SELECT=id,Duration;Top=5;skip=2;$count=TRUE)": statistics(func(e *odata.Expansion) {
		e.Texts = map[string]string{"$filter": "(length(id) eq 1)", "$orderby": "startDate desc,id", "$select": "id,Duration", "$top": "5", "$skip": "2", "$count": "TRUE"}
		e.OrderBy = []store.Order{desc("startDate"), asc("id")}
		e.Select, e.Top, e.Skip, e.Count = []string{"id", "duration"}, 5, 2, true
	}),
}

func TestParseExpand(t *testing.T) {
	for text, want := range expansions {
		if filter := want.Texts["$filter"]; filter != "" {
			parsed, err := model.ParseFilter(filter)
			if err != nil {
				t.Fatal(err)
			}
			want.Filter = parsed
		}
		if got, err := model.ParseExpand(analytics, text); err != nil || !reflect.DeepEqual(got, []odata.Expansion{want}) {
			t.Errorf("%s\n got %#v, %v\nwant %#v", text, got, err, want)
		}
	}
	got, err := model.ParseExpand(user, "Analytics(expand=activityStatistics($top=2);$select=settings/hasOptedOut)")
	want := []odata.Expansion{{
		Property: "analytics", Top: -1, Select: []string{"settings/hasOptedOut"},
		Expand: []odata.Expansion{statistics(func(e *odata.Expansion) { e.Top, e.Texts = 2, map[string]string{"$top": "2"} })},
		Texts:  map[string]string{"$expand": "activityStatistics($top=2)", "$select": "settings/hasOptedOut"},
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("nested\n got %#v, %v\nwant %#v", got, err, want)
	}
}

// expandRefusals are of $expand on the analytics. The texts with "does not implement" are in the
// standard's grammar (rule expandItem of the ABNF).
var expandRefusals = map[string]string{
	"":                                           "1: expected one of activityStatistics, found the end",
	"activityStatistics,":                        "20: expected one of activityStatistics, found the end",
	"activityStatistics,*":                       "20: expected each navigation property once, found activityStatistics again",
	"activityStatistic":                          "1: Could not find a property named 'activityStatistic' on type 'microsoft.graph.userAnalytics' (did you mean 'activityStatistics'?).",
	"settings":                                   "1: expected a navigation property such as activityStatistics, found settings, which is always there",
	"$value":                                     "1: OData has $value in $expand, for media entities, but this server does not implement it",
	"*/$ref":                                     "1: OData has * with /$ref or options in $expand; name the navigation property instead, but this server does not implement it",
	"*($levels=max)":                             "1: OData has * with /$ref or options in $expand; name the navigation property instead, but this server does not implement it",
	"activityStatistics/$ref":                    "20: OData has $ref in $expand, but this server does not implement it",
	"activityStatistics/duration":                "20: expected $count or a type such as microsoft.graph.callActivityStatistics, found duration",
	"activityStatistics()":                       "20: expected an option such as $filter, found )",
	"activityStatistics($top=1":                  "19: expected a ) for this (",
	"activityStatistics($top=1;)":                "27: expected an option such as $filter, found )",
	"activityStatistics($top)":                   "24: expected = after $top, found )",
	"activityStatistics($top=-1)":                "25: expected a whole number, found -1",
	"activityStatistics($top=)":                  "25: expected a whole number, found the end",
	"activityStatistics($count=1)":               "27: expected true or false, found 1",
	"activityStatistics($top=1;top=2)":           "27: expected each option once, found $top again",
	"activityStatistics($top=1) x":               "28: expected a comma, found x",
	"activityStatistics($filter=activty eq 1)":   "28: $filter: Could not find a property named 'activty' on type 'microsoft.graph.activityStatistics' (did you mean 'activity'?).",
	"activityStatistics($filter=)":               "28: $filter: expected a condition such as activity eq 'Call', found the end",
	"activityStatistics($orderby=é)":             "29: $orderby: Could not find a property named 'é' on type 'microsoft.graph.activityStatistics'.",
	"activityStatistics($filter='x)":             "28: expected a closing quote (a quote inside the text is written ''), found 'x)",
	"activityStatistics($expand=a)":              "20: expected one of the options $filter, $orderby, $select, $top, $skip, $count, $levels, found $expand",
	"activityStatistics($fliter=a)":              "20: expected one of the options $filter, $orderby, $select, $top, $skip, $count, $levels, found $fliter (did you mean '$filter'?)",
	"activityStatistics/$count($top=1)":          "27: expected one of the options $filter, found $top",
	"activityStatistics($levels=max)":            "28: OData has more than one level of activityStatistics, which does not lead to its own type, but this server does not implement it",
	"activityStatistics($search=a)":              "20: OData has $search in $expand, but this server does not implement it",
	"activityStatistics($compute=a as b)":        "20: OData has $compute in $expand, but this server does not implement it",
	"activityStatistics(@a=1)":                   "20: OData has the parameter alias @a in $expand, but this server does not implement it",
	"microsoft.graph.user/activityStatistics":    "1: Could not find a property named 'microsoft.graph.user' on type 'microsoft.graph.userAnalytics'.",
	"activityStatistics/$count/$count":           "26: expected a comma, found /",
	"activityStatistics\x00":                     "19: expected any character except U+0000",
	strings.Repeat("activityStatistics,", 1_000): "4097: expected at most 4096 characters, found more",
}

func TestParseExpandRefuses(t *testing.T) {
	for text, want := range expandRefusals {
		got, err := model.ParseExpand(analytics, text)
		if err == nil || got != nil || err.Error() != "$expand, column "+want {
			t.Errorf("%s\n got %#v, %v\nwant %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"analytics($top=1)": "11: expected one of the options $select, $expand, $levels, found $top",
		"analytics/$count":  "11: expected options in parentheses or a comma, found $count",
		"analytics($expand=activityStatistics($filter=a eq 1))":   "46: $filter: Could not find a property named 'a' on type 'microsoft.graph.activityStatistics'.",
		"analytics($select=settings/hasOptedOut/a)":               "39: $select: expected a comma, found /",
		"analytics($expand=activityStatistics($top=99999999999))": "43: expected a whole number, found 99999999999",
	} {
		if _, err := model.ParseExpand(user, text); err == nil || err.Error() != "$expand, column "+want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestParseResourceSelect(t *testing.T) {
	for text, want := range map[string][]string{
		"id,SETTINGS":                            {"id", "settings"},
		"settings/hasoptedout , *,id,id":         {"settings/hasOptedOut", "*", "id"},
		"activityStatistics":                     {"activityStatistics"},
		"microsoft.graph.userAnalytics/settings": {"settings"},
		"settings($select=hasOptedOut)":          {"settings/hasOptedOut"},
		"settings( SELECT=hasLicense , *),id":    {"settings/hasLicense", "settings", "id"},
	} {
		if got, err := model.ParseResourceSelect(analytics, text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s\n got %q, %v\nwant %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                              "1: expected one of activityStatistics, id, settings, found the end",
		"setings":                       "1: Could not find a property named 'setings' on type 'microsoft.graph.userAnalytics' (did you mean 'settings'?).",
		"settings/id":                   "10: Could not find a property named 'id' on type 'settings'.",
		"id/x":                          "4: Could not find a property named 'x' on type 'id'.",
		"settings id":                   "10: expected a comma, found id",
		"settings($select=id)":          "18: Could not find a property named 'id' on type 'settings'.",
		"settings($select=)":            "18: expected one of hasGraphMailbox, hasLicense, hasOptedOut, found )",
		"settings($select hasOptedOut)": "18: expected = after $select, found hasOptedOut",
		"settings($select=hasLicense":   "28: expected a comma or a ), found the end",
		"settings()":                    "10: expected $select, found )",
		"settings($filter=true)":        "10: OData has the option $filter of a selected property, but this server does not implement it",
		"id($select=x)":                 "3: OData has options of id in $select, but this server does not implement it",
		"activityStatistics($top=1)":    "19: OData has options of activityStatistics in $select, but this server does not implement it",
	} {
		if got, err := model.ParseResourceSelect(analytics, text); err == nil || got != nil || err.Error() != "$select, column "+want {
			t.Errorf("%s\n got %q, %v\nwant %s", text, got, err, want)
		}
	}
}

// expandText prints expansions. Options that have a grammar of their own are printed as they were
// written.
func expandText(all []odata.Expansion) string {
	var items []string
	for _, one := range all {
		item := one.Property
		if one.Cast != "" {
			item += "/microsoft.graph." + string(one.Cast) + "ActivityStatistics"
		}
		if one.CountOnly {
			item += "/$count"
		}
		var options []string
		for _, name := range []string{"$filter", "$orderby", "$select", "$levels", "$top", "$skip", "$count", "$expand"} {
			text, given := one.Texts[name]
			switch {
			case !given:
				continue
			case name == "$top":
				text = strconv.Itoa(one.Top)
			case name == "$skip":
				text = strconv.Itoa(one.Skip)
			case name == "$expand":
				text = expandText(one.Expand)
			}
			options = append(options, name+"="+text)
		}
		if len(options) > 0 {
			item += "(" + strings.Join(options, ";") + ")"
		}
		items = append(items, item)
	}
	return strings.Join(items, ",")
}

// withoutTexts removes what depends on the spelling.
func withoutTexts(all []odata.Expansion) []odata.Expansion {
	for i := range all {
		all[i].Texts = nil
		withoutTexts(all[i].Expand)
	}
	return all
}

// FuzzExpand checks the errors of a refused $expand. An accepted one must be bounded, and stay the same
// after it is printed and parsed again.
func FuzzExpand(f *testing.F) {
	for text := range expansions {
		f.Add(text)
		f.Add("analytics($expand=" + text + ")")
	}
	for text := range expandRefusals {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		for _, on := range []*odata.Resource{user, analytics} {
			expand, err := model.ParseExpand(on, text)
			if err != nil {
				checkError(t, "$expand", text, err)
				continue
			}
			again := expandText(expand)
			if utf8.RuneCountInString(again) > 4096 {
				continue // a number may be shorter in the text than it is printed, a name never
			}
			got, err := model.ParseExpand(on, again)
			if err != nil || !reflect.DeepEqual(withoutTexts(got), withoutTexts(expand)) {
				t.Fatalf("%q is printed as %q, which is %#v, %v", text, again, got, err)
			}
		}
	})
}

// TestPrintedExpansionsParseToThemselves draws expansions with options.
func TestPrintedExpansionsParseToThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := generator{t}
		one := statistics(func(e *odata.Expansion) { e.Texts = map[string]string{} })
		one.Cast = pick(g, "", store.Call, store.Focus)
		one.Filter = g.tree(store.KindBool, 3)
		one.Texts["$filter"] = printer{}.expr(one.Filter, 0)
		if one.CountOnly = g.below(3) == 0; !one.CountOnly {
			one.OrderBy = []store.Order{desc("duration")}
			one.Texts["$orderby"] = orderText(printer{}, one.OrderBy)
			one.Top, one.Skip, one.Count = g.below(1000), g.below(1000), true
			one.Texts["$top"], one.Texts["$skip"], one.Texts["$count"] = strconv.Itoa(one.Top), strconv.Itoa(one.Skip), "true"
		}
		text := expandText([]odata.Expansion{one})
		if got, err := model.ParseExpand(analytics, text); err != nil || !reflect.DeepEqual(got, []odata.Expansion{one}) {
			t.Fatalf("%s\n got %#v, %v\nwant %#v", text, got, err, one)
		}
	})
}
