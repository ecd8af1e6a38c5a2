package odata_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/handlers/odata"
)

// TestAliasesInFilter checks that an alias means what its value means in its place (OData URL 5.3.2).
func TestAliasesInFilter(t *testing.T) {
	for _, row := range []struct {
		text, want string
		aliases    odata.Aliases
	}{
		{"duration gt @d", "duration gt duration'PT1H'", odata.Aliases{"@d": "duration'PT1H'"}},
		{"startDate ge @d and endDate le @d", "startDate ge 2019-06-16 and endDate le 2019-06-16", odata.Aliases{"@d": "'2019-06-16'"}},
		{"activity eq @a", "activity eq 'Call'", odata.Aliases{"@a": "'Call'", "@unused": "((("}},
		{"activity eq @a", "activity eq 'Call'", odata.Aliases{"@a": "microsoft.graph.analyticsActivityType'Call'"}},
		{"timeZoneUsed eq @none", "timeZoneUsed eq null", nil},
		{"timeZoneUsed eq @A", "timeZoneUsed eq null", odata.Aliases{"@a": "'x'"}},
		{"contains(@p,@t)", "contains(timeZoneUsed,'it''s')", odata.Aliases{"@p": "timeZoneUsed", "@t": "'it''s'"}},
		{"@c", "activity eq 'Call' or id eq 'x'", odata.Aliases{"@c": "activity eq 'Call' or id eq 'x'"}},
		{"not @c and id ne 'y'", "not (activity eq 'Call' or id eq 'x') and id ne 'y'", odata.Aliases{"@c": "activity eq 'Call' or id eq 'x'"}},
		{"duration mul @n gt @d", "duration mul 2 gt (duration'PT1H' add afterHours)", odata.Aliases{"@n": "2", "@d": "duration'PT1H' add afterHours"}},
		{"activity in (@a,'Chat',@n)", "activity in ('Call','Chat',null)", odata.Aliases{"@a": "'Call'", "@n": "null"}},
		{"activity in @l", "activity in ('Call','Chat')", odata.Aliases{"@l": `["Call","Chat"]`}},
		{"id in @l", "id in ('it''s',null)", odata.Aliases{"@l": `["it's", null]`}},
		{"startDate in @l", "startDate in (2019-06-16,'2019-06-17')", odata.Aliases{"@l": "(2019-06-16,'2019-06-17')"}},
		{"length(id) in @l", "length(id) in (1,2.5)", odata.Aliases{"@l": "[1,2.5]"}},
		{"@odata.type eq @t", "@odata.type eq 'microsoft.graph.callActivityStatistics'", odata.Aliases{"@t": "'microsoft.graph.callActivityStatistics'"}},
		{"duration gt @été", "duration gt duration'PT1H'", odata.Aliases{"@été": " duration'PT1H' "}},
	} {
		got, err := model.With(row.aliases).ParseFilter(row.text)
		if err != nil {
			t.Errorf("%s: %v", row.text, err)
			continue
		}
		if want, err := model.ParseFilter(row.want); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v (%v)", row.text, got, want, err)
		}
	}
}

// TestAliasRefusals checks that an error names the alias, and the place in its value.
func TestAliasRefusals(t *testing.T) {
	many := strings.Repeat("1 add ", 300) + "1"
	for _, row := range []struct {
		text    string
		aliases odata.Aliases
		want    string
	}{
		{"duration gt @d", odata.Aliases{"@d": ""}, "@d, column 1: expected a property, a literal or a function, found the end"},
		{"duration gt @d", odata.Aliases{"@d": "duration'PT1H"}, "@d, column 9: expected a closing quote"},
		{"duration gt @d", odata.Aliases{"@d": "duration'PT1H' xx"}, "@d, column 16: expected the end of the value, or an operator, found xx"},
		{"duration gt @d", odata.Aliases{"@d": "colour"}, "@d, column 1: Could not find a property named 'colour'"},
		{"duration gt @d", odata.Aliases{"@d": "'x'"}, "$filter, column 13: expected a duration such as duration'PT1H' to compare with duration, found @d"},
		{"duration gt @d", odata.Aliases{"@d": "@e", "@e": "1"}, "@d, column 1: OData has an alias in the value of another alias, but this server does not implement it"},
		{"duration gt @d", odata.Aliases{"@d": "@d"}, "@d, column 1: OData has an alias in the value of another alias"},
		{"@d", odata.Aliases{"@d": "1"}, "$filter, column 1: expected a condition such as activity eq 'Call', found @d"},
		{"@n gt 1 or @n gt 1", odata.Aliases{"@n": many}, "expected "},
		{"id in @l", nil, "$filter, column 7: expected the alias of a list"},
		{"id in @l", odata.Aliases{"@l": "'x'"}, "$filter, column 7: expected the alias of a list"},
		{"id in @l", odata.Aliases{"@l": `[["x"]]`}, "$filter, column 7: expected the alias of a list"},
		{"id in @l", odata.Aliases{"@l": `["x"] or`}, "$filter, column 7: expected the alias of a list"},
		{"id in @l", odata.Aliases{"@l": `null`}, "$filter, column 7: expected the alias of a list"},
		{"id in @l", odata.Aliases{"@l": "('x') or"}, "@l, column 7: expected the end of the list, found or"},
		{"id in @l", odata.Aliases{"@l": "(@m)"}, "@l, column 2: OData has an alias in the value of another alias"},
		{"id in (@a)", odata.Aliases{"@a": "timeZoneUsed"}, "$filter, column 8: expected an alias of a literal, found @a"},
		{"duration in @l", odata.Aliases{"@l": `["x"]`}, "$filter, column 13: expected a duration"},
	} {
		_, err := model.With(row.aliases).ParseFilter(row.text)
		var fault *odata.Error
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %s", row.text, err, row.want)
		}
	}
}

// TestAliasesInOrderBy checks that an alias of a property sorts as the property.
func TestAliasesInOrderBy(t *testing.T) {
	aliases := odata.Aliases{"@o": "duration", "@z": "microsoft.graph.callActivityStatistics/afterHours", "@two": "duration desc", "@empty": "", "@o2": "@o"}
	got, err := model.With(aliases).ParseOrderBy("@o desc,startDate,@z")
	want, _ := model.ParseOrderBy("duration desc,startDate,microsoft.graph.callActivityStatistics/afterHours")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v %v, want %v", got, err, want)
	}
	for text, want := range map[string]string{
		"@two":        "@two, column 10: expected the end of the value, found desc",
		"@none":       "$orderby, column 1: expected the alias of a property, found @none without a value",
		"@empty":      "$orderby, column 1: expected the alias of a property, found @empty without a value",
		"@o2":         "@o2, column 1: OData has an alias in the value of another alias",
		"duration,@o": "@o, column 1: expected each property once, found duration again",
	} {
		if _, err := model.With(aliases).ParseOrderBy(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// FuzzAliases checks that a filter with an alias means the same as with its value in parentheses, or is
// refused as that is. An error is about the filter or the alias.
func FuzzAliases(f *testing.F) {
	for text := range filters {
		f.Add("@a", text)
	}
	f.Add("duration gt @a", "duration'PT1H'")
	f.Add("activity in @a", `["Call",null]`)
	f.Add("id in (@a,'x')", "'it''s'")
	f.Add("not @a", "@a")
	f.Fuzz(func(t *testing.T, text, value string) {
		defer bounded.Input(t)()
		got, err := model.With(odata.Aliases{"@a": value}).ParseFilter(text)
		if err != nil {
			var fault *odata.Error
			if !errors.As(err, &fault) {
				t.Fatalf("%q: %v", text, err)
			}
			checkError(t, fault.Option, map[string]string{"$filter": text, "@a": value}[fault.Option]+strings.Repeat(" ", len(value)), err)
			return
		}
		if !strings.Contains(text, "@a") || strings.Contains(text, "'") || strings.Contains(text, "in") || strings.Contains(text, "@a.") {
			return // another word, a text, or a list
		}
		spliced, err := model.ParseFilter(strings.ReplaceAll(text, "@a", "("+value+")"))
		if err == nil && !reflect.DeepEqual(got, spliced) {
			t.Errorf("%q with %q: got %#v, want %#v", text, value, got, spliced)
		}
	})
}
